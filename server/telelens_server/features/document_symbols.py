"""The outline, as editors show it beside a text and above it."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Documents
from telelens_server.features.answering import answer
from telelens_server.outline import outline
from telelens_server.protocol import Written


class DocumentSymbols:
    """Answers ``textDocument/documentSymbol``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, self.symbols)

    def symbols(self, params: types.DocumentSymbolParams) -> list[Written]:
        """What has a name, as a tree."""
        document = self._documents.specification(params.text_document.uri)
        placed = outline(document) if document is not None else []
        return [Written(one.entry.written(one.first)) for one in placed]
