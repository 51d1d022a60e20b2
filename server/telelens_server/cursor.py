"""What is legal at a place in a text, told by indentation alone: it works where the text is no YAML (yet)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from telelens_schemas.specification import language
from telelens_schemas.specification.shapes import Either, Flag, Key, LocalPort, ServicePort, Shape, Struct, Text, below

from telelens_server.flow import Bracket, behind, content_at, from_line, open_brackets, opened_above
from telelens_server.text import Lines
from telelens_server.tokens import ENDS, LONGEST, Token, indent_of, says_nothing, spaced, tokens_of, unquoted

_COMMENT = re.compile(r"(?:^|\s)#")
_TYPED_KEY = re.compile(r"([\"']?)[\w.-]*")
_TYPED_VALUE = re.compile(r"(\"[^\"]*\"|'[^']*'|[\w.$/-]+)[ ]*:[ ]+([\"']?)([^\"'#{}\[\],]*)")
_NOT_WRITTEN = re.compile(r"(?:[\s\"']|(?<!\S)#[^\n]*)*")
"""Between a bracket or a comma and the word behind it."""
_OF_ITEM = "[]"
_BEFORE = "{"
"""Stands for the key before the place: none is called so."""
_OPEN = "|>&!"
"""With what a value begins that goes on below."""
_ENVELOPE = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
_SINGLE = Text | Flag | LocalPort | ServicePort


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
    within: str = ""
    """The innermost bracket around it."""


def cursor_at(lines: Lines, line: int, column: int) -> Cursor | None:
    """``None`` in comments, and where nothing can be said. ``lines`` have their ends; both numbers are 0-based."""
    if line >= len(lines):
        return None
    raw = lines[line][:column].rstrip("\r\n")
    if len(raw) > LONGEST or _COMMENT.search(raw):
        return None
    before = spaced(raw)
    found = _typed_at(lines, line, before, column)
    if found is None or not (found.within or before.strip()):
        return found
    return replace(found, start=found.start - len(before) + len(raw))


def _typed_at(lines: Lines, line: int, before: str, column: int) -> Cursor | None:
    head = opened_above(lines, line, before)
    at = content_at(before)
    typed = before[at:]
    if head is None and ("{" in typed or "[" in typed):
        head = line
    if head is not None:
        return _in_flow(lines, line, before, head)
    value = _TYPED_VALUE.fullmatch(typed)
    half = _TYPED_KEY.fullmatch(typed)
    if value is None and half is None:
        return None
    column = at if before.strip() else column
    path, siblings = _path(lines, line, column)
    if value is not None:
        return _value(lines, path, unquoted(value[1]), at + value.start(3), at, siblings, line)
    start = column + (half.end(1) if half is not None else 0)
    return _fill(lines, path, start, column, siblings, line)


def fitting_column(lines: Lines, line: int, column: int) -> int:
    """On a blank line the column of a key that fits there, the nearest to the left of the cursor: that of what is
    open above, or of what a key above opens."""
    if lines[line].strip() or lines[line][:column].strip() or opened_above(lines, line, " " * column) is not None:
        return column
    number = line - 1
    while number >= 0 and says_nothing(lines[number]):
        number -= 1
    if number < 0:
        return 0
    if lines[number].startswith(ENDS):
        return 0
    tokens = list(tokens_of(lines[number]))
    columns = [token.column for token in tokens]
    last = tokens[-1] if tokens else None
    if last is not None and last.is_header:
        columns.append(_opened(lines, line, last.column))
    least = min(columns, default=indent_of(lines[number]))
    while number > 0 and least > 0:
        number = lines.above(number - 1, " " * least)
        if number >= 0 and lines[number].strip():
            columns += [token.column for token in tokens_of(lines[number])]
            least = min(columns)
    return max((one for one in columns if one <= column), default=column)


def _opened(lines: Lines, line: int, column: int) -> int:
    """Where what belongs to a key in a column begins: as below, else a step deeper."""
    for number in range(line + 1, min(line + 50, len(lines))):
        if not says_nothing(lines[number]):
            indent = indent_of(lines[number])
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


def _in_flow(lines: Lines, line: int, before: str, head: int) -> Cursor | None:
    """Inside brackets, the outermost of which was opened in the line ``head``: as deep as it goes."""
    text = from_line(lines, head, line, before)
    at = content_at(text)
    path, siblings = _path(lines, head, at)
    opened = open_brackets(text, Bracket(at, siblings, is_block=True))
    last = opened[-1] if opened else None
    if last is None or last.is_read:
        return None
    written = _NOT_WRITTEN.match(text, last.start)
    assert written is not None
    start = written.end() - len(text) + len(before)
    if start < 0:
        return None
    if not last.is_list and not last.is_block:
        around = [token.column for token in tokens_of(lines[head])]
        rest = behind(lines, line, spaced(lines[line].rstrip("\r\n"))[len(before) :], max(around, default=-1))
        last.siblings |= _following(rest, written[0][-1:])
    whole = list(path)
    for one in opened:
        whole += [_OF_ITEM] if one.is_list else []
        whole += [one.key] if one.key and one is not last else []
    if last.key:
        found = _value(lines, tuple(whole), last.key, start, at, last.siblings, line)
    else:
        found = _fill(lines, tuple(whole), start, at, last.siblings, line)
    return replace(found, within=last.sign) if found is not None else None


def _following(rest: str, sign: str) -> dict[str, str]:
    """The other keys of a mapping in brackets, behind the key or value that is being typed, maybe after a quote."""
    if sign and sign in "\"'":
        rest = rest.partition(sign)[2]
    word, _, below = rest.partition("\n")
    is_key_below = _TYPED_KEY.fullmatch(word.strip()) is not None and any(tokens_of(below.partition("\n")[0]))
    around = Bracket(0, {}) if is_key_below else Bracket(0, {}, key=_BEFORE)
    open_brackets(below if is_key_below else rest, around)
    siblings = {around.key: "", **around.siblings}
    return {key: value for key, value in siblings.items() if key and key != _BEFORE}


def _path(lines: Lines, line: int, column: int) -> tuple[tuple[str, ...], dict[str, str]]:
    """The steps from the root to the mapping whose keys stand in ``column``, and that mapping's other keys."""
    siblings: dict[str, str] = {}
    steps: list[str] = []
    here, in_item, is_first = column, False, True
    level = column
    number = line
    while number >= 0:
        text = lines[number]
        if number < line and text.startswith(ENDS):
            break
        for token in reversed(list(tokens_of(text))):
            if number == line and token.column >= column:
                continue
            if token.key is None:
                if token.column < here:
                    steps.append(_OF_ITEM)
                    here, in_item, is_first = token.column, True, False
            elif in_item and token.column == here + 1 and _heads_list(lines, number, token):
                steps.append(token.key)
                in_item = False
            elif token.column == here - 1 and not in_item and _is_beside(lines, number, token):
                here = token.column
                if is_first:
                    siblings[token.key], level = token.rest, here
            elif token.column < here or (in_item and token.column == here):
                steps.append(token.key)
                here, in_item, is_first = token.column, False, False
            elif token.column == here and is_first:
                siblings[token.key] = token.rest
        if here == 0 and not in_item and not is_first:
            break
        # Deeper lines say nothing of what is around them, nor do the other items of a list that holds the place.
        number = lines.above(number - 1, (" " * (here + 2), " " * here + "- ") if in_item else " " * (here + 1))
    for token in _below(lines, line, level):
        if token.column < level:
            break
        if token.column == level and token.key is not None:
            siblings.setdefault(token.key, token.rest)
    return tuple(reversed(steps)), siblings


def _heads_list(lines: Lines, line: int, key: Token) -> bool:
    """Whether a key that is a blank too deep is the head of the list that follows: that stands where the key should."""
    return key.is_header and lines[_content(lines, line + 1)].startswith(" " * (key.column - 1) + "-")


def _is_beside(lines: Lines, line: int, key: Token) -> bool:
    """Whether what stands a blank deeper than a key does not belong to it: that has a value, or what stands deeper."""
    if not key.is_header:
        return key.rest[0] not in _OPEN
    return indent_of(lines[_content(lines, line + 1)]) > key.column + 1


def _content(lines: Lines, line: int) -> int:
    """The next line, from one down, that says something; the last where there is none."""
    return next((number for number in range(line, len(lines)) if not says_nothing(lines[number])), len(lines) - 1)


def _above(lines: Lines, line: int) -> Iterator[Token]:
    """What stands at the root above a line, from below."""
    number = lines.above(line - 1, " ")
    while number >= 0 and not lines[number].startswith(ENDS):
        yield from tokens_of(lines[number])
        number = lines.above(number - 1, " ")


def _below(lines: Lines, line: int, column: int) -> Iterator[Token]:
    deeper = " " * (column + 1)
    number = lines.below(line + 1, deeper)
    while number < len(lines) and not lines[number].startswith(ENDS):
        yield from tokens_of(lines[number])
        number = lines.below(number + 1, deeper)


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
    around = (*_above(lines, line), *tokens_of(lines[line]), *_below(lines, line, 0))
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
