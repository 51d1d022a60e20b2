"""Says what a key means, and of a workload what the cluster knows of it."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import FoundKey
from telelens_schemas.specification.shapes import Names, Support, Text

from telelens_server.cursor import cursor_at
from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.index import covers
from telelens_server.names import Asked, Live, asked_at

_PATIENCE_SECONDS = 0.5
"""How long a cluster that is asked for the first time is waited for; nothing else waits meanwhile."""


class Hover:
    """Answers ``textDocument/hover``."""

    def __init__(self, server: LanguageServer, documents: Documents, live: Live) -> None:
        self._server = server
        self._documents = documents
        self._live = live

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_HOVER, self.hover)

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """What there is to say at a position."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return None
        line, column = document.text.place(params.position)
        found = document.index.key_at(line, column)
        if found is None:
            return None
        where, text = found.key.range, _about(found)
        if not covers(where, line, column):
            where = found.value.range
            asked = self._asked(document, found)
            if asked is not None:
                text = await self._facts(asked) or text
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), document.text.to_editor(where))

    def _asked(self, document: Document, found: FoundKey) -> Asked | None:
        if found.about.names is not Names.WORKLOAD:
            return None
        value = found.value.range
        cursor = cursor_at(document.text.lines, value.line - 1, value.column - 1)
        asked = asked_at(cursor, document) if cursor is not None else None
        if asked is None or asked.workload is None:
            return None
        # Its services belong to the facts.
        return Asked(Names.SERVICE, asked.context, asked.namespace, asked.workload)

    async def _facts(self, asked: Asked) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._live.settled(asked)
        except TimeoutError:
            return ""
        return self._live.facts(asked)


def _about(found: FoundKey) -> str:
    key = found.about
    lines = [f"**{key.name}**: {key.shape.what}{', required' if key.required else ''}", "", key.about]
    if isinstance(key.shape, Text) and key.shape.choices:
        lines += ["", "One of: " + ", ".join(f"`{one}`" for one in key.shape.choices)]
    if key.support is not Support.YES:
        lines += ["", "*Not supported by this version of Telelens yet.*"]
    return "\n".join(lines)
