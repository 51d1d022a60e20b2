"""Structural OpenAPI schemas from the dataclasses: the CRD says what the code reads, and nothing else."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from telelens_schemas.resources.codec import bare, camel
from telelens_schemas.resources.fields import About, Rule
from telelens_schemas.resources.intercept import Phase

_SCALARS = {str: "string", int: "integer", bool: "boolean"}
_BOUNDS = ("min_length", "max_length", "minimum", "maximum", "min_items", "max_items", "pattern", "format")


def object_schema(cls: type, *rules: Rule) -> dict[str, Any]:
    """The schema of a dataclass; its docstring's first paragraph is the description."""
    hints = get_type_hints(cls, include_extras=True)
    fields = dataclasses.fields(cls)
    properties = {camel(field.name): _property(hints[field.name], field) for field in fields}
    required = [camel(field.name) for field in fields if _is_required(field)]
    schema: dict[str, Any] = {"type": "object", "description": _first_paragraph(cls), "properties": properties}
    if required:
        schema["required"] = required
    if rules:
        schema["x-kubernetes-validations"] = [_validation(rule) for rule in rules]
    return schema


def _property(hint: Any, field: dataclasses.Field[Any]) -> dict[str, Any]:
    about = _about(hint)
    schema = _type_schema(bare(hint))
    if about is not None:
        schema["description"] = about.description
        for name in _BOUNDS:
            bound = getattr(about, name)
            if bound is not None:
                schema[camel(name)] = bound
        if about.item_length is not None:
            schema["items"]["maxLength"] = about.item_length
        if about.rules:
            schema["x-kubernetes-validations"] = [_validation(rule) for rule in about.rules]
    if isinstance(field.default, StrEnum | bool | str | int):
        schema["default"] = field.default.value if isinstance(field.default, StrEnum) else field.default
    return schema


def _type_schema(hint: Any) -> dict[str, Any]:
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type_schema(bare(get_args(hint)[0]))}
    if dataclasses.is_dataclass(hint):
        assert isinstance(hint, type)
        return object_schema(hint)
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [member.value for member in hint if member is not Phase.UNKNOWN]}
    return {"type": _SCALARS[hint]}


def _about(hint: Any) -> About | None:
    if get_origin(hint) is Annotated:
        return next((extra for extra in get_args(hint)[1:] if isinstance(extra, About)), None)
    return None


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _validation(rule: Rule) -> dict[str, str]:
    return {"rule": rule.rule, "message": rule.message}


def _first_paragraph(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split("\n\n")[0].split())
