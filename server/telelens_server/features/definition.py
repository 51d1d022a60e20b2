"""Leads from a name to where it is given."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.features.answering import answer
from telelens_server.occurrences import Occurrences


class Definition:
    """Answers ``textDocument/definition``."""

    def __init__(self, server: LanguageServer, occurrences: Occurrences) -> None:
        self._server = server
        self._occurrences = occurrences

    def register(self) -> None:
        """Answer."""
        options = types.DefinitionOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_DEFINITION, self.definition, options)

    async def definition(self, params: types.DefinitionParams) -> list[types.Location]:
        """Of a name that is given twice, both."""
        named = await self._occurrences.at(params.text_document.uri, params.position, params.work_done_token)
        return [types.Location(one.uri, one.range) for one in named.definitions] if named is not None else []
