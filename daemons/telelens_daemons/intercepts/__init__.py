"""This workstation's intercepts: made, waited for, reported, left.

The manager decides; this asks and tells.
"""
