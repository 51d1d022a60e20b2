"""The list that ends above a place where a key fits: where it stands as deep as its own key, an item fits, too."""

from __future__ import annotations

import dataclasses

from telelens_server.cursor import Cursor, shape_at
from telelens_server.text import Lines
from telelens_server.tokens import says_nothing, tokens_of


def list_beside(lines: Lines, cursor: Cursor) -> Cursor | None:
    """Where another of its items would begin; ``None``: there is no such list, or something is typed there already."""
    if lines[cursor.line].strip() or cursor.within:
        return None
    margin = " " * cursor.column
    item = cursor.line
    while (item := lines.above(item - 1, f"{margin} ")) >= 0 and says_nothing(lines[item]):
        continue
    if item < 0 or not _is_item(lines[item], cursor.column):
        return None
    while (item := lines.above(item - 1, (f"{margin} ", f"{margin}- "))) >= 0 and says_nothing(lines[item]):
        continue
    tokens = tokens_of(lines[item]) if item >= 0 else ()
    name = next((one.key for one in tokens if one.column == cursor.column), None)
    if name is None:
        return None
    path = (*cursor.path, name)
    return dataclasses.replace(cursor, path=path, shape=shape_at(path, lines, cursor.line), siblings={})


def _is_item(text: str, column: int) -> bool:
    first = next(iter(tokens_of(text)), None)
    return first is not None and first.key is None and first.column == column
