"""Methods: functions whose first parameter is the object that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from telelens_schemas.templates.functions import Calling, Family, Function
from telelens_schemas.templates.values import GoObject, SizedInt, Value


def bound(methods: Family, name: str, receiver: GoObject | SizedInt) -> Function | None:
    """The method of that name with its receiver in it, as the evaluator calls it; ``None`` when there is none."""
    method = _by_name(methods).get(name)
    if method is None:
        return None

    def call(calling: Calling, *arguments: Value) -> Value:
        return method.call(calling, receiver, *arguments)

    return replace(method, parameters=method.parameters[1:], call=call)


@cache
def _by_name(methods: Iterable[Function]) -> dict[str, Function]:
    return {method.name: method for method in methods}
