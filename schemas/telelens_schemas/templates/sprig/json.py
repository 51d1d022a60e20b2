"""JSON: reading and writing."""

from __future__ import annotations

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.json_reading import from_json
from telelens_schemas.templates.sprig.json_writing import to_json
from telelens_schemas.templates.values import Value

JSON = Family()
function = JSON.function


@function("mustFromJson", "text string", "any", "The value that the JSON holds.")
def must_from_json(calling: Calling, text: str) -> Value:
    return from_json(calling, text)


@function("fromJson", "text string", "any", "The value that the JSON holds; nil where it is none.")
def from_json_or_nil(calling: Calling, text: str) -> Value:
    try:
        return from_json(calling, text)
    except FunctionError:
        return None


@function("mustToJson", "value any", "string", "The value as JSON on one line; <, > and & are escaped.")
def must_to_json(calling: Calling, value: Value) -> str:
    return to_json(calling, value)


@function("toJson", "value any", "string", "The value as JSON on one line, or nothing; <, > and & are escaped.")
def to_json_or_nothing(calling: Calling, value: Value) -> str:
    try:
        return to_json(calling, value)
    except FunctionError:
        return ""


@function("mustToPrettyJson", "value any", "string", "The value as indented JSON.")
def must_to_pretty_json(calling: Calling, value: Value) -> str:
    return to_json(calling, value, indent="  ")


@function("toPrettyJson", "value any", "string", "The value as indented JSON, or nothing.")
def to_pretty_json(calling: Calling, value: Value) -> str:
    try:
        return to_json(calling, value, indent="  ")
    except FunctionError:
        return ""


@function("toRawJson", "value any", "string", "The value as JSON on one line, with <, > and & as they are.")
def to_raw_json(calling: Calling, value: Value) -> str:
    return to_json(calling, value, for_html=False)


JSON.alias("mustToRawJson", "toRawJson")
