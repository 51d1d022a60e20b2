"""Says what a key means, what a template does and expands to, and of a workload what the cluster knows of it."""

from __future__ import annotations

import asyncio
import textwrap

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import FoundKey
from telelens_schemas.specification.nodes import Scalar
from telelens_schemas.specification.shapes import Names

from telelens_server.cursor import cursor_at
from telelens_server.describing import described
from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.index import covers
from telelens_server.names import Asked, Live, asked_at, specification_at
from telelens_server.templating.expansion import Expansions

_MOST_LINES = 12
"""Of a handler that are shown where its name is used."""
_PATIENCE_SECONDS = 0.5
"""How long a cluster that is asked for the first time is waited for; nothing else waits meanwhile."""


class Hover:
    """Answers ``textDocument/hover``."""

    def __init__(
        self, server: LanguageServer, documents: Documents, live: Live, editor: Editor, expansions: Expansions
    ) -> None:
        self._server = server
        self._documents = documents
        self._live = live
        self._editor = editor
        self._expansions = expansions

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_HOVER, self.hover, types.HoverOptions(work_done_progress=True))

    async def hover(self, params: types.HoverParams) -> types.Hover | None:
        """What there is to say at a position."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return None
        if "{{" in document.text.source:
            # Imported with the first template: most specifications hold none.
            from telelens_server.templating.explaining import explained

            values = self._expansions if self._editor.is_trusted else None
            found_action = explained(document, document.text.offset(params.position), values)
            if found_action is not None:
                return found_action
        line, column = document.text.place(params.position)
        found = document.index.key_at(line, column)
        if found is None:
            return None
        where, text = found.key.range, _about(found)
        if not covers(where, line, column):
            where = found.value.range
            text += _defined(document, found)
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
    head = f"**{key.name}**: {key.shape.what}{', required' if key.required else ''}"
    return f"{head}\n\n{described(key, with_link=True)}"


def _defined(document: Document, found: FoundKey) -> str:
    """Of a handler's name where it is used: how the handler begins."""
    if found.about.names is not Names.HANDLER or not isinstance(found.value, Scalar):
        return ""
    specification = specification_at(document, found.key.range.line - 1)
    handler = specification.handler(found.value.value) if specification is not None else None
    if handler is None:
        return ""
    where = handler.source.range
    last = min(where.end_line, where.line + _MOST_LINES - 1)
    lines = [document.text.line(number - 1) for number in range(where.line, last + 1)]
    shown = textwrap.dedent("\n".join([" " * (where.column - 1) + lines[0][where.column - 1 :], *lines[1:]]))
    return f"\n\n````yaml\n{shown.rstrip()}{'' if last == where.end_line else chr(10) + '…'}\n````"
