"""Finds the one line that slipped. Read as it was meant, everything around it is YAML again, and says what the language
knows; so only that line is wrong, and nothing that follows from it.

YAML itself stumbles where a slip can no longer be right, often lines below it, and then once more below that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.block_texts import DEEPER
from telelens_schemas.specification.blocks import has_other_line_ends
from telelens_schemas.specification.conflicts import find_conflicts
from telelens_schemas.specification.fragments import Fragment, Reworded
from telelens_schemas.specification.nodes import Entries, Items, Node
from telelens_schemas.specification.parser import ITEM_EXPECTED, KEY_EXPECTED
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.regularity import irregularities
from telelens_schemas.specification.slips import Slip, slips_near, slips_of
from telelens_schemas.specification.tree import reworded

MOST_LINES = 300
"""Of a document: every attempt reads it, and what is broken in a longer one is found by its joints alone."""
_MOST_ATTEMPTS = 10
_MOST_SLIPS = 4
_AROUND = 40
"""Lines that show how the text is indented."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What the language does not know in a document that is YAML; ``key``: one that is known elsewhere."""

    line: int
    """0-based, in the document."""
    key: str | None


Judge = Callable[[Fragment], Sequence[Fault] | None]
"""``None``: it is no specification."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A document as it is read, and what had to be reworded for that: nothing, where no line explains what is wrong."""

    document: Fragment
    slips: tuple[Slip, ...]


def mend(document: Fragment, judge: Judge) -> Mended | None:
    """``None`` where no slip was looked for; else the document is used up."""
    if document.text.count("\n") > MOST_LINES or has_other_line_ends(document.text):
        return None
    if (_broken(document) and _stumble(document) is None) or find_conflicts(document.text):
        return None
    faults = judge(document)
    if faults is None or not (_broken(document) or any(one.key for one in faults)):
        return None
    return _Mending(document, judge).run(faults)


def _stumble(document: Fragment) -> int | None:
    """The first line in which YAML stumbles over what may be a slip."""
    for one in document.troubled:
        broken = one.broken
        if broken is not None and (broken.code is Code.TAB or _is_about_depth(broken.message)):
            offset = one.offset_in(document, broken.start)
            assert offset is not None
            return document.text.count("\n", 0, offset)
    return None


def _is_about_depth(message: str) -> bool:
    return message in (KEY_EXPECTED, ITEM_EXPECTED) or DEEPER in message


def _broken(document: Fragment) -> int:
    return sum(one.broken is not None for one in document.troubled)


class _Mending:
    def __init__(self, document: Fragment, judge: Judge) -> None:
        self._written = document
        self._judge = judge
        self._now = document
        self._edits: dict[int, Reworded] = {}

    def run(self, faults: Sequence[Fault]) -> Mended:
        """Slip by slip, as long as one is found."""
        slips: list[Slip] = []
        while len(slips) < _MOST_SLIPS:
            found = self._best(faults)
            if found is None:
                break
            slips.append(found)
            self._edits |= found.edits
            self._read(self._edits)
            faults = self._judge(self._now) or ()
        self._read(self._edits)
        return Mended(self._now, tuple(slips))

    def _read(self, edits: Mapping[int, Reworded]) -> None:
        self._now = reworded(self._written, dict(edits), self._now)

    def _best(self, faults: Sequence[Fault]) -> Slip | None:
        """The first that leaves no fault; of others, the one that leaves the fewest."""
        count, least = _broken(self._now), None
        best: Slip | None = None
        for slip in self._in_turn(faults):
            self._read({**self._edits, **slip.edits})
            broken = _broken(self._now)
            if broken >= count if count else broken:
                continue
            left = self._judge(self._now)
            if left is None or any(one.line in slip.edits for one in left) or not self._is_read(slip):
                continue
            if least is None or (broken, len(left)) < least:
                best, least = slip, (broken, len(left))
            # Where tabs seem to end, is where they are meant to end.
            if least == (0, 0) or (slip.code is Code.TAB and slip.distance == 0):
                break
        return best

    def _is_read(self, slip: Slip) -> bool:
        """Whether its line begins a key or an item, and is not swallowed by a text of several lines."""
        line = self._now.first_line + slip.where.line
        return any(one.range.line == line for one in _beginnings(self._now))

    def _in_turn(self, faults: Sequence[Fault]) -> Iterable[Slip]:
        """What may be tried, the likeliest first: that which leaves the text most even, and moves least."""
        lines = self._now.text.split("\n")
        stumble = _stumble(self._now)
        if stumble is None and _broken(self._now):
            return ()
        found = list(slips_near(lines, stumble)) if stumble is not None else []
        found += [slip for one in faults if one.key for slip in slips_of(lines, one.line, one.key)]
        tried = [slip for slip in found if not slip.edits.keys() & self._edits.keys()]
        return sorted(tried, key=lambda slip: _unlikeliness(lines, slip))[:_MOST_ATTEMPTS]


def _beginnings(document: Fragment) -> Iterator[Node]:
    """Every key and item."""
    seen: set[int] = set()
    stack: list[Node] = [document.root] if document.root is not None else []
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Entries):
            yield from (key for key, _ in node.pairs)
            stack += (value for _, value in node.pairs)
        elif isinstance(node, Items):
            yield from node.items
            stack += node.items


def _unlikeliness(lines: Sequence[str], slip: Slip) -> tuple[int, int, int]:
    first = min(slip.edits)
    start, end = max(0, first - _AROUND), first + _AROUND
    around = [
        slip.edits[number].applied(line) if number in slip.edits else line
        for number, line in enumerate(lines[start:end], start)
    ]
    return irregularities("\n".join(around)), len(slip.edits), slip.distance
