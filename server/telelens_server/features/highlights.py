"""Marks every place of the name under the cursor."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.features.answering import answer
from telelens_server.occurrences import Occurrences


class Highlights:
    """Answers ``textDocument/documentHighlight``."""

    def __init__(self, server: LanguageServer, occurrences: Occurrences) -> None:
        self._server = server
        self._occurrences = occurrences

    def register(self) -> None:
        """Answer."""
        options = types.DocumentHighlightOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, self.highlights, options)

    async def highlights(self, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        """Written where the name is given, read where it is used."""
        named = await self._occurrences.at(params.text_document.uri, params.position, params.work_done_token)
        if named is None:
            return []
        kinds = {True: types.DocumentHighlightKind.Write, False: types.DocumentHighlightKind.Read}
        return [
            types.DocumentHighlight(one.range, kinds[one.is_definition]) for one in named.places if one.uri == named.uri
        ]
