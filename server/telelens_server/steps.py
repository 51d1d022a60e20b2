"""Work that can pause: a generator that yields where others may be answered, and returns what it has made.

``working`` goes through one for a request; the text that it is about must be the same at every step.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Steps: TypeAlias = Generator[None, None, T]


def at_once(steps: Steps[T]) -> T:
    """Without a pause."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            made: T = ended.value
            return made


def collected(items: Iterable[T]) -> Steps[list[T]]:
    """All of them; a pause after each."""
    found = []
    for one in items:
        found.append(one)
        yield
    return found
