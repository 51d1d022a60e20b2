"""Numbers: arithmetic in 64 bits that wraps, in decimals that does not err, and rounding."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from telelens_schemas.templates.formatting import sprint
from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.casts import floored, parse_decimal, to_float, to_int64
from telelens_schemas.templates.values import Value, wrap

if TYPE_CHECKING:
    from fractions import Fraction

NUMBERS = Family()
function = NUMBERS.function

_DIVIDED_BY_ZERO: Final = "runtime error: integer divide by zero"
_DECIMALS_OF_A_QUOTIENT: Final = 10**16


@function("add", "numbers ...any", "int64", "The sum of the integers.")
def add(calling: Calling, *numbers: Value) -> int:
    return wrap(sum(map(to_int64, numbers)))


@function("add1", "number any", "int64", "The integer and one more.")
def add1(calling: Calling, number: Value) -> int:
    return wrap(to_int64(number) + 1)


@function("sub", "from any, number any", "int64", "The difference of two integers.")
def sub(calling: Calling, minuend: Value, number: Value) -> int:
    return wrap(to_int64(minuend) - to_int64(number))


@function("div", "number any, by any", "int64", "The quotient of two integers, cut towards zero.")
def div(calling: Calling, number: Value, by: Value) -> int:
    return _divided(to_int64(number), to_int64(by))[0]


@function("mod", "number any, by any", "int64", "What a division of two integers leaves, with the sign of the first.")
def mod(calling: Calling, number: Value, by: Value) -> int:
    return _divided(to_int64(number), to_int64(by))[1]


def _divided(number: int, by: int) -> tuple[int, int]:
    if by == 0:
        raise FunctionError(_DIVIDED_BY_ZERO)
    quotient = abs(number) // abs(by) * (1 if (number < 0) == (by < 0) else -1)
    return wrap(quotient), number - quotient * by


@function("mul", "number any, factors ...any", "int64", "The product of the integers.")
def mul(calling: Calling, number: Value, *factors: Value) -> int:
    product = to_int64(number)
    for factor in factors:
        product = wrap(product * to_int64(factor))
    return product


@function("addf", "numbers ...any", "float64", "The sum of the decimals.")
def addf(calling: Calling, *numbers: Value) -> float:
    return _in_decimals(calling, 0.0, numbers, lambda one, other: one + other)


@function("add1f", "number any", "float64", "The decimal and one more.")
def add1f(calling: Calling, number: Value) -> float:
    return _in_decimals(calling, number, (1,), lambda one, other: one + other)


@function("subf", "from any, numbers ...any", "float64", "The first decimal less all others.")
def subf(calling: Calling, minuend: Value, *numbers: Value) -> float:
    return _in_decimals(calling, minuend, numbers, lambda one, other: one - other)


@function("mulf", "number any, factors ...any", "float64", "The product of the decimals.")
def mulf(calling: Calling, number: Value, *factors: Value) -> float:
    return _in_decimals(calling, number, factors, lambda one, other: one * other)


@function("divf", "number any, by ...any", "float64", "The first decimal divided by each other, to 16 places.")
def divf(calling: Calling, number: Value, *by: Value) -> float:
    return _in_decimals(calling, number, by, _quotient)


def _in_decimals(
    calling: Calling, first: Value, others: tuple[Value, ...], operation: Callable[[Fraction, Fraction], Fraction]
) -> float:
    result = _decimal(first)
    for other in others:
        calling.budget.memory((result.numerator.bit_length() + result.denominator.bit_length()) // 8)
        result = operation(result, _decimal(other))
    try:
        return float(result)
    except OverflowError:
        return -math.inf if result < 0 else math.inf


def _decimal(value: Value) -> Fraction:
    """The decimal that a float is shown as, not the binary fraction that it is."""
    from fractions import Fraction

    number = to_float(value)
    if not math.isfinite(number):
        raise FunctionError(f"Cannot create a Decimal from {sprint(number)}")
    return Fraction(repr(number))


def _quotient(one: Fraction, other: Fraction) -> Fraction:
    from fractions import Fraction

    if other == 0:
        raise FunctionError("decimal division by 0")
    scaled = abs(one / other) * _DECIMALS_OF_A_QUOTIENT
    rounded = Fraction(math.floor(scaled + Fraction(1, 2)), _DECIMALS_OF_A_QUOTIENT)
    return rounded if (one < 0) == (other < 0) else -rounded


@function("max", "number any, others ...any", "int64", "The greatest of the integers.")
def greatest(calling: Calling, number: Value, *others: Value) -> int:
    return max(map(to_int64, (number, *others)))


NUMBERS.alias("biggest", "max")


@function("min", "number any, others ...any", "int64", "The least of the integers.")
def least(calling: Calling, number: Value, *others: Value) -> int:
    return min(map(to_int64, (number, *others)))


@function("maxf", "number any, others ...any", "float64", "The greatest of the floats.")
def maxf(calling: Calling, number: Value, *others: Value) -> float:
    return _extreme(max, number, others)


@function("minf", "number any, others ...any", "float64", "The least of the floats.")
def minf(calling: Calling, number: Value, *others: Value) -> float:
    return _extreme(min, number, others)


def _extreme(choose: Callable[..., float], number: Value, others: tuple[Value, ...]) -> float:
    numbers = [to_float(each) for each in (number, *others)]
    if math.nan in numbers or any(map(math.isnan, numbers)):
        return math.nan
    return choose(numbers, key=lambda each: (each, math.copysign(1.0, each)))


@function("floor", "number any", "float64", "The whole number below.")
def floor(calling: Calling, number: Value) -> float:
    return floored(to_float(number), math.floor)


@function("ceil", "number any", "float64", "The whole number above.")
def ceil(calling: Calling, number: Value) -> float:
    return floored(to_float(number), math.ceil)


@function(
    "round",
    "number any, places int, from ...float64",
    "float64",
    "The number with so many decimals, rounded up from .5 or from.",
)
def rounded(calling: Calling, number: Value, places: int, *border: float) -> float:
    power = _power_of_ten(places)
    shifted = power * to_float(number)
    part = math.modf(shifted)[0] if math.isfinite(shifted) else math.nan
    whole = floored(shifted, math.ceil if part >= (border[0] if border else 0.5) else math.floor)
    return whole / power if power else whole * math.inf if whole else math.nan


def _power_of_ten(exponent: int) -> float:
    """By squaring, as Go's math.Pow does it, with its errors in the last digit of large powers."""
    fraction, power = 1.0, 0
    square, doubled = math.frexp(10.0)
    remaining = min(abs(exponent), 400)
    while remaining:
        if remaining & 1:
            fraction *= square
            power += doubled
        square *= square
        doubled *= 2
        if square < 0.5:
            square += square
            doubled -= 1
        remaining >>= 1
    if exponent < 0:
        fraction, power = 1 / fraction, -power
    try:
        return math.ldexp(fraction, power)
    except OverflowError:
        return math.inf


@function("int", "value any", "int", "The value as an integer; 0 where it is none.")
def to_int(calling: Calling, value: Value) -> int:
    return to_int64(value)


@function("int64", "value any", "int64", "The value as an integer of 64 bits; 0 where it is none.")
def int64(calling: Calling, value: Value) -> int:
    return to_int64(value)


@function("float64", "value any", "float64", "The value as a float; 0 where it is none.")
def float64(calling: Calling, value: Value) -> float:
    return to_float(value)


@function("atoi", "text string", "int", "The digits as an integer; 0 where there are others.")
def atoi(calling: Calling, text: str) -> int:
    return parse_decimal(text) or 0


@function("toDecimal", "value any", "int64", "Octal digits as an integer, as of a file's mode; 0 where they are none.")
def to_decimal(calling: Calling, value: Value) -> int:
    text = sprint(value, charged=calling.budget)
    digits = text.lstrip("+-") if text[:1] in "+-" else text
    if not digits or len(digits) > 100 or set(digits) - set("01234567") or len(text) - len(digits) > 1:
        return 0
    number = int(text, 8)
    return number if wrap(number) == number else 0


@function("randInt", "min int, max int", "int", "An integer by chance, at least min and less than max.")
def rand_int(calling: Calling, least_one: int, bound: int) -> int:
    import secrets

    if wrap(bound - least_one) <= 0:
        raise FunctionError("invalid argument to Intn")
    return least_one + secrets.randbelow(bound - least_one)
