"""Spans of time: read and written as Go does, in nanoseconds of 64 bits."""

from __future__ import annotations

import re
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, Function, FunctionError
from telelens_schemas.templates.sprig.binding import bound
from telelens_schemas.templates.values import SizedInt, to_bytes, wrap

NANOSECOND: Final = 1
MICROSECOND: Final = 1000
MILLISECOND: Final = 1000 * MICROSECOND
SECOND: Final = 1000 * MILLISECOND
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE

_UNITS: Final = {
    "ns": NANOSECOND, "us": MICROSECOND, "µs": MICROSECOND, "μs": MICROSECOND, "ms": MILLISECOND,
    "s": SECOND, "m": MINUTE, "h": HOUR,
}  # fmt: skip
_PIECE: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]*)")
_LONGEST_FRACTION: Final = 18
_LONGEST_NUMBER: Final = 1000
_MOST: Final = (1 << 63) - 1

METHODS = Family()
_method = METHODS.function


class Duration(SizedInt):
    """time.Duration."""

    go_type = "time.Duration"
    go_kind = "int64"
    __slots__ = ()

    def text(self) -> str:
        return spelt(self)

    def method(self, name: str) -> Function | None:
        return bound(METHODS, name, self)


@_method("Hours", "span time.Duration", "float64", "The span in hours.")
def hours(calling: Calling, span: Duration) -> float:
    return int(span) / HOUR


@_method("Minutes", "span time.Duration", "float64", "The span in minutes.")
def minutes(calling: Calling, span: Duration) -> float:
    return int(span) / MINUTE


@_method("Seconds", "span time.Duration", "float64", "The span in seconds.")
def seconds(calling: Calling, span: Duration) -> float:
    return int(span) / SECOND


@_method("Milliseconds", "span time.Duration", "int64", "The span in whole milliseconds.")
def milliseconds(calling: Calling, span: Duration) -> int:
    return int(int(span) / MILLISECOND)


@_method("String", "span time.Duration", "string", "The span as 1h2m3s.")
def string(calling: Calling, span: Duration) -> str:
    return spelt(span)


def spelt(nanoseconds: int) -> str:
    """``1h2m3.5s``, ``1.5ms``, ``0s``."""
    sign, rest = "-" * (nanoseconds < 0), abs(int(nanoseconds))
    if rest == 0:
        return "0s"
    if rest < SECOND:
        unit, size = next(each for each in (("ns", 1), ("µs", 1000), ("ms", 1_000_000)) if rest < each[1] * 1000)
        return f"{sign}{_decimal(rest, size)}{unit}"
    text = f"{_decimal(rest % MINUTE, SECOND)}s"
    if rest >= MINUTE:
        text = f"{rest // MINUTE % 60}m{text}"
    if rest >= HOUR:
        text = f"{rest // HOUR}h{text}"
    return sign + text


def _decimal(number: int, size: int) -> str:
    whole, part = divmod(number, size)
    digits = f"{part:0{len(str(size)) - 1}d}".rstrip("0") if part else ""
    return f"{whole}.{digits}" if digits else str(whole)


def parse_duration(text: str) -> int:
    """Raises FunctionError with Go's words."""
    negative = text[:1] == "-"
    at = 1 if text[:1] in ("+", "-") else 0
    if text[at:] == "0":
        return 0
    if at == len(text):
        raise _invalid(text)
    total = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        assert found is not None
        total += _nanoseconds(text, *found.groups())
        if total > _MOST + 1:
            raise _invalid(text)
        at = found.end()
    if total > _MOST and not negative:
        raise _invalid(text)
    return -total if negative else total


def _nanoseconds(text: str, whole: str, fraction: str | None, unit: str) -> int:
    """Of one number with its unit."""
    if len(whole) > _LONGEST_NUMBER or int(whole or 0) > _MOST + 1 or not (whole or fraction):
        raise _invalid(text)
    if not unit:
        raise FunctionError(f"time: missing unit in duration {quoted(text)}")
    size = _UNITS.get(unit)
    if size is None:
        raise FunctionError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
    digits = (fraction or "")[:_LONGEST_FRACTION]
    part = int(digits or 0) * (size / 10.0 ** len(digits))  # by way of a float, as in Go
    return int(whole or 0) * size + int(part)


def _invalid(text: str) -> FunctionError:
    return FunctionError(f"time: invalid duration {quoted(text)}")


def rounded_to_seconds(nanoseconds: int) -> int:
    """Halves away from zero."""
    whole = (abs(nanoseconds) + SECOND // 2) // SECOND * SECOND
    return -whole if nanoseconds < 0 else whole


def roughly(nanoseconds: int) -> str:
    """The largest unit that fits more than once: ``3d``, ``2mo``; without a sign."""
    size = abs(wrap(nanoseconds))
    day = 24 * HOUR
    for unit, length in (("y", 365 * day), ("mo", 30 * day), ("d", day), ("h", HOUR), ("m", MINUTE), ("s", SECOND)):
        if size > length:
            return f"{size // length}{unit}"
    return "0s"


def quoted(text: str) -> str:
    """As Go's time package quotes what it complains of: bytes that are no printable ASCII by their numbers."""
    return '"' + "".join(map(_escaped, to_bytes(text))) + '"'


def _escaped(byte: int) -> str:
    if not 32 <= byte < 128:
        return f"\\x{byte:02x}"
    return "\\" * (byte in b'"\\') + chr(byte)
