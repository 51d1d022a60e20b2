"""The specification as a Kubernetes object, and what it was called in older versions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from telelens_schemas.specification.language.handler import HANDLER, VARIABLE
from telelens_schemas.specification.language.intercept import HEADER, HEADER_VALUE, INTERCEPT
from telelens_schemas.specification.language.specification import (
    HANDLERS,
    NAME,
    ONE_CONNECTION,
    PREREQUISITES,
    SPECIFICATION,
    WORKLOAD,
    WORKLOAD_NAMESPACE,
    WORKLOADS,
)
from telelens_schemas.specification.language.texts import DNS_LABEL, OBJECT_NAME
from telelens_schemas.specification.models import Header, Metadata, Specification, Variable, Workload
from telelens_schemas.specification.shapes import Either, Key, Keyed, Many, Names, Shape, Struct, Text, TextMap

GROUP = "getambassador.io"
KIND = "InterceptSpecification"
VERSION = "v1alpha4"


@dataclass(frozen=True, slots=True)
class Version:
    """One of the versions, and what its ``spec`` may hold."""

    name: str
    specification: Struct

    @property
    def is_current(self) -> bool:
        """The others are deprecated."""
        return self.name == VERSION

    @property
    def api_version(self) -> str:
        """As an object has it."""
        return f"{GROUP}/{self.name}"


def _with(struct: Struct, **shapes: Shape) -> Struct:
    """The same with other shapes for some of its keys."""
    keys = tuple(dataclasses.replace(key, shape=shapes[key.name]) if key.name in shapes else key for key in struct.keys)
    return Struct(
        struct.title, struct.model, keys, struct.exclusive, struct.at_least_one, struct.is_open, main=struct.main
    )


def _old_intercept() -> Struct:
    lists = _with(
        INTERCEPT, headers=Either((Keyed(dataclasses.replace(HEADER_VALUE, may_be_number=True), Header), Many(HEADER)))
    )
    port = next(key for key in lists.keys if key.name == "port")
    old = dataclasses.replace(port, name="service_port", deprecated="port")
    keys = tuple(one for key in lists.keys for one in ((old, key) if key is port else (key,)))
    return Struct(lists.title, lists.model, keys, (*lists.exclusive, ("service_port", "port")))


def _old_specification() -> Struct:
    intercepts = Key("intercepts", Many(_old_intercept()), "What to intercept of it.", field="intercepts")
    workload = Struct("workload", Workload, (WORKLOAD_NAMESPACE, intercepts))
    variables = Either((Many(VARIABLE), Keyed(Text(may_be_number=True), Variable)))
    handler = _with(HANDLER, environment=variables)
    nameless = Struct(handler.title, handler.model, handler.keys[1:], handler.exclusive)
    keys = (
        NAME,
        ONE_CONNECTION,
        PREREQUISITES,
        dataclasses.replace(HANDLERS, shape=Either((Many(handler), Keyed(nameless)))),
        dataclasses.replace(
            WORKLOADS, shape=Either((Keyed(workload), Many(_with(WORKLOAD, intercepts=Many(_old_intercept())))))
        ),
    )
    return Struct("specification", Specification, keys)


VERSIONS = {
    one.name: one
    for one in (
        Version("v1alpha1", _old_specification()),
        Version(
            "v1alpha2",
            Struct("specification", Specification, (NAME, ONE_CONNECTION, PREREQUISITES, HANDLERS, WORKLOADS)),
        ),
        Version(VERSION, SPECIFICATION),
    )
}
"""The served ones, oldest first."""
_OF_KUBERNETES = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)
"""What an object may have beside those, mostly one that was read from a cluster."""
METADATA = Struct(
    "metadata",
    Metadata,
    (
        Key(
            "name",
            OBJECT_NAME,
            "Name of the object, and of the specification.",
            field="name",
            required=True,
            stand_in="generateName",
        ),
        Key("namespace", DNS_LABEL, "Where the object is stored.", field="namespace", names=Names.NAMESPACE),
        Key("labels", TextMap(), "Labels of the object."),
        Key("annotations", TextMap(), "Annotations of the object."),
    ),
    tolerated=_OF_KUBERNETES,
)


def _object(version: Version) -> Struct:
    versions = (VERSIONS[VERSION].api_version,) if version.is_current else (version.api_version,)
    return Struct(
        "Kubernetes object",
        dict,
        (
            Key("apiVersion", Text(versions[0], choices=versions), "Group and version of the kind.", required=True),
            Key("kind", Text(KIND, choices=(KIND,)), "What the object is.", required=True),
            Key("metadata", METADATA, "Name and labels of the object."),
            Key("spec", version.specification, "The specification itself.", required=True),
        ),
        tolerated=frozenset({"status"}),
    )


CRD_FORMS = {version.name: _object(version) for version in VERSIONS.values()}
CRD_FORM = CRD_FORMS[VERSION]
"""What is around a specification that is a Kubernetes object; the rest of what may stand there is Kubernetes'."""
