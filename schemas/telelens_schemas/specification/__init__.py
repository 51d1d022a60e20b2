"""The InterceptSpecification: text in; models, problems and an index with positions out. The command line, the user
daemon and the language server read with this and nothing else. Nothing here reads files or asks a cluster."""

from __future__ import annotations

from telelens_schemas.specification.file_form import to_file_form
from telelens_schemas.specification.models import (
    Build,
    Compose,
    ComposeService,
    ComposeSpec,
    ComposeSpecService,
    Connection,
    Debug,
    Docker,
    External,
    Handler,
    Header,
    Ingress,
    Intercept,
    Mapping,
    Prerequisite,
    Preview,
    Script,
    Specification,
    Variable,
    Workload,
    wanted_preview,
)
from telelens_schemas.specification.parts import FoundKey, FoundStruct, Part
from telelens_schemas.specification.problems import Code, Fix, Problem, Related, Replacement, Severity, Tag
from telelens_schemas.specification.reading import Reading, read_specification
from telelens_schemas.specification.source import Place, Range, Source
from telelens_schemas.specification.support import not_runnable

__all__ = [
    "Build",
    "Code",
    "Compose",
    "ComposeService",
    "ComposeSpec",
    "ComposeSpecService",
    "Connection",
    "Debug",
    "Docker",
    "External",
    "Fix",
    "FoundKey",
    "FoundStruct",
    "Handler",
    "Header",
    "Ingress",
    "Intercept",
    "Mapping",
    "Part",
    "Place",
    "Prerequisite",
    "Preview",
    "Problem",
    "Range",
    "Reading",
    "Related",
    "Replacement",
    "Script",
    "Severity",
    "Source",
    "Specification",
    "Tag",
    "Variable",
    "Workload",
    "not_runnable",
    "read_specification",
    "to_file_form",
    "wanted_preview",
]
