"""Floating-point numbers as Go's ``strconv.FormatFloat`` writes them."""

from __future__ import annotations

import math
import struct
from typing import Final

from telelens_schemas.templates.values import Float32

_MANTISSA_BITS: Final = 52
_SHORTEST_EXPONENT: Final = 6
"""From this decimal exponent on, %g writes one when it is free to choose the digits."""


def format_float(value: float, verb: str, precision: int | None) -> str:
    """``verb`` is one of ``e E f g G b x X``; without precision as many digits as tell the number from its
    neighbours. Infinities have a sign; the sign of what is not a number is not shown."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if verb == "b":
        return _binary(value)
    if verb in "xX":
        text = _hexadecimal(value, precision)
        return text.upper() if verb == "X" else text
    lower = verb.lower()
    text = f"{value:.{precision}{lower}}" if precision is not None else _shortest(value, lower)
    if lower == "g" and precision == 0:
        text = f"{value:.1g}"
    return text.upper() if verb in "EG" else text


def _shortest(value: float, verb: str) -> str:
    sign = "-" if math.copysign(1, value) < 0 else ""
    digits, point = _digits(abs(value))
    if verb == "f":
        return sign + _fixed(digits, point)
    exponent = point - 1 if value else 0
    if verb == "g" and -4 <= exponent < _SHORTEST_EXPONENT:
        return sign + _fixed(digits, point)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _digits(value: float) -> tuple[str, int]:
    """Significant digits and where the point stands among them: 12.5 is ("125", 2)."""
    if not value:
        return "0", 1
    mantissa, _, exponent = _repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    point = len(whole) + int(exponent or 0)
    all_digits = whole + fraction
    stripped = all_digits.lstrip("0")
    return stripped.rstrip("0"), point - (len(all_digits) - len(stripped))


def _repr(value: float) -> str:
    if not isinstance(value, Float32):
        return float.__repr__(value)
    packed = struct.pack("f", value)
    for precision in range(1, 10):
        text = f"{value:.{precision - 1}e}"
        if struct.pack("f", float(text)) == packed:
            return text
    return float.__repr__(value)


def _fixed(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def _parts(value: float) -> tuple[bool, int, int]:
    """Sign, mantissa and exponent of ``mantissa * 2**exponent``, as the bits have them."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    mantissa = bits & ((1 << _MANTISSA_BITS) - 1)
    exponent = bits >> _MANTISSA_BITS & 0x7FF
    if exponent:
        mantissa |= 1 << _MANTISSA_BITS
    return bool(bits >> 63), mantissa, max(exponent, 1) - 1023 - _MANTISSA_BITS


def _binary(value: float) -> str:
    negative, mantissa, exponent = _parts(value)
    return f"{'-' if negative else ''}{mantissa}p{exponent:+d}"


def _hexadecimal(value: float, precision: int | None) -> str:
    negative, mantissa, exponent = _parts(value)
    if mantissa:
        shift = _MANTISSA_BITS + 1 - mantissa.bit_length()
        mantissa <<= shift
        exponent += _MANTISSA_BITS - shift
    else:
        exponent = 0
    if precision is not None and precision < _MANTISSA_BITS // 4:
        dropped = _MANTISSA_BITS - precision * 4
        rest = mantissa & ((1 << dropped) - 1)
        mantissa >>= dropped
        if rest > 1 << (dropped - 1) or (rest == 1 << (dropped - 1) and mantissa & 1):
            mantissa += 1
        mantissa <<= dropped
        if mantissa >> (_MANTISSA_BITS + 1):
            mantissa >>= 1
            exponent += 1
    fraction = f"{mantissa & ((1 << _MANTISSA_BITS) - 1):0{_MANTISSA_BITS // 4}x}"
    fraction = fraction.rstrip("0") if precision is None else fraction.ljust(precision, "0")[:precision]
    point = "." if fraction else ""
    sign = "-" if negative else ""
    return f"{sign}0x{mantissa >> _MANTISSA_BITS}{point}{fraction}p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
