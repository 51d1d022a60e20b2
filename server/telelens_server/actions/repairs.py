"""Mends lines that are no YAML: another indentation, a colon, a bracket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lsprotocol import types
from telelens_schemas.specification import Code, Fix, Problem, Range, Replacement
from telelens_schemas.specification.parser import COLON_EXPECTED, ITEM_EXPECTED, KEY_EXPECTED
from telelens_schemas.specification.shapes import Struct
from telelens_schemas.suggestions import closest

from telelens_server.actions.brackets import CLOSING, closing
from telelens_server.actions.offering import meet, quick_fix
from telelens_server.cursor import cursor_at
from telelens_server.documents import Document
from telelens_server.rows import Form
from telelens_server.text import split_lines

_WORD = re.compile(r"([ ]*(?:-[ ]+)*)([\w.-]+)[ ]*(?:#.*)?")
_FARTHEST = 200
"""Lines above in which a column is looked for that fits."""
_MOST = 4
"""Columns for which is asked what may stand there."""


def repairs(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """Of findings in a range that name no fix themselves."""
    for problem in problems:
        if problem.code is not Code.YAML_SYNTAX or problem.fixes:
            continue
        if not meet(document.text.to_editor(problem.range), where):
            continue
        for number, fix in enumerate(_fixes(document, problem)):
            yield quick_fix(document, problem, fix, is_preferred=number == 0)


def _fixes(document: Document, problem: Problem) -> Iterator[Fix]:
    line = problem.range.line - 1
    text = document.text.line(line)
    if problem.message == COLON_EXPECTED:
        yield from _colons(document, line, text)
    if problem.message in (KEY_EXPECTED, ITEM_EXPECTED):
        yield from _indentations(document, line, text)
    column = problem.range.column - 1 + document.text.mark(line)
    if text[column : column + 1] in CLOSING and problem.message.endswith("is not closed"):
        found = closing(document, line, column)
        if found is not None:
            end, signs = found
            last, column = document.text.place(document.text.position_at(end))
            yield Fix(f"Add {signs}", (Replacement(Range(last, column, last, column), signs),))


def _colons(document: Document, line: int, text: str) -> Iterator[Fix]:
    word = _WORD.fullmatch(text)
    if word is None:
        return
    start, end = word.start(2) + 1, word.end(2) + 1
    cursor = cursor_at(document.text.lines, line, word.end(2) - document.text.mark(line))
    shape = cursor.shape if cursor is not None and cursor.key is None else None
    if isinstance(shape, Struct) and cursor is not None:
        free = [name for name in shape.by_name if name not in cursor.siblings]
        begun = [name for name in free if name.lower().startswith(word[2].lower())]
        near = begun[0] if begun else closest(word[2], free)
        if near is not None and near != word[2]:
            yield Fix(f"Complete to {near}", (Replacement(Range(line + 1, start, line + 1, end), f"{near}: "),))
    yield Fix("Add a colon", (Replacement(Range(line + 1, end, line + 1, end), ":"),))
    yield Fix("Remove the line", (Replacement(Range(line + 1, 1, line + 2, 1), ""),))


def _indentations(document: Document, line: int, text: str) -> Iterator[Fix]:
    """The columns of what is above and below: of the same kind, an item or a key. Those at which a key is known come
    first, then the nearest."""
    rows = document.rows.rows
    indent = len(text) - len(text.lstrip(" "))
    is_item = text.lstrip(" ").startswith("-")
    columns: list[int] = []
    around = [*range(line - 1, max(line - _FARTHEST, -1), -1), *range(line + 1, min(line + 3, len(rows)))]
    for number in around:
        row = rows[number]
        if row.form is Form.SEPARATOR and number < line:
            break
        if row.form is Form.CONTENT:
            columns += [row.indent] if row.is_item == is_item else []
            columns += [row.keys_at] if row.is_item and not is_item else []
            if row.indent == 0 and not row.is_item and number < line:
                break
    nearest = sorted(dict.fromkeys(columns), key=lambda column: abs(column - indent))
    nearest = [column for column in nearest if column != indent][:_MOST]
    fitting = nearest if is_item else sorted(nearest, key=lambda column: not _is_known(document, line, column))
    for column in fitting[:2]:
        edit = Replacement(Range(line + 1, 1, line + 1, indent + 1), " " * column)
        yield Fix(f"Indent by {column} blanks", (edit,))


def _is_known(document: Document, line: int, column: int) -> bool:
    """Whether the mapping of that column may have the key of a line, and has not got it."""
    lines = list(document.text.lines)
    word = _WORD.match(lines[line])
    if word is None:
        return False
    lines[line] = " " * column + lines[line].lstrip(" ")
    cursor = cursor_at(split_lines("".join(lines)), line, column + len(word[2]))
    shape = cursor.shape if cursor is not None and cursor.key is None else None
    return isinstance(shape, Struct) and cursor is not None and word[2] in {*shape.by_name} - {*cursor.siblings}
