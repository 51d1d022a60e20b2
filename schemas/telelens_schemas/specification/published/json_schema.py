"""The language as a JSON Schema (2020-12). A template may stand for any value, so each kind of scalar has one beside
it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telelens_schemas.specification.language import CRD_FORMS, GROUP, KIND, SPECIFICATION, VERSIONS
from telelens_schemas.specification.published.descriptions import description
from telelens_schemas.specification.shapes import (
    Anything,
    Either,
    Flag,
    Key,
    Keyed,
    LocalPort,
    Many,
    ServicePort,
    Shape,
    Struct,
    Text,
    TextMap,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "InterceptSpecification"
_TEMPLATE = {"type": "string", "pattern": r"\{\{"}
_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
_PORT_TEXT = {"type": "string", "pattern": r"^[0-9]{1,5}$"}
_PORT_NAME = {"type": "string", "pattern": r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}

Schema = dict[str, Any]


def json_schema() -> Schema:
    """One schema for both forms and every version."""
    made = _Schemas()
    objects = [made.of(form) for form in CRD_FORMS.values()]
    root: Schema = {
        "$schema": DIALECT,
        "title": TITLE,
        "description": f"A specification of Telelens: a file, or an object of {GROUP} ({', '.join(VERSIONS)}).",
        "type": "object",
        "if": {"anyOf": [{"required": ["kind"]}, {"required": ["apiVersion"]}]},
        "then": {
            "properties": {
                "kind": {"const": KIND},
                "apiVersion": {"enum": [version.api_version for version in VERSIONS.values()]},
            },
            "allOf": [
                {"if": _is_version(version.api_version), "then": schema}
                for version, schema in zip(VERSIONS.values(), objects, strict=True)
            ],
            "required": ["apiVersion", "kind", "spec"],
        },
        "else": made.of(SPECIFICATION),
    }
    root["$defs"] = made.definitions
    return root


def _is_version(api_version: str) -> Schema:
    return {"properties": {"apiVersion": {"const": api_version}}, "required": ["apiVersion"]}


class _Schemas:
    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {"template": {**_TEMPLATE, "description": "A template action."}}
        self._names: dict[int, str] = {}
        self._shapes: list[Struct] = []

    def of(self, shape: Shape) -> Schema:
        match shape:
            case Struct():
                return {"$ref": f"#/$defs/{self._name(shape)}"}
            case Many():
                items: Schema = {"type": "array", "items": self.of(shape.item)}
                return {"anyOf": [items, self.of(shape.item)]} if shape.or_one else items
            case Keyed():
                item = self.of(shape.item)
                if isinstance(shape.item, Struct):
                    item = {"anyOf": [item, {"type": "null"}]}  # a name is enough
                return {"type": "object", "additionalProperties": item}
            case Either():
                return {"anyOf": [self.of(one) for one in shape.shapes]}
            case TextMap():
                return {"type": "object", "additionalProperties": {"type": "string"}}
            case Anything():
                return {}
        return {"anyOf": [*_scalars(shape), {"$ref": "#/$defs/template"}]} if not _takes_any(shape) else _any(shape)

    def _name(self, shape: Struct) -> str:
        known = self._names.get(id(shape))
        if known is not None:
            return known
        stem = shape.title.title().replace(" ", "").replace("-", "")
        name, number = stem, 2
        while name in self.definitions:
            name, number = f"{stem}{number}", number + 1
        self._names[id(shape)] = name
        self._shapes.append(shape)
        self.definitions[name] = {}
        self.definitions[name] = self._struct(shape)
        return name

    def _struct(self, shape: Struct) -> Schema:
        schema: Schema = {
            "type": "object",
            "properties": {
                **{name: self._property(key) for name, key in shape.by_name.items()},
                **{name: {} for name in sorted(shape.tolerated)},
            },
        }
        if not shape.is_open:
            schema["additionalProperties"] = False
        required = [key.name for key in shape.keys if key.required and not key.stand_in]
        if required:
            schema["required"] = required
        replaceable = [(key.name, key.stand_in) for key in shape.keys if key.required and key.stand_in]
        rules: list[Schema] = [_any_of(pair) for pair in replaceable]
        for group in shape.exclusive:
            pairs = [(one, other) for index, one in enumerate(group) for other in group[index + 1 :]]
            rules += [{"not": {"required": list(pair)}} for pair in pairs]
        rules += [_any_of(group) for group in shape.at_least_one]
        if rules:
            schema["allOf"] = rules
        return schema

    def _property(self, key: Key) -> Schema:
        schema = {"description": description(key), **self.of(key.shape)}
        if key.deprecated:
            schema["deprecated"] = True
        if key.names is not None and key.names.is_of_the_specification and isinstance(key.shape, Text):
            (only, *_) = _scalars(key.shape)
            return {"description": description(key), **only}
        return schema


def _any_of(group: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [name]} for name in group]}


def _takes_any(shape: Shape) -> bool:
    """Whether a template is nothing but one more text."""
    return isinstance(shape, Text) and shape.pattern is None and not shape.choices


def _any(shape: Shape) -> Schema:
    assert isinstance(shape, Text)
    kinds: Schema = {"type": ["string", "number"] if shape.may_be_number else "string"}
    return kinds if shape.may_be_blank else {**kinds, "minLength": 1}


def _scalars(shape: Shape) -> list[Schema]:
    match shape:
        case Flag():
            return [{"type": "boolean"}]
        case LocalPort():
            return [_PORT, _PORT_TEXT]
        case ServicePort():
            return [_PORT, _PORT_NAME]
    assert isinstance(shape, Text)
    if shape.choices:
        return [{"enum": list(shape.choices)}]
    if shape.pattern is None:
        return [_any(shape)]
    text: Schema = {"type": "string", "pattern": f"^({shape.pattern.pattern})$"}
    return [text, {"type": "number"}] if shape.may_be_number else [text]
