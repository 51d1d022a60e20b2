"""The errors a caller of this package may want to catch."""


class LocalKubeError(Exception):
    """Something the user can act on; the message says what happened and what to do."""


class CommandError(LocalKubeError):
    """A program we ran ended with a failure; the message carries what it said."""
