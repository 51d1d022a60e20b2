"""Did you mean: the candidate that a mistyped name stands for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

LIKENESS: Final = 0.6
"""What is as near as that is a slip; 1 is the same word."""


def closest(name: str, candidates: Iterable[str], *, likeness: float = LIKENESS) -> str | None:
    """The candidate that ``name`` most probably means, or ``None`` when none is near enough."""
    return _closest(name, tuple(candidates), likeness)


@lru_cache(maxsize=64)
def _closest(name: str, candidates: tuple[str, ...], likeness: float) -> str | None:
    # Remembered: an editor asks the same at every key, and a thousand candidates take 8 ms.
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    wanted = name.lower()
    found = [wanted] if wanted in by_lower else [one for one in by_lower if _is_swapped(wanted, one)]
    found = found or difflib.get_close_matches(wanted, by_lower, n=1, cutoff=likeness)
    return by_lower[found[0]] if found else None


def _is_swapped(one: str, other: str) -> bool:
    """Whether two different names differ by two neighbours alone, which for difflib is as much as two slips."""
    if len(one) != len(other):
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), 0)
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]


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
