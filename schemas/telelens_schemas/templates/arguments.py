"""Values where a Go type is wanted: constants take it on, everything else has it or is refused."""

from __future__ import annotations

from typing import NoReturn

from telelens_schemas.templates.functions import REFLECTED
from telelens_schemas.templates.nodes import BoolNode, Node, NumberNode, StringNode
from telelens_schemas.templates.reflected import MISSING, Boxed
from telelens_schemas.templates.values import ANY, FLOATS, SIGNED, UNSIGNED, Value, as_type, type_of, zero_of


class Failure(Exception):
    """An expression has no value; raised where ``Evaluation.node`` tells where."""


def fail(message: str) -> NoReturn:
    """Raises Failure."""
    raise Failure(message)


def constant(node: Node) -> Value:
    """A constant where no type is asked for. Raises Failure."""
    match node:
        case BoolNode():
            return node.value
        case StringNode():
            return node.text
        case NumberNode():
            number = node.number
            if number.as_complex is not None:
                return number.as_complex
            if number.is_float:
                return number.as_float
            if number.as_int is None:
                fail(f"{number.text} overflows int")
            return number.as_int
    fail(f"can't handle assignment of {node.say()} to empty interface argument")


def typed_constant(node: Node, wanted: str) -> Value:
    """A constant as that type. Raises Failure."""
    number = node.number if isinstance(node, NumberNode) else None
    if wanted in (ANY, REFLECTED):
        return constant(node)
    if wanted == "bool":
        return node.value if isinstance(node, BoolNode) else fail(f"expected bool; found {node.say()}")
    if wanted == "string":
        return node.text if isinstance(node, StringNode) else fail(f"expected string; found {node.say()}")
    if wanted in SIGNED:
        if number is None or number.as_int is None:
            fail(f"expected integer; found {node.say()}")
        return as_type(number.as_int, wanted)
    if wanted in UNSIGNED:
        if number is None or number.as_uint is None:
            fail(f"expected unsigned integer; found {node.say()}")
        return as_type(number.as_uint, wanted)
    if wanted in FLOATS:
        if number is None or number.as_float is None:
            fail(f"expected float; found {node.say()}")
        return number.as_float
    fail(f"can't handle {node.say()} for arg of type {wanted}")


def fitting(value: Value, wanted: str | None) -> Value:
    """The value if it is of that type; Go converts nothing. Raises Failure."""
    if wanted is None or wanted == REFLECTED:
        return value
    if value is MISSING or value is None:
        if not can_be_nil(wanted):
            fail(f"invalid value; expected {wanted}")
        return zero_of(wanted)
    inner = value.value if isinstance(value, Boxed) else value
    if wanted == ANY:
        return inner
    if inner is None:
        fail(f"wrong type for value; expected {wanted}; got {ANY}")
    spelt = type_of(inner)
    if spelt not in (wanted, "*" + wanted):
        fail(f"wrong type for value; expected {wanted}; got {spelt}")
    return inner


def can_be_nil(go_type: str) -> bool:
    """Whether nil is a value of the type."""
    return go_type in (ANY, REFLECTED, "error") or go_type.startswith(("[]", "map[", "*", "func"))
