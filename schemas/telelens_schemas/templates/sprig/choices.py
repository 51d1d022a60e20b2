"""Defaults, choices and failure."""

from __future__ import annotations

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.casts import is_empty
from telelens_schemas.templates.values import Value

CHOICES = Family()
function = CHOICES.function


@function("default", "default any, value ...any", "any", "The value, or the default where it is empty.")
def default(calling: Calling, otherwise: Value, *given: Value) -> Value:
    return otherwise if not given or is_empty(given[0]) else given[0]


@function("empty", "value any", "bool", 'Whether the value is 0, "", false, nil or an empty list or map.')
def empty(calling: Calling, value: Value) -> bool:
    return is_empty(value)


@function("coalesce", "values ...any", "any", "The first value that is not empty.")
def coalesce(calling: Calling, *values: Value) -> Value:
    return next((value for value in values if not is_empty(value)), None)


@function("all", "values ...any", "bool", "Whether no value is empty.")
def every(calling: Calling, *values: Value) -> bool:
    return not any(map(is_empty, values))


@function("any", "values ...any", "bool", "Whether one of the values is not empty.")
def some(calling: Calling, *values: Value) -> bool:
    return not all(map(is_empty, values))


@function(
    "ternary", "yes any, no any, condition bool", "any", "The first value where the condition holds, else the second."
)
def ternary(calling: Calling, yes: Value, no: Value, condition: bool) -> Value:
    return yes if condition else no


@function("fail", "message string", "string", "Ends the template with this error.")
def fail(calling: Calling, message: str) -> str:
    raise FunctionError(message)
