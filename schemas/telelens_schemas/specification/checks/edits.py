"""Edits that several fixes need."""

from __future__ import annotations

from telelens_schemas.specification.nodes import Node, Scalar
from telelens_schemas.specification.parts import NamedFix
from telelens_schemas.specification.source import Place, Range


def removal(place: Place) -> tuple[NamedFix, ...]:
    """Takes an entry away that has its lines to itself; nothing where that is not so."""
    key, value = place.key_node, place.value_node
    if not isinstance(key, Scalar):
        return ()
    text = key.home.text
    start = key.home.start_of_line(key.start)
    if text[start : key.start].strip():
        return ()
    last = max(key.range.end_line, _last_line(value))
    line = key.range.line
    if last < line:
        return ()
    return ((f"Remove {key.value}", ((Range(line, 1, last + 1, 1), ""),)),)


def _last_line(value: object) -> int:
    assert isinstance(value, Node)
    where = value.range
    # A block ends where the next thing begins.
    return where.end_line - 1 if where.end_column == 1 and where.end_line > where.line else where.end_line
