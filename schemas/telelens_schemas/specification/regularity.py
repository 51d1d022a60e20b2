"""How evenly the lines of a text are indented."""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum, auto

_LINE = re.compile(r"^([ ]*)((?:-[ ]+)*)(?=[^\s#])", re.MULTILINE)


class _Kind(Enum):
    ROOT = auto()
    ITEM = auto()
    KEY = auto()
    KEY_OF_ITEM = auto()


def irregularities(text: str) -> int:
    """Lines that stand deeper than the one that they belong to by another step than most of their kind do."""
    steps: dict[_Kind, Counter[int]] = {kind: Counter() for kind in _Kind}
    around: list[tuple[int, bool]] = []
    for found in _LINE.finditer(text):
        at, is_item = len(found[1]), bool(found[2])
        while around and (around[-1][0] > at or around[-1] == (at, is_item)):
            around.pop()
        above, is_in_item = around[-1] if around else (0, False)
        kind = _Kind.ITEM if is_item else _Kind.KEY_OF_ITEM if is_in_item else _Kind.KEY
        steps[kind if around else _Kind.ROOT][at - above] += 1
        around.append((at, is_item))
        if is_item:
            around.append((at + len(found[2]), False))
    return sum(every.total() - max(every.values(), default=0) for every in steps.values())
