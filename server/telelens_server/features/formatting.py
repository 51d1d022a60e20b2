"""Lays a specification out, whole or in part; comments and templates stay as they are."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Documents
from telelens_server.features.answering import answer
from telelens_server.layout import layout
from telelens_server.working import working

_STEPS = range(2, 9)


class Formatting:
    """Answers ``textDocument/formatting`` and ``textDocument/rangeFormatting``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        whole = types.DocumentFormattingOptions(work_done_progress=True)
        part = types.DocumentRangeFormattingOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_FORMATTING, self.whole, whole)
        answer(self._server, types.TEXT_DOCUMENT_RANGE_FORMATTING, self.part, part)

    async def whole(self, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        """Every line."""
        return await self._edits(params, 0, None)

    async def part(self, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
        """The lines of a range; one that ends at a line's beginning ends with the line before."""
        last = params.range.end.line
        if params.range.end.character == 0 and last > params.range.start.line:
            last -= 1
        return await self._edits(params, params.range.start.line, last)

    async def _edits(
        self,
        params: types.DocumentFormattingParams | types.DocumentRangeFormattingParams,
        first: int,
        last: int | None,
    ) -> list[types.TextEdit] | None:
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return None
        size = params.options.tab_size
        step = size if size in _STEPS else 2
        text, source = document.text, document.text.source
        async with working(self._server, params.work_done_token, "Formatting", text) as work:
            found = await work.in_background(lambda check: layout(source, step, first, last, check))
        newline = "\r\n" if "\r\n" in source else "\n"
        return [
            types.TextEdit(
                types.Range(text.position(one.line, one.start), text.position(one.end_line, one.end)),
                one.text.replace("\n", newline),
            )
            for one in found
        ]
