"""The preview gateway: a program of its own that serves preview URLs to strangers.

It is not part of the manager for two reasons: who faces strangers shall have no right to change anything, and agents
take silent connections from the manager's address for trials of their own.
"""
