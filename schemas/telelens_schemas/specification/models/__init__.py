"""A specification as it is run, one module for each noun. Every part knows where it stands in its file (``source``);
equality ignores it."""

from __future__ import annotations

from telelens_schemas.specification.models.compose import (
    Compose,
    ComposeService,
    ComposeSpec,
    ComposeSpecService,
    Mapping,
)
from telelens_schemas.specification.models.connection import Connection
from telelens_schemas.specification.models.docker import Build, Docker
from telelens_schemas.specification.models.handler import Debug, External, Handler, Script, Variable
from telelens_schemas.specification.models.metadata import Metadata
from telelens_schemas.specification.models.preview import Ingress, Preview, wanted_preview
from telelens_schemas.specification.models.specification import Prerequisite, Specification
from telelens_schemas.specification.models.workload import DEFAULT_LOCAL_PORT, Header, Intercept, Workload

__all__ = [
    "DEFAULT_LOCAL_PORT",
    "Build",
    "Compose",
    "ComposeService",
    "ComposeSpec",
    "ComposeSpecService",
    "Connection",
    "Debug",
    "Docker",
    "External",
    "Handler",
    "Header",
    "Ingress",
    "Intercept",
    "Mapping",
    "Metadata",
    "Prerequisite",
    "Preview",
    "Script",
    "Specification",
    "Variable",
    "Workload",
    "wanted_preview",
]
