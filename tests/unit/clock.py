"""A clock that the test moves."""

from __future__ import annotations


class Clock:
    """Tells what it is told, in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now
