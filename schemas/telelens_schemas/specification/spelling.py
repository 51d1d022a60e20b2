"""How a name is spelt that is nearly one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARTED = re.compile(r"[^A-Za-z0-9./]+")
_EDGE = "-_."


def legal_spelling(name: str, pattern: re.Pattern[str]) -> str | None:
    """The nearest one that ``pattern`` takes; ``None`` where that would be another name."""
    if not name.isascii():
        return None
    return next((one for one in _spellings(name) if pattern.fullmatch(one)), None)


def _spellings(name: str) -> Iterator[str]:
    yield name.lower()
    for sign in "-_":
        parted = _PARTED.sub(sign, name.strip()).strip(_EDGE)
        yield from (parted, parted.lower())
