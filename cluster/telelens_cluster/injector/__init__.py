"""Puts the traffic agent into pods: pure functions from pod to pod. The webhook that calls them is the manager's.

Nothing here does I/O or decides on its own that a pod is to be injected at this moment.
"""
