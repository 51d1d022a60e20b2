"""The whole language as one table: every key, what it may hold, what it means, whether this version can run it. What
reads by it is in the package above; schemas and the reference page are made from it."""

from __future__ import annotations

from telelens_schemas.specification.language.connection import CONNECTION, NAMED_CONNECTION
from telelens_schemas.specification.language.docker import COMPOSE, COMPOSE_SERVICE, COMPOSE_SPEC, DOCKER
from telelens_schemas.specification.language.handler import DEBUG, EXTERNAL, HANDLER, SCRIPT, VARIABLE
from telelens_schemas.specification.language.intercept import FILTER_KEYS, HEADER, INTERCEPT, PREVIEW
from telelens_schemas.specification.language.specification import PREREQUISITE, SPECIFICATION, WORKLOAD
from telelens_schemas.specification.language.versions import (
    CRD_FORM,
    CRD_FORMS,
    GROUP,
    KIND,
    METADATA,
    VERSION,
    VERSIONS,
    Version,
)

__all__ = [
    "COMPOSE",
    "COMPOSE_SERVICE",
    "COMPOSE_SPEC",
    "CONNECTION",
    "CRD_FORM",
    "CRD_FORMS",
    "DEBUG",
    "DOCKER",
    "EXTERNAL",
    "FILTER_KEYS",
    "GROUP",
    "HANDLER",
    "HEADER",
    "INTERCEPT",
    "KIND",
    "METADATA",
    "NAMED_CONNECTION",
    "PREREQUISITE",
    "PREVIEW",
    "SCRIPT",
    "SPECIFICATION",
    "VARIABLE",
    "VERSION",
    "VERSIONS",
    "WORKLOAD",
    "Version",
]
