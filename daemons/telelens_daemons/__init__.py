"""The workstation's hands: command line, user daemon, tunnels, handlers.

No language server, nothing that runs in a cluster.
"""
