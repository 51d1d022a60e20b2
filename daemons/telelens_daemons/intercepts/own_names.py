"""What an intercept may be called where everybody's are objects of one namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_NAMES = 9
LONGEST_NAME = 63
"""Of an object whose name shall also be a label's value."""


def own_names(name: str, owner: str) -> Iterator[str]:
    """The name that was asked for, then the same with the owner's, then numbered ones: two people who ask for requests
    of different headers need not agree on names."""
    yield name
    person = re.sub(r"[^a-z0-9]+", "-", owner.rpartition(":")[2].partition("@")[0].lower()).strip("-")
    base = f"{name}-{person}"[: LONGEST_NAME - 2].rstrip("-.")
    yield base
    for number in range(2, MOST_NAMES + 1):
        yield f"{base}-{number}"
