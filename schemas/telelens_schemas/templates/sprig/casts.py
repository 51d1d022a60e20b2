"""How sprig makes a number or a string of anything. What cannot be one is 0, without a word."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from telelens_schemas.templates.formatting import sprint
from telelens_schemas.templates.functions import Calling
from telelens_schemas.templates.values import GoObject, SizedInt, Value, from_bytes, is_nil, kind_of

_LEAST: Final = -(1 << 63)
_MOST: Final = (1 << 63) - 1
_INTEGER: Final = re.compile(
    r"([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])+)|([1-9](?:_?[0-9])*|0))"
)
_BASES: Final = (16, 2, 8, 8, 10)
_FLOAT: Final = re.compile(
    r"[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9]+)?"
)
_HEX_FLOAT: Final = re.compile(
    r"[+-]?0[xX](?:(?:_?[0-9a-fA-F])+\.?[0-9a-fA-F_]*|\.[0-9a-fA-F][0-9a-fA-F_]*)[pP][+-]?[0-9]+"
)
_INFINITE: Final = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_ZERO_DECIMALS: Final = re.compile(r"(.*)\.0+\.*", re.DOTALL)
_LONGEST_NUMBER: Final = 4000
"""Digits beyond this say nothing that a float could hold."""


def to_int64(value: Value) -> int:
    """As ``cast.ToInt64``: a plain integer within 64 bits."""
    if value is None:
        return 0
    match kind_of(value):
        case "bool":
            return int(value)
        case "float64" | "float32":
            return truncated(value)
        case "string":
            return _written(value)
        case kind if kind.startswith(("int", "uint")) and _is_plain(value):
            return (int(value) + (1 << 63)) % (1 << 64) - (1 << 63)
        case _:
            return 0


def to_float(value: Value) -> float:
    """As ``cast.ToFloat64``."""
    if value is None:
        return 0.0
    match kind_of(value):
        case "bool" | "float64" | "float32":
            return float(value)
        case "string":
            parsed = parse_float(value)
            return 0.0 if parsed is None or (math.isinf(parsed) and not _INFINITE.fullmatch(value)) else parsed
        case kind if kind.startswith(("int", "uint")) and _is_plain(value):
            return float(value)
        case _:
            return 0.0


def _is_plain(value: Value) -> bool:
    """The library looks at types: of the named integers it knows months and weekdays alone."""
    if not isinstance(value, SizedInt):
        return True
    return value.go_type == value.go_kind or value.go_type in ("time.Month", "time.Weekday")


def truncated(value: float) -> int:
    """A float as an integer, as amd64 converts it: the least one stands for what does not fit."""
    if not math.isfinite(value) or not _LEAST <= value <= _MOST:
        return _LEAST
    return min(int(value), _MOST) if value < 2.0**63 else _LEAST


def _written(text: str) -> int:
    shortened = _ZERO_DECIMALS.fullmatch(text[:_LONGEST_NUMBER])
    parsed = parse_integer(shortened[1] if shortened else text)
    return parsed if parsed is not None and _LEAST <= parsed <= _MOST else 0


def parse_integer(text: str) -> int | None:
    """A Go integer literal with a sign, whatever its size; ``None`` when it is none."""
    found = _INTEGER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if found is None:
        return None
    for digits, base in zip(found.groups()[1:], _BASES, strict=True):
        if digits is not None:
            number = int(digits.replace("_", ""), base)
            return -number if found[1] == "-" else number
    return None


def parse_decimal(text: str) -> int | None:
    """Digits with a sign and nothing else, cut to 64 bits; ``None`` when it is no number. What is too large is not
    read to its end."""
    found = re.match(r"[+-]?[0-9]+", text[:_LONGEST_NUMBER])
    if found is None:
        return None
    number = int(found[0])
    if found.end() < len(text) and abs(number) < 1 << 64:
        return None
    return max(_LEAST, min(_MOST, number))


def parse_float(text: str) -> float | None:
    """As ``strconv.ParseFloat`` reads it; ``None`` when it is none."""
    if len(text) > _LONGEST_NUMBER:
        return None
    if _INFINITE.fullmatch(text):
        return float(text)
    if text.lower() == "nan":
        return math.nan
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if _HEX_FLOAT.fullmatch(text):
        try:
            return float.fromhex(text.replace("_", ""))
        except (OverflowError, ValueError):
            return math.inf
    return None


def strval(calling: Calling, value: Value) -> str:
    """As sprig makes a string of anything: the value itself, what it says of itself, or its default format."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return from_bytes(value)
    if isinstance(value, GoObject | SizedInt):
        said = value.text()
        if said is not None:
            return said
    return sprint(value, charged=calling.budget)


def strings_of(calling: Calling, value: Value) -> list[str]:
    """A list as strings, without its nils; anything else as the only one."""
    if value is None:
        return []
    items = value if kind_of(value) == "slice" else [value]
    calling.budget.items(len(items))
    return [strval(calling, item) for item in items if item is not None]


def is_empty(value: Value) -> bool:
    """The zero of its type; a struct is never empty."""
    if value is None or is_nil(value):
        return True
    return False if isinstance(value, GoObject) else not value


def floored(value: float, function: Callable[[float], int]) -> float:
    """math.floor or math.ceil as Go has them: floats to floats, the sign of zero kept."""
    return math.copysign(float(function(value)), value) if math.isfinite(value) else value
