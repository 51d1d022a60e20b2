"""Edits that several fixes need. Their lines are counted when somebody asks, as those of findings are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.parts import NamedFix
from telelens_schemas.specification.source import Place, Range

MARGIN = re.compile(r" *(?:- +)*")
"""What stands in front of the first key of a mapping that is no more than that."""
_COLON = re.compile(r"[ \t]*:")
_BRACKET = re.compile(r"(?:[&!]\S*\s+)*\{")


@dataclass(frozen=True, slots=True)
class EntryLines:
    """The lines of an entry that shares them with nothing."""

    key: Scalar
    value: Node

    @property
    def range(self) -> Range:
        """From the beginning of the first to that of the one below the last."""
        first, last = self.key.range, self.value.range
        return Range(first.line, 1, max(first.end_line, last.end_line) + 1, 1)


@dataclass(frozen=True, slots=True)
class BracketedEntry:
    """An entry within brackets, in one line: so many characters before its key, and from the key on."""

    key: Scalar
    before: int
    length: int

    @property
    def range(self) -> Range:
        """With its comma."""
        where = self.key.range
        return Range(where.line, where.column - self.before, where.line, where.column + self.length)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one offset of a fragment to another."""

    home: Fragment
    start: int
    end: int

    @property
    def range(self) -> Range:
        """As it is, even where it is empty."""
        return self.home.exact_range(self.start, self.end)


def removal(key: Node, value: Node) -> tuple[NamedFix, ...]:
    """Takes an entry away; nothing where it shares a line with something else than entries within its brackets."""
    if not isinstance(key, Scalar):
        return ()
    entry = EntryLines(key, value) if _has_own_lines(key, value) else _bracketed(key, value)
    return ((f'Remove "{key.value}"', ((entry, ""),)),) if entry is not None else ()


def removal_of(place: Place) -> tuple[NamedFix, ...]:
    """The same of an entry that was read."""
    key, value = place.key_node, place.value_node
    assert isinstance(key, Node)
    assert isinstance(value, Node)
    return removal(key, value)


def insertion(node: Entries, key: str) -> tuple[NamedFix, ...]:
    """Adds a key as the first one of a mapping; what it is, the user types."""
    if not node.pairs:
        return _first_entry(node, key)
    first = node.pairs[0][0]
    text, at = first.home.text, first.start
    if first.home is not node.home and not first.home.is_within(node.home):
        return ()
    before = Stretch(first.home, at, at)
    if first.home is node.home and _BRACKET.match(text, node.start):
        return ((f'Add "{key}"', ((before, f"{key}: , "),)),)
    line = first.home.start_of_line(at)
    if MARGIN.fullmatch(text, line, at) is None:
        return ()
    column = at - line
    return ((f'Add "{key}"', ((before, f"{key}: \n{' ' * column}"),)),)


def _first_entry(node: Entries, key: str) -> tuple[NamedFix, ...]:
    if not node.home.text.startswith("{", node.start):
        return ()
    return ((f'Add "{key}"', ((Stretch(node.home, node.start, node.end), f"{{{key}: }}"),)),)


def insertion_below(key: Scalar, value: Node, inner: str) -> tuple[NamedFix, ...]:
    """Makes a mapping of a key without a value, with one entry, which the user types."""
    text = f"{{{inner}: }}"
    if value.start < value.end:
        return ((f'Add "{inner}"', ((value, text),)),) if value.home is key.home else ()
    colon = _COLON.match(key.home.text, key.end)
    if colon is None:
        return ()
    return ((f'Add "{inner}"', ((Stretch(key.home, colon.end(), colon.end()), f" {text}"),)),)


def _has_own_lines(key: Scalar, value: Node) -> bool:
    text = key.home.text
    if text[key.home.start_of_line(key.start) : key.start].strip():
        return False
    if value.home is key.home:
        is_alias = value.start < key.start
    else:
        is_alias = not value.home.is_within(key.home) and not _are_siblings(key, value)
    if is_alias:
        return False
    end = value.home.text.find("\n", value.end)
    rest = value.home.text[value.end : end if end >= 0 else None].strip()
    return not rest or rest.startswith("#")


def _bracketed(key: Scalar, value: Node) -> BracketedEntry | None:
    text, line = key.home.text, key.home.start_of_line(key.start)
    if value.home is not key.home or value.start < key.start or "\n" in text[key.start : value.end]:
        return None
    head = text[line : key.start].rstrip()
    end = text.find("\n", value.end)
    rest = text[value.end : end if end >= 0 else None]
    tail = rest.lstrip()
    if head[-1:] not in ("{", ",") or tail[:1] not in (",", "}"):
        return None
    length = max(key.end, value.end) - key.start
    if tail[0] == ",":
        return BracketedEntry(key, 0, length + len(rest) - len(tail[1:].lstrip(" ")))
    return BracketedEntry(key, key.start - line - len(head) + 1 if head[-1] == "," else 0, length)


def _are_siblings(key: Scalar, value: Node) -> bool:
    """The key of a header that stands alone, and the piece below it."""
    return value.home.above is key.home.above and value.home.above is not None
