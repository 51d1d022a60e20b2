"""Lists: making, cutting, joining, searching. A function takes lists of any element type and gives ``[]any``.

Most come in two forms: the one with ``must`` returns an error where the other panics; in a template both end alike.
"""

from __future__ import annotations

import math

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.casts import is_empty, to_int64
from telelens_schemas.templates.sprig.equality import deep_equal
from telelens_schemas.templates.values import ANY_SLICE, Slice, Uint8, Value, kind_of

LISTS = Family()
function = LISTS.function

NIL_POINTER = "runtime error: invalid memory address or nil pointer dereference"


def none() -> Value:
    """Go's nil list."""
    return Slice(ANY_SLICE, is_nil=True)


def items_of(calling: Calling, value: Value, refusal: str) -> list[Value]:
    """The items of a list, for reading. What is no list is refused with Go's words, ``%s`` in them being its kind."""
    if value is None:
        raise FunctionError(NIL_POINTER)
    if kind_of(value) != "slice":
        raise FunctionError(refusal.replace("%s", kind_of(value)))
    calling.budget.items(len(value))
    return [Uint8(byte) for byte in value] if isinstance(value, bytes) else value


@function("list", "items ...any", "[]any", "A list of these items.")
def make_list(calling: Calling, *items: Value) -> list[Value]:
    calling.budget.items(len(items))
    return list(items)


LISTS.alias("tuple", "list")


@function("append", "list any, item any", "[]any", "A new list with the item at the end.")
def append(calling: Calling, items: Value, item: Value) -> list[Value]:
    return [*items_of(calling, items, "Cannot push on type %s"), item]


LISTS.alias("push", "append")
LISTS.alias("mustAppend", "append")
LISTS.alias("mustPush", "append")


@function("prepend", "list any, item any", "[]any", "A new list with the item at the beginning.")
def prepend(calling: Calling, items: Value, item: Value) -> list[Value]:
    return [item, *items_of(calling, items, "Cannot prepend on type %s")]


LISTS.alias("mustPrepend", "prepend")


@function("first", "list any", "any", "The first item; nil of an empty list.")
def first(calling: Calling, items: Value) -> Value:
    return next(iter(items_of(calling, items, "Cannot find first on type %s")), None)


LISTS.alias("mustFirst", "first")


@function("last", "list any", "any", "The last item; nil of an empty list.")
def last(calling: Calling, items: Value) -> Value:
    found = items_of(calling, items, "Cannot find last on type %s")
    return found[-1] if found else None


LISTS.alias("mustLast", "last")


@function("rest", "list any", "[]any", "All items but the first.")
def rest(calling: Calling, items: Value) -> Value:
    found = items_of(calling, items, "Cannot find rest on type %s")
    return list(found[1:]) if found else none()


LISTS.alias("mustRest", "rest")


@function("initial", "list any", "[]any", "All items but the last.")
def initial(calling: Calling, items: Value) -> Value:
    found = items_of(calling, items, "Cannot find initial on type %s")
    return list(found[:-1]) if found else none()


LISTS.alias("mustInitial", "initial")


@function("reverse", "list any", "[]any", "A new list in the opposite order.")
def reverse(calling: Calling, items: Value) -> list[Value]:
    return list(reversed(items_of(calling, items, "Cannot find reverse on type %s")))


LISTS.alias("mustReverse", "reverse")


@function("compact", "list any", "[]any", 'The items that are not empty: no 0, "", false, nil, empty list or map.')
def compact(calling: Calling, items: Value) -> list[Value]:
    return [item for item in items_of(calling, items, "Cannot compact on type %s") if not is_empty(item)]


LISTS.alias("mustCompact", "compact")


@function("uniq", "list any", "[]any", "Every item once, where it comes first.")
def uniq(calling: Calling, items: Value) -> list[Value]:
    found: list[Value] = []
    for item in items_of(calling, items, "Cannot find uniq on type %s"):
        if not _contains(calling, found, item):
            found.append(item)
    return found


LISTS.alias("mustUniq", "uniq")


@function("without", "list any, unwanted ...any", "[]any", "The items that are none of these.")
def without(calling: Calling, items: Value, *unwanted: Value) -> list[Value]:
    found = items_of(calling, items, "Cannot find without on type %s")
    return [item for item in found if not _contains(calling, unwanted, item)]


LISTS.alias("mustWithout", "without")


@function("has", "item any, list any", "bool", "Whether the list holds the item.")
def has(calling: Calling, item: Value, items: Value) -> bool:
    return items is not None and _contains(calling, items_of(calling, items, "Cannot find has on type %s"), item)


LISTS.alias("mustHas", "has")


def _contains(calling: Calling, items: list[Value] | tuple[Value, ...], item: Value) -> bool:
    return any(deep_equal(calling, each, item) for each in items)


@function("slice", "list any, indices ...any", "any", "The items from the first index up to the second.")
def cut(calling: Calling, items: Value, *indices: Value) -> Value:
    found = items_of(calling, items, "list should be type of slice or array but %s")
    if not found:
        return None
    start = to_int64(indices[0]) if indices else 0
    end = to_int64(indices[1]) if len(indices) > 1 else len(found)
    if not 0 <= start <= end <= len(found):
        raise FunctionError("reflect.Value.Slice: slice index out of bounds")
    return Slice(items.go_type, found[start:end]) if isinstance(items, Slice) else items[start:end]


LISTS.alias("mustSlice", "slice")


@function("concat", "lists ...any", "any", "The items of all lists, one after the other.")
def concat(calling: Calling, *lists: Value) -> Value:
    found = [item for items in lists for item in items_of(calling, items, "Cannot concat type %s as list")]
    return found or none()


@function("chunk", "size int, list any", "[][]any", "The items in lists of that size; the last may be shorter.")
def chunk(calling: Calling, size: int, items: Value) -> list[list[Value]]:
    found = items_of(calling, items, "Cannot chunk type %s")
    if size == 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    if size < 0:
        return _backwards(found, size)
    calling.budget.items(len(found) // size + 1)
    return [list(found[start : start + size]) for start in range(0, len(found), size)]


LISTS.alias("mustChunk", "chunk")


def _backwards(items: list[Value], size: int) -> list[list[Value]]:
    """What sprig's arithmetic makes of a negative size."""
    if math.floor((len(items) - 1) / size) == -1:
        return []
    if len(items) == 1 and size != -1:
        return [list(items)]
    raise FunctionError("runtime error: makeslice: len out of range")


@function("until", "count int", "[]int", "The numbers from 0 up to, and without, count.")
def until(calling: Calling, count: int) -> list[int]:
    return until_step(calling, 0, count, -1 if count < 0 else 1)


@function("untilStep", "start int, stop int, step int", "[]int", "The numbers from start up to, and without, stop.")
def until_step(calling: Calling, start: int, stop: int, step: int) -> list[int]:
    if (stop < start) != (step < 0) or step == 0:
        return []
    numbers = range(start, stop, step)
    calling.budget.items(len(numbers))
    return list(numbers)


@function(
    "seq", "parameters ...int", "string", "Numbers with spaces between: seq LAST, seq FIRST LAST, seq FIRST STEP LAST."
)
def seq(calling: Calling, *parameters: int) -> str:
    match parameters:
        case (end,):
            start = 1
            step = aside = -1 if end < start else 1
        case (start, end):
            step = aside = -1 if end < start else 1
        case (start, step, end):
            aside = -1 if end < start else 1
            if aside < 0 < step:
                return ""
        case _:
            return ""
    return " ".join(map(str, until_step(calling, start, end + aside, step)))
