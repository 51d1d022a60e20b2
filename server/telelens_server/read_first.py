"""Lets requests about a large document wait until it is read, under their own progress."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Document, Documents
from telelens_server.readings import Readings
from telelens_server.working import working

_OF_LINES = frozenset(
    {
        types.TEXT_DOCUMENT_FOLDING_RANGE,
        types.TEXT_DOCUMENT_FORMATTING,
        types.TEXT_DOCUMENT_RANGE_FORMATTING,
        types.TEXT_DOCUMENT_SELECTION_RANGE,
        types.TEXT_DOCUMENT_SIGNATURE_HELP,
    }
)
"""Answered from the lines alone."""


class ReadFirst:
    """Knows which requests have to wait."""

    def __init__(self, server: LanguageServer, documents: Documents, readings: Readings) -> None:
        self._server = server
        self._documents = documents
        self._readings = readings

    def around(self, method: str, params: Any) -> AbstractAsyncContextManager[None] | None:
        """What a request is answered within: it may be cancelled while it waits. ``None``: it need not wait."""
        about = getattr(params, "text_document", None)
        if about is None or method in _OF_LINES:
            return None
        document = self._documents.specification(about.uri)
        if document is None or self._readings.is_known(document):
            return None
        return self._read(document, params)

    @asynccontextmanager
    async def _read(self, document: Document, params: Any) -> AsyncIterator[None]:
        # What is wrong is asked for with every edit, and the answer is about the last one; all else is about a place
        # that an edit may have moved.
        text = None if isinstance(params, types.DocumentDiagnosticParams) else document.text
        token = getattr(params, "work_done_token", None)
        async with working(self._server, token, "Reading the file", text) as work:
            await self._readings.known(document)
            await work.step()
            yield
