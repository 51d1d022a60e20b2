"""The action around a place, and the call in it whose argument is being written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telelens_schemas.templates import Function, Template, parse
from telelens_schemas.templates.lexer import Token

_LONGEST = 4000
"""Characters that are looked back and ahead for the braces around a place."""
_VALUES = frozenset(
    {
        "dot",
        "nil",
        "bool",
        "field",
        "variable",
        "number",
        "complex",
        "character constant",
        "string",
        "raw string",
        ")",
        "identifier",
    }
)
_BOUNDS = frozenset({"(", "|", "left", "=", ":=", "keyword"})


@dataclass(frozen=True, slots=True)
class Inside:
    """One action, read by itself: it may be half written, and what is around it may be anything."""

    template: Template
    start: int
    """Offset of its first brace in the text; those of ``tokens`` count from there."""
    offset: int
    """Of the place, counted from there, too."""
    tokens: tuple[Token, ...]

    @property
    def before(self) -> tuple[Token, ...]:
        """The tokens that begin before the place."""
        return tuple(token for token in self.tokens if token.start < self.offset)

    @property
    def token(self) -> Token | None:
        """The one around the place; at its end counts."""
        return next((token for token in reversed(self.before) if self.offset <= token.end), None)


@dataclass(frozen=True, slots=True)
class Call:
    """A function that is being called, and which of its arguments is being written."""

    function: Function
    argument: int


def inside(text: str, offset: int) -> Inside | None:
    """``None`` in the text between actions. One that is not closed yet ends with its line."""
    start = text.rfind("{{", max(0, offset - _LONGEST), offset)
    if start < 0 or offset < start + 2 or text.startswith("}}", offset - 1) or _is_closed(text, start, offset):
        return None
    close = text.find("}}", offset, offset + _LONGEST)
    line_end = text.find("\n", offset)
    line_end = len(text) if line_end < 0 else line_end
    following = text.find("{{", offset, offset + _LONGEST)
    is_open = close < 0 or (0 <= following < close)
    end = min(line_end, following if following >= 0 else line_end) if is_open else close + 2
    template = parse(text[start:end])
    if "\n" in text[start:offset] and (is_open or any(one.code == "syntax" for one in template.problems)):
        return None  # an action that was left open above: those braces are another's
    tokens = tuple(token for token in template.tokens(0, end - start) if token.kind not in ("left", "right", "error"))
    if any(token.kind == "comment" for token in tokens):
        return None
    return Inside(template, start, offset - start, tokens)


def call_at(place: Inside) -> Call | None:
    """The innermost call around it."""
    tokens = list(place.before)
    if tokens and tokens[-1].end >= place.offset and tokens[-1].kind not in _BOUNDS and tokens[-1].kind != ")":
        tokens.pop()  # still being written: it is the argument itself
        is_name = not tokens or tokens[-1].kind in _BOUNDS
        if is_name and place.token is not None and place.token.kind == "identifier":
            tokens.append(place.token)
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
    if not command or command[0].kind != "identifier":
        return None
    function = place.template.functions.get(command[0].text)
    return Call(function, _arguments(command[1:])) if function is not None else None


def _is_closed(text: str, start: int, offset: int) -> bool:
    """Whether the action ends before a place; braces in its strings do not end it."""
    close = text.find("}}", start, offset)
    while close >= 0:
        before = text[start:close]
        if before.count('"') % 2 == 0 and before.count("`") % 2 == 0:
            return True
        close = text.find("}}", close + 1, offset)
    return False


def _arguments(tokens: Sequence[Token]) -> int:
    """How many are complete."""
    count = depth = 0
    end = -1
    for token in tokens:
        if token.kind == "(":
            depth += 1
        elif token.kind == ")":
            depth = max(depth - 1, 0)
        if depth == 0 and token.kind in _VALUES:
            # The .b of .a.b and of (x).b belongs to what is before it.
            count += not (token.kind == "field" and token.start == end)
        end = token.end
    return count
