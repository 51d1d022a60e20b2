"""Environments: what the kubelet makes of a manifest's variables, which of them a program on the workstation gets,
and the files they are written to. Text in, text out: nothing here reads a file or ``os.environ``."""

from __future__ import annotations

from telelens_schemas.environment.errors import EnvironmentFileError
from telelens_schemas.environment.expansion import escape, expand, in_order
from telelens_schemas.environment.files import Syntax, read, unwritable, write
from telelens_schemas.environment.importing import importable, is_excluded, merge

__all__ = [
    "EnvironmentFileError",
    "Syntax",
    "escape",
    "expand",
    "importable",
    "in_order",
    "is_excluded",
    "merge",
    "read",
    "unwritable",
    "write",
]
