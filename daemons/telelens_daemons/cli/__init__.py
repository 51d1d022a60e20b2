"""The command line: reads flags, asks the daemon, prints. Nothing here decides anything about the cluster.

Imports are late on purpose: ``telelens --help`` and ``version`` must answer at once.
"""
