"""Maps with strings as keys: making, reading, changing, merging."""

from __future__ import annotations

from telelens_schemas.templates.formatting.ordering import sorted_items
from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.casts import strval
from telelens_schemas.templates.sprig.equality import deep_copy
from telelens_schemas.templates.sprig.merging import merge_into
from telelens_schemas.templates.values import ANY, ANY_MAP, Value, is_nil, type_of

DICTS = Family()
function = DICTS.function


@function("dict", "pairs ...any", "map[string]any", "A map of these keys and values, given in turn.")
def make_dict(calling: Calling, *pairs: Value) -> dict[str, Value]:
    calling.budget.items(len(pairs))
    made: dict[str, Value] = {}
    for index in range(0, len(pairs), 2):
        made[strval(calling, pairs[index])] = pairs[index + 1] if index + 1 < len(pairs) else ""
    return made


@function("get", "map map[string]any, key string", "any", "The value at the key; an empty string where there is none.")
def get(calling: Calling, entries: dict[str, Value], key: str) -> Value:
    return entries.get(key, "")


@function("set", "map map[string]any, key string, value any", "map[string]any", "Puts a value into the map itself.")
def put(calling: Calling, entries: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    if is_nil(entries):
        raise FunctionError("assignment to entry in nil map")
    calling.budget.items(1)
    entries[key] = value
    return entries


@function("unset", "map map[string]any, key string", "map[string]any", "Takes a key out of the map itself.")
def unset(calling: Calling, entries: dict[str, Value], key: str) -> dict[str, Value]:
    entries.pop(key, None)
    return entries


@function("hasKey", "map map[string]any, key string", "bool", "Whether the map has the key.")
def has_key(calling: Calling, entries: dict[str, Value], key: str) -> bool:
    return key in entries


@function("pluck", "key string, maps ...map[string]any", "[]any", "The values at this key, of each map that has it.")
def pluck(calling: Calling, key: str, *maps: dict[str, Value]) -> list[Value]:
    calling.budget.items(len(maps))
    return [entries[key] for entries in maps if key in entries]


@function("keys", "maps ...map[string]any", "[]string", "The keys of all maps. Go gives them in any order: sort them.")
def keys(calling: Calling, *maps: dict[str, Value]) -> list[str]:
    calling.budget.items(sum(map(len, maps)))
    return [key for entries in maps for key, _ in sorted_items(entries)]


@function(
    "values", "map map[string]any", "[]any", "The values. Go gives them in any order, here it is that of the keys."
)
def values(calling: Calling, entries: dict[str, Value]) -> list[Value]:
    calling.budget.items(len(entries))
    return [value for _, value in sorted_items(entries)]


@function("pick", "map map[string]any, keys ...string", "map[string]any", "A new map of these keys alone.")
def pick(calling: Calling, entries: dict[str, Value], *wanted: str) -> dict[str, Value]:
    calling.budget.items(len(wanted))
    return {key: entries[key] for key in wanted if key in entries}


@function("omit", "map map[string]any, keys ...string", "map[string]any", "A new map without these keys.")
def omit(calling: Calling, entries: dict[str, Value], *unwanted: str) -> dict[str, Value]:
    calling.budget.items(len(entries))
    left_out = frozenset(unwanted)
    return {key: value for key, value in entries.items() if key not in left_out}


@function(
    "merge", "map map[string]any, others ...map[string]any", "any", "Fills what is missing or empty in the first map."
)
def merge(calling: Calling, entries: dict[str, Value], *others: dict[str, Value]) -> Value:
    return _merged(calling, entries, others, overwrite=False)


DICTS.alias("mustMerge", "merge")


@function(
    "mergeOverwrite",
    "map map[string]any, others ...map[string]any",
    "any",
    "Puts the others' entries into the first map.",
)
def merge_overwrite(calling: Calling, entries: dict[str, Value], *others: dict[str, Value]) -> Value:
    return _merged(calling, entries, others, overwrite=True)


DICTS.alias("mustMergeOverwrite", "mergeOverwrite")


def _merged(
    calling: Calling, entries: dict[str, Value], others: tuple[dict[str, Value], ...], *, overwrite: bool
) -> dict[str, Value]:
    target = {} if is_nil(entries) and any(others) else entries
    for other in others:
        merge_into(calling, target, other, overwrite=overwrite)
    return target


@function("deepCopy", "value any", "any", "A copy that shares nothing with the original.")
def copy(calling: Calling, value: Value) -> Value:
    if value is None:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    return deep_copy(calling, value)


DICTS.alias("mustDeepCopy", "deepCopy")


@function(
    "dig", "path ...any", "any", "The value that the keys lead to; then follow what is given instead, and the map."
)
def dig(calling: Calling, *path: Value) -> Value:
    if len(path) < 3:
        raise FunctionError("dig needs at least three arguments")
    *wanted, default, found = path
    found = _converted(found, ANY_MAP)
    for key in wanted:
        _converted(key, "string")
    for key in wanted[:-1]:
        if key not in found:
            return default
        found = _converted(found[key], ANY_MAP)
    return found.get(wanted[-1], default)


def _converted(value: Value, go_type: str) -> Value:
    if value is None or type_of(value) != go_type:
        found = "nil" if value is None else type_of(value)
        raise FunctionError(f"interface conversion: {ANY} is {found}, not {go_type}")
    return value
