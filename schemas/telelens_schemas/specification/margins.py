"""How far a line that tabs indent is meant to be indented: as far as it is what the lines above it lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.nodes import Entries
from telelens_schemas.specification.parts import Part
from telelens_schemas.specification.shapes import Struct

_LINE = re.compile(r"(?P<indent>[ ]*)(?P<dashes>(?:-(?:[ ]+|\Z))*)(?P<rest>.*)")
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*")
_OPENS = re.compile(r".*:(?:[ \t]+[&!]\S+)*(?:[ \t]+[|>][-+\d]*)?")
_WORD = re.compile(r"[\w.-]+")
_DASH = re.compile(r"-(?=\s|\Z)")
_FARTHEST = 500
"""Lines above that are looked at."""
_MOST = 20
"""Lines of a document that are looked at: of a hopeless one nobody mends everything."""
_WIDTHS = (2, 4, 8)
"""Blanks that people see in a tab; the first is what one means in a file that tells nothing else."""
_KEY_IN_KEY = re.compile(r"^( *)[\w.-]+:[ \t]*\r?\n( +)[\w.-]+:", re.MULTILINE)
_ITEM_IN_KEY = re.compile(r"^( *)[\w.-]+:[ \t]*\r?\n( *)- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Line:
    """``indent`` of its dash, ``keys_at`` behind it: the same where there is none."""

    start: int
    indent: int
    keys_at: int
    opens: bool

    @property
    def is_item(self) -> bool:
        return self.keys_at > self.indent


class Margins:
    """Of one document's lines; ``read`` is what was read of those that are not broken."""

    def __init__(self, document: Fragment, read: Part) -> None:
        self._document = document
        self._read = read
        self._found = 0

    def of(self, inner: Fragment, start: int, end: int) -> int:
        """In blanks, of the line of a fragment that begins at ``start`` and whose first word stands at ``end``."""
        begin = inner.offset_in(self._document, start)
        assert begin is not None
        start, end = begin, begin + end - start
        text = self._document.yaml
        tabs = text.count("\t", start, end)
        seen = [width * tabs + end - start - tabs for width in _WIDTHS]
        self._found += 1
        above = list(_above(text, start)) if self._found <= _MOST else []
        if not above:
            return seen[0] if self._found > _MOST else 0
        is_item = _DASH.match(text, end) is not None
        if above[0].opens:
            return above[0].keys_at + (_step(_ITEM_IN_KEY, text) if is_item else _step(_KEY_IN_KEY, text) or _WIDTHS[0])
        columns = [one.indent for one in above if one.is_item] if is_item else self._key_columns(above, end)
        exact = next((one for one in seen if one in columns), None)
        return exact if exact is not None else min(columns, key=lambda one: abs(one - seen[1]), default=seen[0])

    def _key_columns(self, above: list[_Line], at: int) -> list[int]:
        """Of mappings that may have the key, or that nobody could read."""
        word = _WORD.match(self._document.yaml, at)
        fit = [one for one in above if word is None or self._may_have(word[0], one.start + one.keys_at)]
        return [one.keys_at for one in fit or above]

    def _may_have(self, word: str, at: int) -> bool:
        where = self._document.exact_range(at, at)
        shape = self._shapes.get((where.line, where.column))
        return shape is None or word in shape.by_name

    @cached_property
    def _shapes(self) -> dict[tuple[int, int], Struct]:
        """Of mappings, by the lines and columns of their keys."""
        return {
            (key.range.line, key.range.column): found.shape
            for part in self._read.walk()
            for found in part.structs
            if isinstance(found.node, Entries)
            for key, _ in found.node.pairs
        }


def _above(text: str, line: int) -> Iterator[_Line]:
    """The lines around it, the nearest first: each is less deep than the one before."""
    last: _Line | None = None
    for _ in range(_FARTHEST):
        if line == 0 or (last is not None and last.indent == 0):
            return
        start = text.rfind("\n", 0, line - 1) + 1
        written = _COMMENT.sub("", text[start : line - 1].rstrip("\r")).rstrip(" ")
        line = start
        if written.startswith("---"):
            return
        found = _LINE.fullmatch(written)
        if not written or found is None or "\t" in written[: len(written) - len(written.lstrip())]:
            continue
        indent = len(found["indent"])
        if last is None or indent < last.indent:
            keys_at = indent + len(found["dashes"]) + (1 if found["dashes"].endswith("-") else 0)
            last = _Line(start, indent, keys_at, not found["rest"] or _OPENS.fullmatch(written) is not None)
            yield last


def _step(pattern: re.Pattern[str], text: str) -> int:
    """Of the first one in the file that shows it."""
    found = pattern.search(text)
    return max(len(found[2]) - len(found[1]), 0) if found is not None else _WIDTHS[0]
