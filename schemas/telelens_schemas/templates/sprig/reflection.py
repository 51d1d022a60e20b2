"""What a value is: types and kinds as Go names them."""

from __future__ import annotations

from telelens_schemas.templates.functions import Calling, Family
from telelens_schemas.templates.sprig import equality
from telelens_schemas.templates.values import Value, kind_of, type_of

REFLECTION = Family()
function = REFLECTION.function


@function("typeOf", "value any", "string", "The Go type of the value.")
def its_type(calling: Calling, value: Value) -> str:
    return type_of(value)


@function("typeIs", "type string, value any", "bool", "Whether the value is of this Go type.")
def type_is(calling: Calling, wanted: str, value: Value) -> bool:
    return wanted == type_of(value)


@function("typeIsLike", "type string, value any", "bool", "Whether the value is of this Go type or a pointer to it.")
def type_is_like(calling: Calling, wanted: str, value: Value) -> bool:
    return type_of(value) in (wanted, "*" + wanted)


@function("kindOf", "value any", "string", "The kind of the value: string, int, slice, map, struct, ptr …")
def its_kind(calling: Calling, value: Value) -> str:
    return kind_of(value)


@function("kindIs", "kind string, value any", "bool", "Whether the value is of this kind.")
def kind_is(calling: Calling, wanted: str, value: Value) -> bool:
    return wanted == kind_of(value)


@function("deepEqual", "one any, other any", "bool", "Whether both values are of one type and equal in every part.")
def deep_equal(calling: Calling, one: Value, other: Value) -> bool:
    return equality.deep_equal(calling, one, other)
