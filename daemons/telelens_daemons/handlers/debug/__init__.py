"""Runs handlers under a debugger without changing them. The debugger's user interface is elsewhere.

The folder `injected` is no package: it is put first on a handler's PYTHONPATH and is executed by the handler's Python,
of whatever version."""
