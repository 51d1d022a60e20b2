"""JSON read as Go reads it: numbers are floats, and what is wrong is said in Go's words."""

from __future__ import annotations

import math
import re
from typing import Final

from telelens_schemas.templates.formatting.quoting import quote
from telelens_schemas.templates.functions import Calling, FunctionError
from telelens_schemas.templates.sprig.characters import runes
from telelens_schemas.templates.sprig.equality import check_depth
from telelens_schemas.templates.values import Value

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS: Final = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}
_SIMPLE_ESCAPES: Final = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"
}  # fmt: skip
_HEX: Final = frozenset("0123456789abcdefABCDEF")


def from_json(calling: Calling, text: str) -> Value:
    """Raises FunctionError."""
    calling.budget.step(len(text) // 16)
    return _Reader(calling, runes(text)).read()


class _Reader:
    def __init__(self, calling: Calling, text: str) -> None:
        self._calling = calling
        self._text = text
        self._at = 0
        self._too_large = ""

    def read(self) -> Value:
        value = self._value(0)
        if self._peek():
            raise self._unexpected("after top-level value")
        if self._too_large:
            raise FunctionError(f"json: cannot unmarshal number {self._too_large} into Go value of type float64")
        return value

    def _value(self, depth: int) -> Value:
        check_depth(depth)
        self._calling.budget.items(1)
        match self._peek():
            case "{":
                return self._object(depth)
            case "[":
                return self._array(depth)
            case '"':
                return self._string()
            case char if char in _LITERALS:
                return self._literal(*_LITERALS[char])
            case char if char and char in "-0123456789":
                return self._number()
            case _:
                raise self._unexpected("looking for beginning of value")

    def _object(self, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        self._at += 1
        if self._peek() == "}":
            self._at += 1
            return entries
        while True:
            if self._peek() != '"':
                raise self._unexpected("looking for beginning of object key string")
            key = self._string()
            self._expect(":", "after object key")
            entries[key] = self._value(depth + 1)
            if self._peek() == "}":
                self._at += 1
                return entries
            self._expect(",", "after object key:value pair")

    def _array(self, depth: int) -> list[Value]:
        items: list[Value] = []
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return items
        while True:
            items.append(self._value(depth + 1))
            if self._peek() == "]":
                self._at += 1
                return items
            self._expect(",", "after array element")

    def _literal(self, spelt: str, value: bool | None) -> bool | None:
        for char in spelt:
            if self._char() != char:
                raise self._unexpected(f"in literal {spelt} (expecting {_shown(char)})", inside=True)
            self._at += 1
        return value

    def _number(self) -> float:
        found = _NUMBER.match(self._text, self._at)
        if found is None:  # a sign without a number
            self._at += 1
            raise self._unexpected("in numeric literal", inside=True)
        self._at = found.end()
        self._check_number(found[0])
        number = float(found[0])
        if math.isinf(number):
            self._too_large = self._too_large or found[0]
        return number

    def _check_number(self, number: str) -> None:
        """What the pattern left away may be half of a fraction or of an exponent."""
        char = self._char()
        if char == "." and not set(number) & set(".eE"):
            self._at += 1
            raise self._unexpected("after decimal point in numeric literal", inside=True)
        if char in ("e", "E") and not set(number) & set("eE"):
            self._at += 1
            if self._char() and self._char() in "+-":
                self._at += 1
            raise self._unexpected("in exponent of numeric literal", inside=True)

    def _string(self) -> str:
        pieces: list[str] = []
        self._at += 1
        while True:
            plain = _PLAIN.match(self._text, self._at)
            assert plain is not None
            pieces.append(plain[0])
            self._at = plain.end()
            char = self._char()
            if char == '"':
                self._at += 1
                return "".join(pieces)
            if char != "\\":
                raise self._unexpected("in string literal")
            self._at += 1
            pieces.append(self._escape())

    def _escape(self) -> str:
        char = self._char()
        if char == "u":
            return self._code_point()
        if not char or char not in _SIMPLE_ESCAPES:
            raise self._unexpected("in string escape code", inside=True)
        self._at += 1
        return _SIMPLE_ESCAPES[char]

    def _code_point(self) -> str:
        first = self._hex()
        if 0xD800 <= first < 0xDC00 and self._text.startswith("\\u", self._at):
            before = self._at
            self._at += 1
            second = self._hex()
            if 0xDC00 <= second < 0xE000:
                return chr(0x10000 + ((first - 0xD800) << 10) + second - 0xDC00)
            self._at = before
        return "\ufffd" if 0xD800 <= first < 0xE000 else chr(first)

    def _hex(self) -> int:
        """Four digits behind the u."""
        self._at += 1
        start = self._at
        while self._at < start + 4:
            if self._char() not in _HEX:
                raise self._unexpected(r"in \u hexadecimal character escape", inside=True)
            self._at += 1
        return int(self._text[start : self._at], 16)

    def _expect(self, char: str, where: str) -> None:
        if self._peek() != char:
            raise self._unexpected(where)
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no space; empty at the end."""
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        self._at = space.end()
        return self._char()

    def _char(self) -> str:
        return self._text[self._at : self._at + 1]

    def _unexpected(self, where: str, *, inside: bool = False) -> FunctionError:
        """The end counts as a space, which is wrong only inside of something."""
        char = self._char()
        if not char and not inside:
            return FunctionError("unexpected end of JSON input")
        return FunctionError(f"invalid character {_shown(char or ' ')} {where}")


def _shown(char: str) -> str:
    """The first byte of it, between single quotes."""
    if char == "'":
        return r"'\''"
    if char == '"':
        return "'\"'"
    return f"'{quote(chr(char.encode()[0]))[1:-1]}'"
