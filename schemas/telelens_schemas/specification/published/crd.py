"""The CustomResourceDefinition of stored specifications: a structural schema for each served version.

It is laxer than the reader: templates are stored as they are, so whatever may be text may hold one. The API server
refuses unknown keys, wrong types and bad texts; the rest is found when a specification is validated or run.

Nothing converts between the versions: an object is stored, and read in each of them, as it was written. The API server
would cut away what the version that is read does not know. So each version keeps what the others know, but takes it
from nobody who writes in that version.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telelens_schemas.specification.language import GROUP, KIND, VERSIONS, Version
from telelens_schemas.specification.language.texts import PORT_NUMBER
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

PLURAL = "interceptspecifications"
SHORT_NAME = "ispecs"
_TEMPLATE = r"\{\{"
_PORT = r"^([0-9]{1,5}|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$"

Schema = dict[str, Any]


def crd() -> dict[str, Any]:
    """The definition of ``interceptspecifications.getambassador.io``."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "listKind": f"{KIND}List",
                "plural": PLURAL,
                "singular": KIND.lower(),
                "shortNames": [SHORT_NAME],
                "categories": ["telelens"],
            },
            "versions": [_version(version) for version in VERSIONS.values()],
        },
    }


def _version(version: Version) -> Schema:
    made: Schema = {"name": version.name, "served": True, "storage": version.is_current}
    if not version.is_current:
        current = next(one for one in VERSIONS.values() if one.is_current)
        made["deprecated"] = True
        made["deprecationWarning"] = f"{version.api_version} {KIND} is deprecated: write {current.api_version}"
    made["additionalPrinterColumns"] = [
        _column("Context", ".spec.connection.context"),
        _column("Namespace", ".spec.connection.namespace"),
        _column("Age", ".metadata.creationTimestamp", kind="date"),
    ]
    others = [other.specification for other in VERSIONS.values() if other is not version]
    made["schema"] = {
        "openAPIV3Schema": {
            "type": "object",
            "description": "What to intercept, and the code that takes it: telelens intercept run NAME.",
            "required": ["spec"],
            "properties": {"spec": {"description": "The specification.", **_of(version.specification, others)}},
        }
    }
    return made


def _of(shape: Shape, others: Iterable[Shape]) -> Schema:
    """``others``: what the other versions have in its place."""
    others = [one for other in others for one in (other.shapes if isinstance(other, Either) else (other,))]
    match shape:
        case Struct():
            return _struct(shape, [one for one in others if isinstance(one, Struct)])
        case Many() if not shape.or_one:
            items = _of(shape.item, [one.item for one in others if isinstance(one, Many)])
            is_mapping_elsewhere = any(isinstance(one, Keyed) for one in others)
            keeps: Schema = {"x-kubernetes-preserve-unknown-fields": True} if is_mapping_elsewhere else {}
            return {"type": "array", "items": items, **keeps}
        case Keyed():
            item = _of(shape.item, ())
            return {
                "type": "object",
                "additionalProperties": {**item, "nullable": True} if isinstance(shape.item, Struct) else item,
            }
        case TextMap():
            return {"type": "object", "additionalProperties": {"type": "string"}}
        case Either() | Anything() | Many():
            # A structural schema has no place for one type or another.
            return {"x-kubernetes-preserve-unknown-fields": True}
        case Flag():
            return {"type": "boolean"}
        case LocalPort() | ServicePort():
            pattern = _PORT if isinstance(shape, ServicePort) else f"^{PORT_NUMBER}$"
            return {
                "x-kubernetes-int-or-string": True,
                "minimum": 1,
                "maximum": 65535,
                "pattern": f"{pattern}|{_TEMPLATE}",
            }
    return _text(shape)


def _text(shape: Text) -> Schema:
    if shape.may_be_number:
        return {"x-kubernetes-int-or-string": True}
    schema: Schema = {"type": "string"}
    if shape.choices:
        schema["pattern"] = f"^({'|'.join(shape.choices)})$|{_TEMPLATE}"
    elif (pattern := shape.published or shape.pattern) is not None:
        schema["pattern"] = f"^({pattern.pattern})$|{_TEMPLATE}"
    elif not shape.may_be_blank:
        schema["pattern"] = r"\S"
    return schema


def _struct(shape: Struct, others: list[Struct]) -> Schema:
    properties = {
        name: _property(key, [other.by_name[name].shape for other in others if name in other.by_name])
        for name, key in shape.by_name.items()
    }
    properties |= {name: _kept() for other in others for name in other.by_name if name not in properties}
    schema: Schema = {"type": "object", "properties": properties}
    required = [key.name for key in shape.keys if key.required]
    if required:
        schema["required"] = required
    if shape.is_open:
        schema["x-kubernetes-preserve-unknown-fields"] = True
    rules: list[Schema] = []
    for group in shape.exclusive:
        pairs = [(one, other) for index, one in enumerate(group) for other in group[index + 1 :]]
        rules += [{"not": {"required": list(pair)}} for pair in pairs]
    rules += [{"anyOf": [{"required": [name]} for name in group]} for group in shape.at_least_one]
    if rules:
        schema["allOf"] = rules
    return schema


def _kept() -> Schema:
    return {
        "description": "Belongs to another version: what was written there is read; it cannot be written in this one.",
        "x-kubernetes-preserve-unknown-fields": True,
        # No value is right.
        "not": {},
    }


def _property(key: Key, others: Iterable[Shape]) -> Schema:
    return {"description": description(key), **_of(key.shape, others)}


def _column(name: str, path: str, *, kind: str = "string") -> dict[str, str]:
    return {"name": name, "type": kind, "jsonPath": path}
