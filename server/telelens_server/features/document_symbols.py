"""The outline, as editors show it beside a text and above it."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Documents
from telelens_server.features.answering import answer
from telelens_server.outline import outline
from telelens_server.protocol import Written
from telelens_server.working import working


class DocumentSymbols:
    """Answers ``textDocument/documentSymbol``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        options = types.DocumentSymbolOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, self.symbols, options)

    async def symbols(self, params: types.DocumentSymbolParams) -> list[Written]:
        """What has a name, as a tree."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return []
        async with working(self._server, params.work_done_token, "Looking for names", document.text) as work:
            placed = await work.in_moments(outline(document))
            return [Written(one.entry.written(one.first)) for one in placed]
