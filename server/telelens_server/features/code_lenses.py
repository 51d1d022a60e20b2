"""The buttons above specifications, intercepts and workloads; the commands behind them are the extension's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Intercept, Range, Specification, Workload

from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer

RUN = "telelens.run"
DEBUG = "telelens.debug"
STOP = "telelens.stop"
INTERCEPT_AND_DEBUG = "telelens.interceptAndDebug"


class CodeLenses:
    """Answers ``textDocument/codeLens``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_CODE_LENS, self.lenses)

    def lenses(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        """The buttons of a document."""
        document = self._documents.get(params.text_document.uri)
        if document is None:
            return []
        found = list(_on_manifests(document))
        if document.is_specification:
            for specification in document.reading.specifications:
                found += _on_specification(document, specification)
        return found


def _on_specification(document: Document, specification: Specification) -> Iterator[types.CodeLens]:
    uri = document.text.uri
    first = min((place.key for place in specification.source.places.values()), default=None)
    if first is None:
        return
    for title, command in (("Run", RUN), ("Debug", DEBUG), ("Stop", STOP)):
        yield _lens(document, first, title, command, {"uri": uri})
    for workload in specification.workloads:
        for intercept in workload.intercepts:
            yield _on_intercept(document, specification, workload, intercept)


def _on_intercept(
    document: Document, specification: Specification, workload: Workload, intercept: Intercept
) -> types.CodeLens:
    namespace = workload.namespace or (specification.connection.namespace if specification.connection else None)
    argument = {
        "uri": document.text.uri,
        "intercept": intercept.name or workload.name,
        # A specification does not say the kind of a workload: the daemon finds it by its name.
        "workload": _present(kind=None, name=workload.name, namespace=namespace),
        **_present(port=intercept.port, service=intercept.service),
    }
    return _lens(document, intercept.source.range, "Intercept & Debug", INTERCEPT_AND_DEBUG, argument)


def _on_manifests(document: Document) -> Iterator[types.CodeLens]:
    for workload in document.manifests:
        where = types.Range(document.text.position_at(workload.start), document.text.position_at(workload.end))
        argument = {
            "uri": document.text.uri,
            **_present(kind=workload.kind, name=workload.name, namespace=workload.namespace),
        }
        command = types.Command("Intercept & Debug", INTERCEPT_AND_DEBUG, arguments=[argument])
        yield types.CodeLens(where, command)


def _lens(document: Document, where: Range, title: str, command: str, argument: dict[str, Any]) -> types.CodeLens:
    first_line = Range(where.line, where.column, where.line, where.column)
    return types.CodeLens(document.text.to_editor(first_line), types.Command(title, command, arguments=[argument]))


def _present(**keys: str | None) -> dict[str, str]:
    return {key: value for key, value in keys.items() if value is not None}
