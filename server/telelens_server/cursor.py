"""What is legal at a place in a text, told by indentation alone: it works where the text is no YAML (yet)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from telelens_schemas.specification import language
from telelens_schemas.specification.shapes import Either, Flag, Key, LocalPort, ServicePort, Shape, Struct, Text, below

from telelens_server.flow import Bracket, open_brackets, unquoted
from telelens_server.text import Lines

_LINE = re.compile(r"( *)((?:-[ ]+|-(?=$))*)(?:(\"[^\"]*\"|'[^']*'|[\w.$/<{][^:#\"'\[\]{}]*?)[ ]*:(?=[ ]|$))?")
_COMMENT = re.compile(r"(?:^|\s)#")
_TYPED_KEY = re.compile(r"([\"']?)[\w.-]*")
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
    raw = lines[line][:column].rstrip("\r\n")
    if len(raw) > _LONGEST or _COMMENT.search(raw):
        return None
    before = _spaced(raw)
    found = _typed_at(lines, line, before, column)
    if found is None or not before.strip():
        return found
    return replace(found, start=found.start - len(before) + len(raw))


def _spaced(text: str) -> str:
    """With blanks for its tabs: two for each that indents, as they are mended."""
    if "\t" not in text:
        return text
    rest = text.lstrip(" \t")
    return text[: len(text) - len(rest)].replace("\t", "  ") + rest.replace("\t", " ")


def _typed_at(lines: Lines, line: int, before: str, column: int) -> Cursor | None:
    match = _LINE.match(before)
    assert match is not None
    at = len(match[1]) + len(match[2])
    typed = before[at:]
    if "{" in typed or "[" in typed:
        return _in_flow(lines, line, before, at)
    value = _TYPED_VALUE.fullmatch(typed)
    half = _TYPED_KEY.fullmatch(typed)
    if value is None and half is None:
        return None
    column = at if typed or match[2] else column
    path, siblings = _path(lines, line, column)
    if value is not None:
        return _value(lines, path, unquoted(value[1]), at + value.start(3), at, siblings, line)
    start = column + (half.end(1) if half is not None else 0)
    return _fill(lines, path, start, column, siblings, line)


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
    """Inside brackets that were opened in this line: as deep as it goes."""
    path, siblings = _path(lines, line, at)
    opened = open_brackets(before, Bracket(at, siblings, is_block=True))
    last = opened[-1] if opened else None
    if last is None or last.is_read:
        return None
    start = last.start
    while start < len(before) and before[start] in " \"'":
        start += 1
    if not last.is_list and not last.is_block:
        last.siblings |= _following(_spaced(lines[line][:_LONGEST].rstrip("\r\n"))[len(before) :], before[start - 1])
    whole = list(path)
    for one in opened:
        whole += [_OF_ITEM] if one.is_list else []
        whole += [one.key] if one.key and one is not last else []
    if last.key:
        return _value(lines, tuple(whole), last.key, start, at, last.siblings, line)
    return _fill(lines, tuple(whole), start, at, last.siblings, line)


def _following(rest: str, sign: str) -> dict[str, str]:
    """The other keys of a mapping in brackets, behind the key or value that is being typed after a sign."""
    if sign in "\"'":
        rest = rest.partition(sign)[2]
    around = Bracket(0, {}, key=sign)
    open_brackets(rest, around)
    around.siblings.pop(sign, None)
    return around.siblings


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
    text = _spaced(text[:_LONGEST].rstrip("\r\n"))
    match = _LINE.match(text)
    assert match is not None
    at = len(match[1])
    for offset, sign in enumerate(match[2]):
        if sign == "-":
            yield _Token(at + offset, None)
    if match[3]:
        yield _Token(match.start(3), unquoted(match[3]), text[match.end() :].strip())


def shape_at(path: tuple[str, ...], lines: Lines, line: int) -> Shape | None:
    """What may stand at a path; at the root, and below ``spec``, it depends on what the document has already."""
    if path and path[0] != "spec":
        root = language.CRD_FORM if path[0] in _ENVELOPE else language.SPECIFICATION
        return _shape(root, path)
    roots = _roots(lines, line)
    if not path and not roots.keys() & {"kind", "apiVersion", "spec"}:
        return language.SPECIFICATION
    version = unquoted(roots.get("apiVersion", "").partition(" #")[0].strip()).rpartition("/")[2]
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
