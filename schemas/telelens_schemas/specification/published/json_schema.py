"""The language as a JSON Schema (2020-12), as strict as the reader where a schema can be. A template may stand for any
value, lists and mappings too, and what need not be there may be there without a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telelens_schemas.specification.language import CRD_FORMS, FILTER_KEYS, GROUP, KIND, SPECIFICATION, VERSIONS
from telelens_schemas.specification.language.texts import PORT_NUMBER
from telelens_schemas.specification.models import Handler, Intercept, Specification
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
_NULL = {"type": "null"}
_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
_PORT_TEXT = {"type": "string", "pattern": f"^{PORT_NUMBER}$"}
_PORT_NAME = {"type": "string", "pattern": r"^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}
_SAYING = FILTER_KEYS | {"connections"}
"""Keys that would say nothing without a value, or with an empty list: checks refuse them."""

Schema = dict[str, Any]


def json_schema() -> Schema:
    """One schema for both forms and every version."""
    made = _Schemas()
    objects = [made.of(form, nullable=False) for form in CRD_FORMS.values()]
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
        "else": made.of(SPECIFICATION, nullable=False),
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

    def of(self, shape: Shape, *, nullable: bool) -> Schema:
        """``nullable``: it may be there without a value."""
        match shape:
            case Struct():
                reference: Schema = {"$ref": f"#/$defs/{self._name(shape)}"}
                return reference if nullable else {"type": ["object", "string"], **reference}
            case Many() if shape.or_one:
                items: Schema = {"type": "array", "items": self.of(shape.item, nullable=False)}
                return {"anyOf": [items, self.of(shape.item, nullable=nullable)]}
            case Many():
                return {**_or_template("array", nullable=nullable), "items": self.of(shape.item, nullable=False)}
            case Keyed():
                item = self.of(shape.item, nullable=True)  # a name is enough
                return {**_or_template("object", nullable=nullable), "additionalProperties": item}
            case Either():
                return {"anyOf": [self.of(one, nullable=nullable) for one in shape.shapes]}
            case TextMap():
                text = {"type": ["string", "null"]}
                return {**_or_template("object", nullable=nullable), "additionalProperties": text}
            case Anything():
                return {}
        found = _scalars(shape)
        if not _takes_any(shape):
            found.append({"$ref": "#/$defs/template"})
        return _either([*found, _NULL] if nullable else found)

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
            **_or_template("object", nullable=True),
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
        rules = [_any_of(pair) for pair in replaceable]
        for group in shape.exclusive:
            pairs = [(one, other) for index, one in enumerate(group) for other in group[index + 1 :]]
            rules += [{"not": {"type": "object", "required": list(pair)}} for pair in pairs]
        rules += [_any_of(group) for group in shape.at_least_one]
        rules += _rules_beside(shape)
        if rules:
            schema["allOf"] = rules
        return schema

    def _property(self, key: Key) -> Schema:
        nullable = _may_be_null(key)
        schema = {"description": description(key), **self.of(key.shape, nullable=nullable)}
        if not isinstance(key.shape, Text) and key.name in _SAYING:
            schema["minItems"] = 1
        if key.deprecated:
            schema["deprecated"] = True
        if key.names is not None and key.names.is_of_the_specification and isinstance(key.shape, Text):
            found = _scalars(key.shape)
            return {"description": description(key), **_either([*found, _NULL] if nullable else found)}
        return schema


def _may_be_null(key: Key) -> bool:
    shape = key.shape
    if isinstance(shape, Struct):
        # Without anything in its spec an object intercepts nothing, which is legal.
        is_needed = key.required and shape.model is not Specification
        return not is_needed and not shape.at_least_one and not any(one.required for one in shape.keys)
    return not key.required and key.name not in _SAYING


def _rules_beside(shape: Struct) -> list[Schema]:
    """What a key asks of the others by its value, or by being there."""
    if shape.model is Handler:
        return [{"dependentSchemas": {"debug": _any_of(group)}} for group in shape.exclusive]
    if shape.model is Intercept:
        filtered = _any_of(sorted(FILTER_KEYS))
        return [_where_global(True, {"not": filtered}), _where_global(False, filtered)]
    return []


def _where_global(value: bool, then: Schema) -> Schema:
    is_so = {"type": "object", "properties": {"global": {"const": value}}, "required": ["global"]}
    return {"if": is_so, "then": then}


def _any_of(group: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [name]} for name in group]}


def _either(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _or_template(kind: str, *, nullable: bool) -> Schema:
    """A pattern is asked of text alone."""
    return {"type": [kind, "string", *(["null"] if nullable else [])], "pattern": _TEMPLATE["pattern"]}


def _takes_any(shape: Shape) -> bool:
    """Whether a template is nothing but one more text."""
    return isinstance(shape, Text) and shape.pattern is None and shape.published is None and not shape.choices


def _scalars(shape: Shape) -> list[Schema]:
    match shape:
        case Flag():
            return [{"type": "boolean"}]
        case LocalPort():
            return [_PORT, _PORT_TEXT]
        case ServicePort():
            return [_PORT, _PORT_TEXT, _PORT_NAME]
    assert isinstance(shape, Text)
    if shape.choices:
        return [{"enum": list(shape.choices)}]
    text: Schema = {"type": "string"}
    pattern = shape.published or shape.pattern
    if pattern is not None:
        text["pattern"] = f"^({pattern.pattern})$"
    elif not shape.may_be_blank:
        text["pattern"] = r"\S"
    if not shape.may_be_number:
        return [text]
    numbers = shape.numbers
    within = {"type": "integer", "minimum": numbers[0], "maximum": numbers[-1]} if numbers else {"type": "number"}
    return [text, within]
