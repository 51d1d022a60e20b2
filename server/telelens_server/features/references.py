"""Finds every place that uses a name."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.features.answering import answer
from telelens_server.occurrences import Occurrences


class References:
    """Answers ``textDocument/references``."""

    def __init__(self, server: LanguageServer, occurrences: Occurrences) -> None:
        self._server = server
        self._occurrences = occurrences

    def register(self) -> None:
        """Answer."""
        options = types.ReferenceOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_REFERENCES, self.references, options)

    async def references(self, params: types.ReferenceParams) -> list[types.Location]:
        """With the place where the name is given, if that was asked for."""
        named = await self._occurrences.at(params.text_document.uri, params.position, params.work_done_token)
        if named is None:
            return []
        with_definition = params.context.include_declaration
        return [types.Location(one.uri, one.range) for one in named.places if with_definition or not one.is_definition]
