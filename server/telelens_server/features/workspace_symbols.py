"""Finds what any specification of the workspace names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Document
from telelens_server.features.answering import answer
from telelens_server.outline import Placed, outline
from telelens_server.readings import Readings
from telelens_server.working import Work, working
from telelens_server.workspace_files import Remembered, WorkspaceFiles

_MOST = 500
"""Nobody reads a longer list; the editor asks again with the next letter."""


class WorkspaceSymbols:
    """Answers ``workspace/symbol``."""

    def __init__(self, server: LanguageServer, files: WorkspaceFiles, readings: Readings) -> None:
        self._server = server
        self._readings = readings
        self._files = files
        self._closed = Remembered(files, self._symbols)

    def register(self) -> None:
        """Answer."""
        options = types.WorkspaceSymbolOptions(work_done_progress=True)
        answer(self._server, types.WORKSPACE_SYMBOL, self.symbols, options)

    async def symbols(self, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        """Those whose names hold the letters that were asked for, in their order."""
        workspace = self._server.workspace
        found: list[types.WorkspaceSymbol] = []
        async with working(self._server, params.work_done_token, "Looking for names") as work:
            for document in self._files.opened(workspace):
                await work.step()
                found += _matching(params.query, await self._symbols(document, work))
            for _, symbols in await self._closed.every(workspace, work):
                found += _matching(params.query, symbols)
        return found[:_MOST]

    async def _symbols(self, document: Document, work: Work) -> list[types.WorkspaceSymbol]:
        await self._readings.known(document)
        return list(_flat(document.text.uri, await work.in_moments(outline(document)), 0, None))


def _flat(uri: str, placed: Iterable[Placed], above: int, container: str | None) -> Iterator[types.WorkspaceSymbol]:
    for one in placed:
        entry, first = one.entry, above + one.first
        if entry.kind is not types.SymbolKind.Namespace:
            line, character, end_line, end_character = entry.chosen
            place = types.Range(
                types.Position(first + line, character), types.Position(first + end_line, end_character)
            )
            yield types.WorkspaceSymbol(
                location=types.Location(uri, place), name=entry.name, kind=entry.kind, container_name=container
            )
        yield from _flat(uri, entry.children, first, entry.name)


def _matching(query: str, symbols: Iterable[types.WorkspaceSymbol]) -> Iterator[types.WorkspaceSymbol]:
    letters = query.lower()
    return (one for one in symbols if _holds(one.name.lower(), letters))


def _holds(name: str, letters: str) -> bool:
    at = 0
    for letter in letters:
        at = name.find(letter, at) + 1
        if not at:
            return False
    return True
