"""What Go's ``reflect.Value`` knows beyond a plain value: whether there is one, and whether an interface holds it.

A missing key is no value (``{{.nope.nope}}`` is ``<no value>``), a key that holds nil is a nil in an interface
(``{{.nil.nope}}`` is an error); and messages speak of the type of the interface, not of what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telelens_schemas.templates.values import ANY, Map, Slice, Value, element_type, is_nil, type_of, zero_of


class _Missing:
    """The type of MISSING."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""No value at all."""


@dataclass(frozen=True, slots=True)
class Boxed:
    """A value of static type ``interface {}``; nil is ``Boxed(None)``."""

    value: Value


def static_type(value: Value) -> str:
    """Of a value that is there."""
    return ANY if isinstance(value, Boxed) else type_of(value)


def unboxed(value: Value) -> Value:
    """What is in the interface; a nil in an interface is no value."""
    if isinstance(value, Boxed):
        value = value.value
    return MISSING if value is None else value


def plain(value: Value) -> Value:
    """As functions that take ``any`` see it: no value is nil."""
    value = unboxed(value)
    return None if value is MISSING else value


def is_no_value(value: Value) -> bool:
    """No value, or a nil."""
    return value is MISSING or is_nil(value)


def item_of(container: Value, value: Value) -> Value:
    """A value as the container's type has it: boxed unless its items have a type of their own."""
    if isinstance(container, Slice | Map) and element_type(container.go_type) != ANY:
        return value
    return Boxed(value)


def absent_item_of(container: Value) -> Value:
    """What indexing a map by a key that it does not have gives."""
    if isinstance(container, Map) and element_type(container.go_type) != ANY:
        return zero_of(element_type(container.go_type))
    return Boxed(None)
