"""The functions that ``text/template`` has by itself, beside comparisons."""

from __future__ import annotations

from typing import Final

from telelens_schemas.templates.formatting import sprint, sprintf, sprintln
from telelens_schemas.templates.formatting.quoting import is_printable
from telelens_schemas.templates.functions import REFLECTED, Calling, Family, FunctionError
from telelens_schemas.templates.reflected import MISSING, Boxed, absent_item_of, item_of, static_type, unboxed
from telelens_schemas.templates.values import (
    ANY,
    Slice,
    Uint8,
    Value,
    byte_length,
    from_bytes,
    is_integer,
    is_true,
    key_type,
    kind_of,
    to_bytes,
    type_of,
)

BUILTINS = Family()
_NO_TYPE: Final = "reflect: call of reflect.Value.Type on zero Value"
_HTML: Final = str.maketrans({'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"})
_JS: Final = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}


@BUILTINS.function(
    "and", f"value {REFLECTED}, values ...{REFLECTED}", REFLECTED, "The first value that is empty, else the last one."
)
def logical_and(calling: Calling, *values: Value) -> Value:
    """The engine itself stops at the first that decides; here all are known."""
    return next((value for value in values if not truth(value)), values[-1])


@BUILTINS.function(
    "or", f"value {REFLECTED}, values ...{REFLECTED}", REFLECTED, "The first value that is not empty, else the last."
)
def logical_or(calling: Calling, *values: Value) -> Value:
    """As ``and``."""
    return next((value for value in values if truth(value)), values[-1])


@BUILTINS.function("not", f"value {REFLECTED}", "bool", 'True for what is empty: false, 0, nil, "", no items.')
def logical_not(calling: Calling, value: Value) -> bool:
    """The opposite of truth."""
    return not truth(value)


def truth(value: Value) -> bool:
    """As ``if`` has it."""
    value = unboxed(value)
    return value is not MISSING and is_true(value)


@BUILTINS.function("len", f"item {REFLECTED}", "int", "The bytes of a string, the items of a list or map.")
def length(calling: Calling, item: Value) -> int:
    """Strings count in bytes."""
    if isinstance(item, Boxed) and item.value is None:
        raise FunctionError("len of nil pointer")
    item = unboxed(item)
    if item is MISSING:
        raise FunctionError(_NO_TYPE)
    if kind_of(item) not in ("string", "slice", "map"):
        raise FunctionError(f"len of type {type_of(item).removeprefix('*')}")
    return byte_length(item) if isinstance(item, str) else len(item)


@BUILTINS.function(
    "index",
    f"item {REFLECTED}, indexes ...{REFLECTED}",
    REFLECTED,
    "The item at that index or key; each further index goes into what the one before gave.",
)
def index(calling: Calling, item: Value, *indexes: Value) -> Value:
    """x[1][2][3]."""
    item = unboxed(item)
    if item is MISSING:
        raise FunctionError("index of untyped nil")
    for each in indexes:
        if isinstance(item, Boxed) and item.value is None:
            raise FunctionError("index of nil pointer")
        item = unboxed(item)
        match kind_of(item):
            case "string":
                item = _byte_at(to_bytes(item), each, "string")
            case "slice" if isinstance(item, bytes):
                item = _byte_at(item, each, "slice")
            case "slice":
                at = _position(each, len(item))
                if at >= len(item):
                    raise FunctionError("reflect: slice index out of range")
                item = item_of(item, item[at])
            case "map":
                key = _key(item, each)
                item = item_of(item, item[key]) if key in item else absent_item_of(item)
            case _:
                raise FunctionError(f"can't index item of type {type_of(item).removeprefix('*')}")
    return item


def _byte_at(data: bytes, given: Value, what: str) -> Uint8:
    at = _position(given, len(data))
    if at >= len(data):
        raise FunctionError(f"reflect: {what} index out of range")
    return Uint8(data[at])


def _position(given: Value, most: int) -> int:
    given = unboxed(given)
    if given is MISSING:
        raise FunctionError("cannot index slice/array with nil")
    if not is_integer(given):
        raise FunctionError(f"cannot index slice/array with type {type_of(given)}")
    if not 0 <= given <= most:
        raise FunctionError(f"index out of range: {int(given)}")
    return int(given)


def _key(item: Value, given: Value) -> Value:
    given = unboxed(given)
    wanted = key_type(type_of(item))
    if given is MISSING:
        if wanted == ANY:
            return None
        raise FunctionError(f"value is nil; should be of type {wanted}")
    if wanted in (ANY, type_of(given)) or (is_integer(given) and "int" in wanted):
        return given
    raise FunctionError(f"value has type {type_of(given)}; should be {wanted}")


@BUILTINS.function(
    "slice",
    f"item {REFLECTED}, indexes ...{REFLECTED}",
    REFLECTED,
    "The part of a string or list between two indexes: slice x 1 2 is x[1:2].",
)
def cut(calling: Calling, item: Value, *indexes: Value) -> Value:
    """Strings are cut in bytes."""
    item = unboxed(item)
    if item is MISSING:
        raise FunctionError("slice of untyped nil")
    if len(indexes) > 3:
        raise FunctionError(f"too many slice indexes: {len(indexes)}")
    if kind_of(item) not in ("string", "slice"):
        raise FunctionError(f"can't slice item of type {type_of(item).removeprefix('*')}")
    if isinstance(item, str) and len(indexes) == 3:
        raise FunctionError("cannot 3-index slice a string")
    data = to_bytes(item) if isinstance(item, str) else item
    places = [0, len(data), len(data)]
    for at, given in enumerate(indexes):
        places[at] = _position(given, len(data))
    start, end, capacity = places
    if start > end:
        raise FunctionError(f"invalid slice index: {start} > {end}")
    if end > capacity:
        raise FunctionError(f"invalid slice index: {end} > {capacity}")
    if isinstance(item, str):
        return from_bytes(data[start:end])
    calling.budget.items(end - start)
    return Slice(item.go_type, item[start:end]) if isinstance(item, Slice) else item[start:end]


@BUILTINS.function(
    "call", f"fn {REFLECTED}, arguments ...{REFLECTED}", REFLECTED, "What the function that is a value gives."
)
def call(calling: Calling, fn: Value, *arguments: Value) -> Value:
    """The engine itself knows how to call; here is only what it says."""
    raise FunctionError("call of nil" if unboxed(fn) is MISSING else f"non-function of type {static_type(fn)}")


@BUILTINS.function("print", "values ...any", "string", "The values in their default formats.")
def print_values(calling: Calling, *values: Value) -> str:
    """With a space between two that are not strings."""
    return sprint(*values, charged=calling.budget)


@BUILTINS.function("println", "values ...any", "string", "The values with spaces between, and a line break.")
def print_line(calling: Calling, *values: Value) -> str:
    """Always with spaces."""
    return sprintln(*values, charged=calling.budget)


@BUILTINS.function("printf", "format string, values ...any", "string", "The values in that format: %s, %d, %q, %v, …")
def print_formatted(calling: Calling, text: str, *values: Value) -> str:
    """Every verb and flag of Go's fmt."""
    return sprintf(text, *values, charged=calling.budget)


def _as_text(calling: Calling, values: tuple[Value, ...]) -> str:
    text = sprint(*("<no value>" if value is None else value for value in values), charged=calling.budget)
    calling.budget.memory(len(text) * 6)
    return text


@BUILTINS.function("html", "values ...any", "string", "The values as text with <, >, &, ' and \" escaped for HTML.")
def html(calling: Calling, *values: Value) -> str:
    """Zero bytes become U+FFFD."""
    return _as_text(calling, values).translate(_HTML)


@BUILTINS.function("js", "values ...any", "string", "The values as text escaped for a JavaScript string.")
def js(calling: Calling, *values: Value) -> str:
    """What is not printable as \\u and its number."""
    return "".join(_js_char(char) for char in _as_text(calling, values))


def _js_char(char: str) -> str:
    if char in _JS:
        return _JS[char]
    if char < " " or (not char.isascii() and not is_printable(char) and not "\ud800" <= char <= "\udfff"):
        return f"\\u{ord(char):04X}"
    return char


@BUILTINS.function("urlquery", "values ...any", "string", "The values as text escaped for the query of a URL.")
def urlquery(calling: Calling, *values: Value) -> str:
    """Spaces become +."""
    from urllib.parse import quote_plus

    return quote_plus(to_bytes(_as_text(calling, values)))
