"""Did you mean: the candidate that a mistyped name stands for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``name`` most probably means, or ``None`` when none is near."""
    return _closest(name, tuple(candidates))


@lru_cache(maxsize=64)
def _closest(name: str, candidates: tuple[str, ...]) -> str | None:
    # Remembered: an editor asks the same at every key, and a thousand candidates take 8 ms.
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """``did you mean "echo"?`` or, when nothing is near, what there is; empty when there is nothing."""
    known = sorted(set(candidates))
    near = closest(name, known)
    if near is not None:
        return f'did you mean "{near}"?'
    return f"there is {listing(known)}" if known else ""


def listing(names: Iterable[str], *, most: int = 10) -> str:
    """``a, b and c``; of a long list the first ones and how many more."""
    known = list(names)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return " and ".join(part for part in (", ".join(known[:-1]), *known[-1:]) if part)
