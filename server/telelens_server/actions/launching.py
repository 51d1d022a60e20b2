"""Leads from an intercept to the program that will take it: its environment into ``launch.json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types
from telelens_schemas.specification import Specification, Workload

from telelens_server.documents import Document

IMPORT_ENVIRONMENT = "telelens.importEnvironment"
"""A command of the extension's."""


def launching(document: Document, where: types.Range) -> Iterator[types.CodeAction]:
    """On an intercept. The extension asks for the configuration, and, where a template names the workload, for the
    intercept too: an environment may hold secrets."""
    line, _ = document.text.place(where.start)
    for specification in document.reading.specifications:
        for workload in specification.workloads:
            if not workload.source.range.line <= line <= workload.source.range.end_line:
                continue
            for intercept in workload.intercepts:
                place = intercept.source.range
                if place.line <= line <= place.end_line:
                    title = "Import the environment into launch.json"
                    argument = _argument(specification, workload)
                    yield types.CodeAction(
                        title=title,
                        kind=types.CodeActionKind.RefactorRewrite,
                        command=types.Command(title, IMPORT_ENVIRONMENT, arguments=[argument]),
                    )


def _argument(specification: Specification, workload: Workload) -> dict[str, Any]:
    """``workload``: its ``name`` and, where the specification says it, its ``namespace``."""
    if not workload.bare_name:
        return {}
    namespace = specification.namespace_of(workload)
    return {"workload": {"name": workload.bare_name, **({"namespace": namespace} if namespace else {})}}
