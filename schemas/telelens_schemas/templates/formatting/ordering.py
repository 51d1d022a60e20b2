"""The order in which Go shows and ranges over the entries of a map."""

from __future__ import annotations

import math

from telelens_schemas.templates.values import Value, kind_of, to_bytes


def sorted_items(entries: dict[Value, Value]) -> list[tuple[Value, Value]]:
    """By key: false before true, numbers by size with NaN first, strings by their bytes."""
    return sorted(entries.items(), key=lambda entry: _rank(entry[0]))


def _rank(key: Value) -> tuple[str, bool, Value]:
    if isinstance(key, str):
        return "string", True, to_bytes(key)
    if isinstance(key, float) and math.isnan(key):
        return kind_of(key), False, 0.0
    return kind_of(key), True, key
