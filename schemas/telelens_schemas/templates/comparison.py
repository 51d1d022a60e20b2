"""``eq``, ``lt`` and their kin: what Go's templates compare, and what they refuse."""

from __future__ import annotations

from telelens_schemas.templates.formatting import sprintf
from telelens_schemas.templates.functions import REFLECTED, Calling, Family, FunctionError
from telelens_schemas.templates.reflected import MISSING, is_no_value, unboxed
from telelens_schemas.templates.values import (
    FLOATS,
    SIGNED,
    UNSIGNED,
    GoObject,
    Value,
    kind_of,
    to_bytes,
    type_of,
)

COMPARISON = Family()
_ONE = f"value {REFLECTED}"
_TWO = f"first, second {REFLECTED}"


def _basic_kind(value: Value) -> str:
    """``int``, ``uint``, ``float``, ``string``, ``bool`` or ``complex``; empty for what is none of them."""
    kind = "invalid" if value is MISSING else kind_of(value)
    if kind in SIGNED:
        return "int"
    if kind in UNSIGNED:
        return "uint"
    if kind in FLOATS:
        return "float"
    return {"string": "string", "bool": "bool", "complex128": "complex"}.get(kind, "")


def _incompatible(first: Value, second: Value) -> FunctionError:
    return FunctionError(f"incompatible types for comparison: {type_of(first)} and {type_of(second)}")


def _equal(first: Value, second: Value) -> bool:
    kind, other = _basic_kind(first), _basic_kind(second)
    if kind != other:
        if {kind, other} == {"int", "uint"}:
            return bool(first == second)
        if first is not MISSING and second is not MISSING:
            raise _incompatible(first, second)
        return False
    if kind == "string":
        return to_bytes(first) == to_bytes(second)
    return bool(first == second) if kind else _equal_composites(first, second)


def _equal_composites(first: Value, second: Value) -> bool:
    known = [value for value in (first, second) if value is not MISSING]
    if len(known) == 2 and kind_of(first) != kind_of(second):
        said = sprintf("%s: %v, %s: %v", first, type_of(first), type_of(second), second)
        raise FunctionError(f"non-comparable types {said}")
    if is_no_value(first) or is_no_value(second):
        return is_no_value(first) == is_no_value(second)
    if not isinstance(second, GoObject):
        raise FunctionError(sprintf("non-comparable type %s: %v", second, type_of(second)))
    if kind_of(first) == "ptr":
        return first is second
    return type_of(first) == type_of(second) and first.fields() == second.fields()


def _less(first: Value, second: Value) -> bool:
    kind, other = _basic_kind(first), _basic_kind(second)
    if not kind or not other:
        raise FunctionError("invalid type for comparison")
    if kind != other and {kind, other} != {"int", "uint"}:
        raise _incompatible(first, second)
    if kind in ("bool", "complex"):
        raise FunctionError("invalid type for comparison")
    return bool(to_bytes(first) < to_bytes(second) if kind == "string" else first < second)


@COMPARISON.function("eq", f"{_ONE}, others ...{REFLECTED}", "bool", "Whether the first equals any of the others.")
def eq(calling: Calling, value: Value, *others: Value) -> bool:
    """x == a || x == b || …"""
    if not others:
        raise FunctionError("missing argument for comparison")
    return any(_equal(unboxed(value), unboxed(other)) for other in others)


@COMPARISON.function("ne", _TWO, "bool", "Whether the two differ.")
def ne(calling: Calling, first: Value, second: Value) -> bool:
    """!="""
    return not _equal(unboxed(first), unboxed(second))


@COMPARISON.function("lt", _TWO, "bool", "Whether the first is less than the second.")
def lt(calling: Calling, first: Value, second: Value) -> bool:
    """<"""
    return _less(unboxed(first), unboxed(second))


@COMPARISON.function("le", _TWO, "bool", "Whether the first is less than the second or equal to it.")
def le(calling: Calling, first: Value, second: Value) -> bool:
    """<="""
    return _less(unboxed(first), unboxed(second)) or _equal(unboxed(first), unboxed(second))


@COMPARISON.function("gt", _TWO, "bool", "Whether the first is greater than the second.")
def gt(calling: Calling, first: Value, second: Value) -> bool:
    """>: Go takes what is neither less nor equal for greater, as NaN is."""
    return not le(calling, first, second)


@COMPARISON.function("ge", _TWO, "bool", "Whether the first is greater than the second or equal to it.")
def ge(calling: Calling, first: Value, second: Value) -> bool:
    """>="""
    return not lt(calling, first, second)
