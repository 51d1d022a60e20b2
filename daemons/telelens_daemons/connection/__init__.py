"""The connection to one cluster: API client, session and tunnels held together.

What is done with it lives in other folders.
"""
