"""What is legal at a place in a text, told by indentation alone: it works where the text is no YAML (yet)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from telelens_schemas.specification import language
from telelens_schemas.specification.shapes import Either, Flag, Key, LocalPort, ServicePort, Shape, Struct, Text, below

from telelens_server.text import Lines

_LINE = re.compile(r"( *)((?:-[ ]+|-(?=$))*)(?:(\"[^\"]*\"|'[^']*'|[\w.$/<{][^:#\"'\[\]{}]*?)[ ]*:(?=[ ]|$))?")
_COMMENT = re.compile(r"(?:^|\s)#")
_TYPED_KEY = re.compile(r"[\w.-]*")
_TYPED_VALUE = re.compile(r"(\"[^\"]*\"|'[^']*'|[\w.$/-]+)[ ]*:[ ]+([\"']?)([^\"'#{}\[\],]*)")
_OF_ITEM = "[]"
_ENVELOPE = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
_SINGLE = Text | Flag | LocalPort | ServicePort
_ENDS = ("---", "...")
"""With what the line begins that ends a document."""
_LONGEST = 500
"""Characters of a line that are looked at: no key stands farther right."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``start`` is the column at which what is being typed begins; ``column`` the one of its mapping's keys."""

    path: tuple[str, ...]
    shape: Shape | None
    """Of the mapping or list that is being filled, or of the value that is being typed."""
    key: Key | None
    """Whose value is being typed; ``None``: a key is."""
    start: int
    column: int
    siblings: dict[str, str]
    """Keys that the mapping has already, with the rest of their lines."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class _Token:
    """A key or a dash."""

    column: int
    key: str | None
    rest: str = ""


def cursor_at(lines: Lines, line: int, column: int) -> Cursor | None:
    """``None`` in comments, and where nothing can be said. ``lines`` have their ends; both numbers are 0-based."""
    if line >= len(lines):
        return None
    before = lines[line][:column].rstrip("\r\n")
    if len(before) > _LONGEST or "\t" in before or _COMMENT.search(before):
        return None
    match = _LINE.match(before)
    assert match is not None
    at = len(match[1]) + len(match[2])
    typed = before[at:]
    if "{" in typed or "[" in typed:
        return _in_flow(lines, line, before, at)
    value = _TYPED_VALUE.fullmatch(typed)
    if value is None and not _TYPED_KEY.fullmatch(typed):
        return None
    path, siblings = _path(lines, line, at if typed or match[2] else column)
    if value is not None:
        key_name = _unquoted(value[1])
        start = at + value.start(3)
        return _value(lines, path, key_name, start, at, siblings, line)
    start = at if typed or match[2] else column
    return _fill(lines, path, start, start, siblings, line)


def fitting_column(lines: Lines, line: int, column: int) -> int:
    """On a blank line the column of a key that fits there, the nearest to the left of the cursor: that of what is
    open above, or of what a key above opens."""
    if lines[line].strip() or lines[line][:column].strip():
        return column
    number = line - 1
    while number >= 0 and not lines[number].split("#")[0].strip():
        number -= 1
    if number < 0:
        return 0
    if lines[number].startswith(_ENDS):
        return 0
    tokens = list(_tokens(lines[number]))
    columns = [token.column for token in tokens]
    last = tokens[-1] if tokens else None
    if last is not None and last.key is not None and not last.rest.partition("#")[0].strip():
        columns.append(_opened(lines, line, last.column))
    least = min(columns, default=len(lines[number]) - len(lines[number].lstrip(" ")))
    while number > 0 and least > 0:
        number = lines.above(number - 1, " " * least)
        if number >= 0 and lines[number].strip():
            columns += [token.column for token in _tokens(lines[number])]
            least = min(columns)
    return max((one for one in columns if one <= column), default=column)


def _opened(lines: Lines, line: int, column: int) -> int:
    """Where what belongs to a key in a column begins: as below, else a step deeper."""
    for number in range(line + 1, min(line + 50, len(lines))):
        text = lines[number]
        if text.split("#")[0].strip():
            indent = len(text) - len(text.lstrip(" "))
            return indent if indent > column else column + 2
    return column + 2


def _value(
    lines: Lines,
    path: tuple[str, ...],
    name: str,
    start: int,
    column: int,
    siblings: dict[str, str],
    line: int,
) -> Cursor | None:
    key = _key(shape_at(path, lines, line), name)
    if key is None:
        return None
    return Cursor((*path, name), key.shape, key, start, column, siblings, line)


def _fill(lines: Lines, path: tuple[str, ...], start: int, column: int, siblings: dict[str, str], line: int) -> Cursor:
    """A key is being typed there, or an item that is a single value."""
    shape = shape_at(path, lines, line)
    if path[-1:] == (_OF_ITEM,) and isinstance(shape, _SINGLE):
        holder = tuple(path[: next(at for at in range(len(path), 0, -1) if path[at - 1] != _OF_ITEM)])
        key = _key(shape_at(holder[:-1], lines, line), holder[-1]) if holder else None
        return Cursor(path, shape, key, start, column, siblings, line)
    return Cursor(path, shape, None, start, column, siblings, line)


def _in_flow(lines: Lines, line: int, before: str, at: int) -> Cursor | None:
    """Inside ``{…}`` that was opened in this line: as deep as it goes."""
    path, siblings = _path(lines, line, at)
    steps: list[str] = []
    keys: list[dict[str, str]] = [siblings]
    pending, word_start, index, quote = "", at, at, ""
    while index < len(before):
        sign = before[index]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[":
            steps += [pending] if pending else []
            steps += [_OF_ITEM] if sign == "[" else []
            keys.append({})
            pending, word_start = "", index + 1
        elif sign in "}]":
            return None
        elif sign == ",":
            pending, word_start = "", index + 1
            if steps and steps[-1] == _OF_ITEM:
                keys[-1] = {}
        elif sign == ":" and before[index + 1 : index + 2] in (" ", ""):
            pending, word_start = _unquoted(before[word_start:index].strip()), index + 1
            keys[-1][pending] = ""
        index += 1
    while word_start < len(before) and before[word_start] in " \"'":
        word_start += 1
    whole = (*path, *(step for step in steps if step))
    if pending:
        keys[-1].pop(pending, None)
        return _value(lines, whole, pending, word_start, at, keys[-1], line)
    return _fill(lines, whole, word_start, at, keys[-1], line)


def _path(lines: Lines, line: int, column: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """The steps from the root to the mapping whose keys stand in ``column``, and that mapping's other keys."""
    siblings: dict[str, str] = {}
    steps: list[str] = []
    here, in_item, is_first = column, False, True
    number = line
    while number >= 0:
        text = lines[number]
        if number < line and text.startswith(_ENDS):
            break
        for token in reversed(list(_tokens(text))):
            if number == line and token.column >= column:
                continue
            if token.key is None:
                if token.column < here:
                    steps.append(_OF_ITEM)
                    here, in_item, is_first = token.column, True, False
            elif token.column < here or (in_item and token.column == here):
                steps.append(token.key)
                here, in_item, is_first = token.column, False, False
            elif token.column == here and is_first:
                siblings[token.key] = token.rest
        if here == 0 and not in_item and not is_first:
            break
        # Deeper lines say nothing of what is around them, nor do the other items of a list that holds the place.
        number = lines.above(number - 1, (" " * (here + 1), " " * here + "- ") if in_item else " " * (here + 1))
    for token in _below(lines, line, column):
        if token.column < column:
            break
        if token.column == column and token.key is not None:
            siblings.setdefault(token.key, token.rest)
    return tuple(reversed(steps)), siblings


def _above(lines: Lines, line: int) -> Iterator[_Token]:
    """What stands at the root above a line, from below."""
    number = lines.above(line - 1, " ")
    while number >= 0 and not lines[number].startswith(_ENDS):
        yield from _tokens(lines[number])
        number = lines.above(number - 1, " ")


def _below(lines: Lines, line: int, column: int) -> Iterator[_Token]:
    deeper = " " * (column + 1)
    number = lines.below(line + 1, deeper)
    while number < len(lines) and not lines[number].startswith(_ENDS):
        yield from _tokens(lines[number])
        number = lines.below(number + 1, deeper)


def _tokens(text: str) -> Iterator[_Token]:
    """The dashes and the key with which a line begins."""
    match = _LINE.match(text[:_LONGEST].rstrip("\r\n"))
    assert match is not None
    at = len(match[1])
    for offset, sign in enumerate(match[2]):
        if sign == "-":
            yield _Token(at + offset, None)
    if match[3]:
        yield _Token(match.start(3), _unquoted(match[3]), text[match.end() :].strip())


def _unquoted(key: str) -> str:
    return key[1:-1] if len(key) > 1 and key[0] in "\"'" and key[-1] == key[0] else key


def shape_at(path: tuple[str, ...], lines: Lines, line: int) -> Shape | None:
    """What may stand at a path; at the root, and below ``spec``, it depends on what the document has already."""
    if path and path[0] != "spec":
        root = language.CRD_FORM if path[0] in _ENVELOPE else language.SPECIFICATION
        return _shape(root, path)
    roots = _roots(lines, line)
    if not path and not roots.keys() & {"kind", "apiVersion", "spec"}:
        return language.SPECIFICATION
    version = _unquoted(roots.get("apiVersion", "").partition(" #")[0].strip()).rpartition("/")[2]
    return _shape(language.CRD_FORMS.get(version, language.CRD_FORM), path)


def _roots(lines: Lines, line: int) -> dict[str, str]:
    """Keys at the root of the document around a line, with the rest of their lines."""
    around = (*_above(lines, line), *_tokens(lines[line]), *_below(lines, line, 0))
    return {token.key: token.rest for token in around if token.column == 0 and token.key is not None}


def _shape(root: Shape, path: tuple[str, ...]) -> Shape | None:
    shape: Shape | None = root
    for step in path:
        shape = below(shape, None if step == _OF_ITEM else step)
    return shape


def _key(shape: Shape | None, name: str) -> Key | None:
    """A key of the mapping that a shape is or may be."""
    match shape:
        case Struct():
            return shape.by_name.get(name)
        case Either():
            return next((found for one in shape.shapes if (found := _key(one, name)) is not None), None)
    return None
