"""Places in a text: offsets while parsing, lines and columns for people."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A stretch of text: 1-based lines and columns (Unicode characters), the end exclusive."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key and its value stand."""

    key: Range
    value: Range


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part of a specification comes from."""

    path: str = "$"
    range: Range = field(default_factory=Range)
    places: Mapping[str, Place] = field(default_factory=dict)
    """By the key's name as the file spells it."""

    def value_range(self, key: str) -> Range:
        """Where the value of ``key`` stands; the whole part where it is absent."""
        place = self.places.get(key)
        return place.value if place is not None else self.range


class SourceText:
    """A text that can tell the line and column of an offset. Line ends are those that editors know."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]

    def range(self, start: int, end: int) -> Range:
        """The range of two offsets; an empty one is widened to one character where the line has one."""
        if end <= start:
            end = start + 1 if start < len(self.text) and self.text[start] not in "\r\n" else start
        line, column = self._position(start)
        end_line, end_column = self._position(end)
        return Range(line, column, end_line, end_column)

    def end_of_line(self, offset: int) -> int:
        """Offset of the line's end, its line break and trailing blanks left out."""
        found = _LINE_END.search(self.text, offset)
        end = found.start() if found else len(self.text)
        return max(offset, offset + len(self.text[offset:end].rstrip()))

    def start_of_line(self, offset: int) -> int:
        """Offset of the first character of the line."""
        return self._starts[bisect.bisect_right(self._starts, offset) - 1]

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
