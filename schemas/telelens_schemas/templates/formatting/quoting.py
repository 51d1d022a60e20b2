"""String and character constants, as Go's ``strconv`` writes and reads them."""

from __future__ import annotations

import unicodedata
from typing import Final

from telelens_schemas.templates.values import from_bytes, to_bytes

HIGHEST_RUNE: Final = 0x10FFFF
_SHORT: Final = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v", "\\": "\\"}
_LONG: Final = {short: char for char, short in _SHORT.items()}
_DIGITS: Final = {"x": 2, "u": 4, "U": 8}


class QuotingError(ValueError):
    """A constant cannot be read; the text is Go's."""


def is_printable(char: str) -> bool:
    """Letters, marks, numbers, punctuation, symbols and the ASCII space: Go's ``unicode.IsPrint``."""
    return char == " " or unicodedata.category(char)[0] in "LMNPS"


def is_escaped_byte(char: str) -> bool:
    """A byte that is not UTF-8, as Python's surrogateescape has it; or half a pair, which no UTF-8 has either."""
    return "\ud800" <= char <= "\udfff"


def quote(text: str, *, delimiter: str = '"', ascii_only: bool = False) -> str:
    """A Go constant of the text."""
    return delimiter + "".join(_escaped(char, delimiter, ascii_only) for char in text) + delimiter


def quote_rune(code: int, *, ascii_only: bool = False) -> str:
    """A Go character constant."""
    if code > HIGHEST_RUNE or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return quote(chr(code), delimiter="'", ascii_only=ascii_only)


def _escaped(char: str, delimiter: str, ascii_only: bool) -> str:
    if char == delimiter:
        return "\\" + char
    if char in _SHORT:
        return "\\" + _SHORT[char]
    if is_escaped_byte(char):
        return "".join(f"\\x{byte:02x}" for byte in to_bytes(char))
    if is_printable(char) and (char.isascii() or not ascii_only):
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def can_backquote(text: str) -> bool:
    """Whether it can stand between backquotes as it is."""
    return not any(char in "`\x7f\ufeff" or (char < " " and char != "\t") or is_escaped_byte(char) for char in text)


def unquote(constant: str) -> str:
    """The text of a quoted or raw string constant. Raises QuotingError."""
    if len(constant) < 2 or constant[0] != constant[-1]:
        raise QuotingError("invalid syntax")
    inner = constant[1:-1]
    if constant[0] == "`":
        return inner.replace("\r", "")
    if constant[0] != '"' or "\n" in inner:
        raise QuotingError("invalid syntax")
    if "\\" not in inner and '"' not in inner:
        return inner
    data = bytearray()
    at = 0
    while at < len(inner):
        if inner[at] == '"':
            raise QuotingError("invalid syntax")
        code, is_byte, at = _read(inner, at, '"')
        data += bytes((code,)) if is_byte else to_bytes(chr(code))
    return from_bytes(bytes(data))


def unquote_rune(constant: str) -> int:
    """The code point of a character constant with its quotes. Raises QuotingError."""
    if len(constant) < 2 or constant[1] == "'":
        raise QuotingError("invalid syntax")
    code, _, at = _read(constant, 1, "'")
    if constant[at:] != "'":
        raise QuotingError(f"malformed character constant: {constant}")
    return code


def _read(text: str, at: int, delimiter: str) -> tuple[int, bool, int]:
    """The character at ``at``, whether it is a byte rather than a code point, and where the next one begins."""
    if text[at] != "\\":
        code = ord(text[at])
        return (code, False, at + 1) if not is_escaped_byte(text[at]) or code > 0xDCFF else (code & 0xFF, True, at + 1)
    mark = text[at + 1 : at + 2]
    if mark == delimiter:
        return ord(mark), False, at + 2
    if mark in _LONG:
        return ord(_LONG[mark]), False, at + 2
    if mark in _DIGITS:
        end = at + 2 + _DIGITS[mark]
        code = _number(text[at + 2 : end], _DIGITS[mark], 16)
        if mark != "x" and (code > HIGHEST_RUNE or 0xD800 <= code <= 0xDFFF):
            raise QuotingError("invalid syntax")
        return code, mark == "x", end
    code = _number(text[at + 1 : at + 4], 3, 8)
    if code > 255:
        raise QuotingError("invalid syntax")
    return code, True, at + 4


def _number(digits: str, count: int, base: int) -> int:
    if len(digits) != count or not (digits.isascii() and digits.isalnum()):
        raise QuotingError("invalid syntax")
    try:
        return int(digits, base)
    except ValueError:
        raise QuotingError("invalid syntax") from None
