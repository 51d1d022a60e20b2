"""The outline of a specification: what it defines and what it intercepts, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Connection, Handler, Intercept, Range, Source, Specification, Workload

from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer

_Kind = types.SymbolKind


class DocumentSymbols:
    """Answers ``textDocument/documentSymbol``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, self.symbols)

    def symbols(self, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        """Of several specifications in a file each has its own root."""
        document = self._documents.specification(params.text_document.uri)
        return outline(document) if document is not None else []


def outline(document: Document) -> list[types.DocumentSymbol]:
    """The tree of names."""
    specifications = document.reading.specifications
    if len(specifications) == 1:
        return list(_sections(document, specifications[0]))
    return [
        _symbol(document, one.name, _Kind.Package, one.source, "name", children=list(_sections(document, one)))
        for one in specifications
    ]


def _sections(document: Document, one: Specification) -> Iterator[types.DocumentSymbol]:
    found = [*_connections(document, one), *_handlers(document, one), *_workloads(document, one)]
    yield from sorted(found, key=lambda symbol: (symbol.range.start.line, symbol.range.start.character))


def _connections(document: Document, one: Specification) -> Iterator[types.DocumentSymbol]:
    connection = one.connection
    if connection is not None and "connection" in one.source.places:
        yield _section(document, one, "connection", [], detail=_of_connection(connection))


def _handlers(document: Document, one: Specification) -> Iterator[types.DocumentSymbol]:
    if one.handlers:
        yield _section(
            document,
            one,
            "handlers",
            [
                _symbol(document, handler.name, _Kind.Function, handler.source, "name", detail=_of_handler(handler))
                for handler in one.handlers
            ],
        )


def _workloads(document: Document, one: Specification) -> Iterator[types.DocumentSymbol]:
    if one.workloads:
        yield _section(document, one, "workloads", [_workload(document, workload) for workload in one.workloads])


def _workload(document: Document, workload: Workload) -> types.DocumentSymbol:
    intercepts = [
        _symbol(
            document,
            intercept.name or workload.name,
            _Kind.Event,
            intercept.source,
            "name",
            detail=_of_intercept(intercept),
        )
        for intercept in workload.intercepts
    ]
    return _symbol(
        document,
        workload.name,
        _Kind.Module,
        workload.source,
        "name",
        detail=workload.namespace or "",
        children=intercepts,
    )


def _section(
    document: Document,
    one: Specification,
    key: str,
    children: list[types.DocumentSymbol],
    *,
    detail: str = "",
) -> types.DocumentSymbol:
    """A key of the root with what stands below it."""
    text = document.text
    place = one.source.places.get(key)
    if place is None:
        return _symbol(document, key, _Kind.Namespace, one.source, key, children=children, detail=detail)
    head, value = text.to_editor(place.key), text.to_editor(place.value)
    whole = types.Range(head.start, max(head.end, value.end, key=_pair))
    return types.DocumentSymbol(key, _Kind.Namespace, whole, head, detail=detail or None, children=children)


def _symbol(
    document: Document,
    name: str,
    kind: types.SymbolKind,
    source: Source,
    key: str,
    *,
    detail: str = "",
    children: Iterable[types.DocumentSymbol] = (),
) -> types.DocumentSymbol:
    """``key`` is the one whose value is the name; what is merged in from elsewhere is shown where it is used."""
    text = document.text
    whole = source.range
    chosen = source.value_range(key)
    if not _holds(whole, chosen):
        chosen = Range(whole.line, whole.column, whole.line, whole.column)
    inner = text.to_editor(chosen)
    if inner.end.line > inner.start.line:
        inner = types.Range(inner.start, inner.start)
    # An empty name is no name to the protocol.
    return types.DocumentSymbol(
        name or "…", kind, text.to_editor(whole), inner, detail=detail or None, children=list(children)
    )


def _holds(outer: Range, inner: Range) -> bool:
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


def _pair(position: types.Position) -> tuple[int, int]:
    return position.line, position.character


def _of_connection(connection: Connection) -> str:
    return ", ".join(one for one in (connection.context, connection.namespace) if one)


def _of_handler(handler: Handler) -> str:
    return next((kind for kind in ("script", "docker", "external") if kind in handler.source.places), "no-op")


def _of_intercept(intercept: Intercept) -> str:
    port = f"port {intercept.port}" if intercept.port is not None else ""
    handler = f"→ {intercept.handler}" if intercept.handler else ""
    disabled = "disabled" if not intercept.enabled else ""
    return " ".join(one for one in (port, handler, disabled) if one)
