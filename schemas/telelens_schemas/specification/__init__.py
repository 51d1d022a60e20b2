"""The InterceptSpecification: text in; models, problems and an index with positions out. The command line, the user
daemon and the language server read with this and nothing else. Nothing here reads files or asks a cluster."""

from __future__ import annotations

from telelens_schemas.specification.file_form import to_file_form
from telelens_schemas.specification.models import (
    Connection,
    Debug,
    Handler,
    Intercept,
    Script,
    Specification,
    Variable,
    Workload,
)
from telelens_schemas.specification.parts import FoundKey, FoundStruct, Part
from telelens_schemas.specification.problems import Code, Problem, Related, Replacement, Severity
from telelens_schemas.specification.reading import Reading, read_specification
from telelens_schemas.specification.source import Place, Range, Source

__all__ = [
    "Code",
    "Connection",
    "Debug",
    "FoundKey",
    "FoundStruct",
    "Handler",
    "Intercept",
    "Part",
    "Place",
    "Problem",
    "Range",
    "Reading",
    "Related",
    "Replacement",
    "Script",
    "Severity",
    "Source",
    "Specification",
    "Variable",
    "Workload",
    "read_specification",
    "to_file_form",
]
