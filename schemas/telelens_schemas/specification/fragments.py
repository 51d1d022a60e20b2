"""Stretches of a text that are parsed, and read, apart from each other: what an edit leaves alone is not done again.

A fragment is made of whole lines and knows its place only relative to the one around it, so that lines typed above
move it without touching it. Only its place ever changes.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING, Any

from telelens_schemas.specification.source import LINE_END, Range

if TYPE_CHECKING:
    from telelens_schemas.specification.nodes import Node, Scalar
    from telelens_schemas.specification.problems import Code
    from telelens_schemas.specification.templates import Action


BrokenFix = tuple[str, int, int, str]
"""What would mend a stretch: title, start, end, text."""


class Broken(Exception):
    """A stretch that is no YAML; carries where in its fragment, and why."""

    def __init__(
        self,
        start: int,
        end: int,
        code: Code,
        message: str,
        *,
        is_unclosed: bool = False,
        fix: BrokenFix | None = None,
        choices: tuple[BrokenFix, ...] = (),
    ) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.code = code
        self.message = message
        self.is_unclosed = is_unclosed
        """A quote or bracket reaches beyond the fragment."""
        self.fix = fix
        self.choices = choices
        """Which of them is meant, only the user knows."""


@dataclass(frozen=True, slots=True)
class Reworded:
    """A stretch of a line: ``old`` is written from the column ``start`` on, ``new`` is what is read."""

    start: int
    old: str
    new: str

    def applied(self, line: str) -> str:
        """The line as it is read."""
        return line[: self.start] + self.new + line[self.start + len(self.old) :]

    def column(self, read: int) -> int:
        """Where a column of what is read is written; both are 1-based."""
        inside = read - 1 - self.start
        if inside < 0:
            return read
        behind = inside - len(self.new)
        return self.start + 1 + (len(self.old) + behind if behind >= 0 else min(inside, len(self.old)))


class Fragment:
    """``text`` is the user's, unless it is ``reworded``; ``yaml`` what the parser sees in its place: as long, actions
    and dashes hidden."""

    __slots__ = (
        "_scanned",
        "_starts",
        "above",
        "actions",
        "anchors",
        "broken",
        "children",
        "joints",
        "line",
        "memory",
        "offset",
        "reworded",
        "root",
        "text",
        "troubled",
        "undefined",
        "uses",
        "yaml",
    )

    def __init__(self, text: str, yaml: str | None = None, actions: tuple[Action, ...] = ()) -> None:
        self.text = text
        self.yaml = text if yaml is None else yaml
        self.actions = actions
        self.above: Fragment | None = None
        self.offset = 0
        self.line = 0
        self.root: Node | None = None
        self.children: tuple[Fragment, ...] = ()
        self.joints: object = None
        """How it was cut into its children."""
        self.broken: Broken | None = None
        self.undefined: tuple[Scalar, ...] = ()
        self.troubled: tuple[Fragment, ...] = ()
        """Itself and those inside that are broken, or use what is not defined."""
        self.anchors: Mapping[str, Node] = {}
        self.uses: Mapping[str, Node | None] = {}
        """Anchors that are named here, as they were found defined above."""
        self.reworded: Mapping[int, Reworded] = {}
        """Of a document, by line: where ``text`` is not what the user wrote, but what was meant."""
        self.memory: dict[tuple[int, int], Any] = {}
        """What was read here, by node and shape."""
        self._starts = [0]
        self._scanned = 0  # from there on lines are not known yet

    def put(self, above: Fragment, offset: int, line: int) -> None:
        """Place it in another one."""
        self.above, self.offset, self.line = above, offset, line

    def is_within(self, outer: Fragment) -> bool:
        """Whether it is a part of the other one, and not that itself."""
        fragment = self.above
        while fragment is not None and fragment is not outer:
            fragment = fragment.above
        return fragment is not None

    def offset_in(self, outer: Fragment, at: int) -> int | None:
        """Where one of its offsets is in a fragment around it, or in itself; ``None``: it is no part of that."""
        fragment: Fragment | None = self
        while fragment is not None and fragment is not outer:
            at, fragment = at + fragment.offset, fragment.above
        return at if fragment is not None else None

    @property
    def first_line(self) -> int:
        """Its first line in the whole text, 0-based."""
        line, fragment = self.line, self.above
        while fragment is not None:
            line += fragment.line
            fragment = fragment.above
        return line

    @property
    def starts(self) -> list[int]:
        """Offsets of its lines. Line ends are those that editors know."""
        return self._starts_until(len(self.text))

    def range(self, start: int, end: int) -> Range:
        """The place of two offsets in the whole text; an empty one is widened to a character where there is one."""
        if end <= start:
            end = start + 1 if start < len(self.text) and self.text[start] not in "\r\n" else start
        return self.exact_range(start, end)

    def exact_range(self, start: int, end: int) -> Range:
        """The same for an edit: an empty one stays empty."""
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        fragment: Fragment | None = self
        while fragment is not None:
            if fragment.reworded:
                column = fragment._written(line, column)
                end_column = fragment._written(end_line, end_column)
            line += fragment.line
            end_line += fragment.line
            fragment = fragment.above
        return Range(line, column, end_line, end_column)

    def end_of_line(self, offset: int) -> int:
        """Offset of the line's end, its line break and trailing blanks left out."""
        found = LINE_END.search(self.text, offset)
        end = found.start() if found else len(self.text)
        return max(offset, offset + len(self.text[offset:end].rstrip()))

    def start_of_line(self, offset: int) -> int:
        """Offset of the first character of the line."""
        starts = self._starts_until(offset)
        return starts[bisect.bisect_right(starts, offset) - 1]

    def _written(self, line: int, column: int) -> int:
        found = self.reworded.get(line - 1)
        return found.column(column) if found is not None else column

    def _position(self, offset: int) -> tuple[int, int]:
        starts = self._starts_until(offset)
        line = bisect.bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def _starts_until(self, offset: int) -> list[int]:
        """Offsets of the lines up to that of ``offset``, and of those that were asked for before.

        Most of a large fragment's lines are in those inside of it, and nobody asks for them here.
        """
        scanned, text = self._scanned, self.text
        if offset > scanned:
            end = text.find("\n", offset) + 1 or len(text)
            *lines, _ = text[scanned:end].split("\n")
            if "\r" in text[scanned:end]:
                self._starts += (found.end() for found in LINE_END.finditer(text, scanned))
                end = len(text)
            else:
                self._starts += map(add, accumulate(map(len, lines)), count(scanned + 1))
            self._scanned = end
        return self._starts
