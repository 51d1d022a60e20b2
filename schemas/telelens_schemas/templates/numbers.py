"""Number constants: what Go's ``strconv`` reads, and which types one constant can have at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from telelens_schemas.templates.formatting.quoting import quote, unquote_rune

_PREFIXES: Final = {"0x": 16, "0b": 2, "0o": 8}
_LONE_UNDERSCORE: Final = {digits: re.compile(rf"(?<![{digits}])_|_(?![{digits}])") for digits in ("0-9", "0-9a-fA-F")}
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_HEXADECIMAL: Final = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+\Z")
_PART: Final = (
    r"(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)"
)
_COMPLEX: Final = re.compile(rf"([+-]?{_PART})([+-]{_PART})i\Z")
_MIN_INT: Final = -(1 << 63)
_MAX_INT: Final = (1 << 63) - 1
_MAX_UINT: Final = (1 << 64) - 1


class NumberError(ValueError):
    """A number cannot be read; the text is Go's."""


@dataclass(frozen=True, slots=True)
class Number:
    """One constant, as each of the types that it can have; ``None`` where it cannot."""

    text: str
    as_int: int | None = None
    as_uint: int | None = None
    as_float: float | None = None
    as_complex: complex | None = None

    @property
    def is_float(self) -> bool:
        """Whether it looks like a float, which decides where no type is asked for."""
        if self.as_float is None or self.text[0] == "'":
            return False
        hexadecimal = self.text[:2].lower() == "0x" and len(self.text) > 2 and not set("pP") & set(self.text)
        return not hexadecimal and bool(set(".eEpP") & set(self.text))


def read_number(text: str) -> Number:
    """A constant of one part, perhaps an imaginary one. Raises NumberError."""
    if text.endswith("i"):
        return _read_imaginary(text)
    unsigned = _unsigned(text)
    signed = _signed(text)
    if unsigned is None and signed == 0:
        unsigned = 0
    if signed is not None:
        return Number(text, signed, unsigned, float(signed))
    if unsigned is not None:
        return Number(text, None, unsigned, float(unsigned))
    value = read_float(text)
    if value is None:
        raise NumberError(f"illegal number syntax: {quote(text)}")
    if not set(".eEpP") & set(text):
        raise NumberError(f"integer overflow: {quote(text)}")
    return _of_float(text, value, None)


def read_character(text: str) -> Number:
    """A character constant. Raises QuotingError."""
    code = unquote_rune(text)
    return Number(text, code, code, float(code))


def _of_float(text: str, value: float, as_complex: complex | None) -> Number:
    whole = int(value) if math.isfinite(value) and value == int(value) else None
    return Number(
        text,
        whole if whole is not None and _MIN_INT <= whole <= _MAX_INT else None,
        whole if whole is not None and 0 <= whole <= _MAX_UINT else None,
        value,
        as_complex,
    )


def _read_imaginary(text: str) -> Number:
    imaginary = read_float(text[:-1])
    if imaginary is None:
        raise NumberError(f"illegal number syntax: {quote(text)}")
    return _of_complex(text, 0.0, imaginary)


def read_complex(text: str) -> Number:
    """A constant of two parts, as 1+2i. Raises NumberError."""
    parts = _COMPLEX.match(text)
    if parts is None or len(parts[2]) == 1:
        raise NumberError("syntax error scanning complex number")
    return _of_complex(text, _part(parts[1]), _part(parts[2]))


def _part(text: str) -> float:
    value = read_float(text)
    if value is None:
        raise NumberError(f"strconv.ParseFloat: parsing {quote(text)}: invalid syntax")
    return value


def _of_complex(text: str, real: float, imaginary: float) -> Number:
    value = complex(real, imaginary)
    return _of_float(text, real, value) if imaginary == 0 else Number(text, as_complex=value)


def _unsigned(text: str) -> int | None:
    if not text[:1].isdigit():
        return None
    value = _integer(text)
    return value if value is not None and value <= _MAX_UINT else None


def _signed(text: str) -> int | None:
    value = _integer(text.lstrip("+-") if text[:1] in "+-" and text[1:2] not in "+-" else text)
    if value is None:
        return None
    value = -value if text[0] == "-" else value
    return value if _MIN_INT <= value <= _MAX_INT else None


def _integer(text: str) -> int | None:
    """Of digits with an optional base; a leading 0 means octal."""
    if not _underscores_fit(text):
        return None
    digits = text.replace("_", "")
    base = _PREFIXES.get(digits[:2].lower())
    if base is not None:
        digits = digits[2:]
    elif len(digits) > 1 and digits[0] == "0":
        base, digits = 8, digits[1:]
    if not digits.isascii() or not digits.isalnum() or len(digits) > 128:
        return None
    try:
        return int(digits, base or 10)
    except ValueError:
        return None


def read_float(text: str) -> float | None:
    """Decimal or hexadecimal; ``None`` when it is no float or too large."""
    if not _underscores_fit(text):
        return None
    text = text.replace("_", "")
    if _HEXADECIMAL.match(text):
        try:
            value = float.fromhex(text)
        except OverflowError:
            return None
    elif _DECIMAL.match(text):
        value = float(text)
    else:
        return None
    return value if math.isfinite(value) else None


def _underscores_fit(text: str) -> bool:
    """They may only stand between digits; the prefix of a base counts as one."""
    if "_" not in text:
        return True
    body = text[1:] if text[0] in "+-" else text
    prefix = body[:2].lower()
    if prefix in _PREFIXES:
        body = "0" + body[2:]
    return not _LONE_UNDERSCORE["0-9a-fA-F" if prefix == "0x" else "0-9"].search(body)
