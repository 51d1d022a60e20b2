"""Says which lines can be folded away."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.rows import Form, Row, Rows
from telelens_server.steps import Steps, collected
from telelens_server.working import working


class Folding:
    """Answers ``textDocument/foldingRange``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        options = types.FoldingRangeOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_FOLDING_RANGE, self.ranges, options)

    async def ranges(self, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        """Entries, items, block scalars and groups of comments."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return []
        async with working(self._server, params.work_done_token, "Looking for blocks", document.text) as work:
            return await work.in_moments(_folded(document))


def _folded(document: Document) -> Steps[list[types.FoldingRange]]:
    rows = yield from document.reading_rows()
    found = yield from collected(_blocks(rows))
    found += yield from collected(_comments(rows))
    return sorted(found, key=lambda one: one.start_line)


def _blocks(rows: Rows) -> Iterator[types.FoldingRange]:
    opened: list[tuple[int, int]] = []
    last = 0
    for number, row in enumerate(rows.rows):
        if row.form in (Form.CONTENT, Form.SEPARATOR):
            level = row.level if row.form is Form.CONTENT else -1
            while opened and opened[-1][0] >= level:
                start = opened.pop()[1]
                if last > start:
                    yield types.FoldingRange(start, last)
            if row.form is Form.CONTENT:
                opened.append((level, number))
        if _counts(row):
            last = number
    for _, start in opened:
        if last > start:
            yield types.FoldingRange(start, last)


def _counts(row: Row) -> bool:
    return row.form in (Form.CONTENT, Form.CONTINUED) or (row.form is Form.SCALAR and row.indent > 0)


def _comments(rows: Rows) -> Iterator[types.FoldingRange]:
    start = None
    for number, row in enumerate((*rows.rows, Row(Form.BLANK, 0))):
        if row.form is Form.COMMENT:
            start = number if start is None else start
        else:
            if start is not None and number - start > 1:
                yield types.FoldingRange(start, number - 1, kind=types.FoldingRangeKind.Comment)
            start = None
