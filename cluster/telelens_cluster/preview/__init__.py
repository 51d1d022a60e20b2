"""Preview URLs: how they are spelled, and where an intercept's leads. Nothing here does I/O.

The manager gives them, the gateway serves them.
"""
