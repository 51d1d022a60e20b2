"""What this room raises at people: one line of what is wrong and where, one line of what to do."""

from __future__ import annotations


class SchemasError(Exception):
    """Root of the room's errors that a user can do something about."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
