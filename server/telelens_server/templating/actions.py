"""The action around a place, and the call in it whose argument is being written."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from telelens_schemas.templates import Function, Template
from telelens_schemas.templates.lexer import Token

_VALUES = frozenset(
    {"dot", "nil", "bool", "field", "variable", "number", "complex", "character constant", "string", "raw string", ")"}
)
_BOUNDS = frozenset({"(", "|", "left", "=", ":=", "keyword"})


@dataclass(frozen=True, slots=True)
class Inside:
    """An action, braces included, and its tokens before a place in it."""

    start: int
    end: int
    before: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is being called, and which of its arguments is being written."""

    function: Function
    name: Token
    argument: int


def inside(template: Template, offset: int) -> Inside | None:
    """``None`` in the text between actions. Behind an action that is not closed yet one is still in it."""
    spans = template.actions()
    index = bisect.bisect_left([start for start, _ in spans], offset) - 1
    if index < 0:
        return None
    start, end = spans[index]
    if offset < start + 2 or offset > end or (offset > end - 2 and template.text.startswith("}}", end - 2)):
        return None
    before = tuple(token for token in template.tokens(start, offset) if token.kind != "left" and token.start < offset)
    return Inside(start, end, before)


def call_at(template: Template, place: Inside, offset: int) -> Call | None:
    """The innermost call around a place."""
    tokens = list(place.before)
    if tokens and tokens[-1].end == offset and tokens[-1].kind not in _BOUNDS:
        tokens.pop()  # still being written: it is the argument itself
    start, depth = len(tokens), 0
    while start > 0:
        kind = tokens[start - 1].kind
        if kind == ")":
            depth += 1
        elif kind == "(" and depth:
            depth -= 1
        elif kind in _BOUNDS and not depth:
            break
        start -= 1
    command = tokens[start:]
    if not command or command[0].kind != "identifier" or command[0].text not in template.functions:
        return None
    return Call(template.functions[command[0].text], command[0], _arguments(command[1:]))


def _arguments(tokens: Sequence[Token]) -> int:
    """How many are complete."""
    count = depth = 0
    end = -1
    for token in tokens:
        if token.kind == "(":
            depth += 1
        elif token.kind == ")":
            depth = max(depth - 1, 0)
        if depth == 0 and token.kind in (*_VALUES, "identifier"):
            count += token.start != end or token.kind != "field"  # .b of (x).b belongs to what is before it
        end = token.end
    return count
