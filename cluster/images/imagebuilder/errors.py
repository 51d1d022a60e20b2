"""The error a caller of this package may want to catch."""


class BuildError(Exception):
    """An image could not be built; the message says why and what to do."""
