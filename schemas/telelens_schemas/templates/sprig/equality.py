"""Values in depth: Go's ``reflect.DeepEqual`` and copies."""

from __future__ import annotations

from typing import Final

from telelens_schemas.templates.functions import Calling
from telelens_schemas.templates.limits import LimitExceeded
from telelens_schemas.templates.values import GoObject, Map, Slice, Value, is_nil, kind_of, type_of

DEEPEST: Final = 200
"""Values inside of each other. ``set`` can put a map into itself, so something has to end a walk."""


def check_depth(depth: int) -> None:
    """Raises LimitExceeded for values that are too deep to be looked through."""
    if depth > DEEPEST:
        raise LimitExceeded("depth", f"a value is nested more than {DEEPEST} deep, or holds itself")


def deep_equal(calling: Calling, one: Value, other: Value, depth: int = 0) -> bool:
    """Of one type and equal in every part; nil and empty lists differ, NaN is never equal."""
    check_depth(depth)
    calling.budget.step()
    if one is None or other is None or type_of(one) != type_of(other):
        return one is other
    match kind_of(one):
        case "slice" if isinstance(one, bytes):
            return bool(one == other)
        case "slice":
            if is_nil(one) != is_nil(other) or len(one) != len(other):
                return False
            return all(deep_equal(calling, *pair, depth + 1) for pair in zip(one, other, strict=True))
        case "map":
            if is_nil(one) != is_nil(other) or len(one) != len(other):
                return False
            return all(key in other and deep_equal(calling, one[key], other[key], depth + 1) for key in one)
        case "func":
            return False
        case _ if isinstance(one, GoObject):
            return one is other or _same_object(calling, one, other, depth)
        case _:
            return bool(one == other)


def _same_object(calling: Calling, one: GoObject, other: GoObject, depth: int) -> bool:
    if one == other:
        return True
    ours, theirs = one.fields(), other.fields()
    return bool(ours) and deep_equal(calling, dict(ours), dict(theirs), depth + 1)


def deep_copy(calling: Calling, value: Value, depth: int = 0) -> Value:
    """A copy that shares nothing that can be changed."""
    check_depth(depth)
    calling.budget.step()
    if isinstance(value, list):
        calling.budget.items(len(value))
        items = [deep_copy(calling, item, depth + 1) for item in value]
        return Slice(value.go_type, items, is_nil=value.is_nil) if isinstance(value, Slice) else items
    if isinstance(value, dict):
        calling.budget.items(len(value))
        copied = {key: deep_copy(calling, item, depth + 1) for key, item in value.items()}
        return Map(value.go_type, copied, is_nil=value.is_nil) if isinstance(value, Map) else copied
    return value
