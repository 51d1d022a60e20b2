"""Says what is around a cursor, step by step: a word, its value, its entry, and all that is around that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.rows import Form
from telelens_server.steps import Steps, collected
from telelens_server.working import working

_WORD = re.compile(r"[\w.-]+")
_VALUE = re.compile(
    r"[ ]*(?:-[ ]+)*(?:[^:#\"'\s-][^:#\"']*|\"[^\"]*\"|'[^']*'):[ ]+(?P<value>[^#\s](?:[^#]|(?<=\S)#)*)"
)
_Span = tuple[int, int, int, int]


class Selection:
    """Answers ``textDocument/selectionRange``."""

    def __init__(self, server: LanguageServer, documents: Documents) -> None:
        self._server = server
        self._documents = documents

    def register(self) -> None:
        """Answer."""
        options = types.SelectionRangeOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_SELECTION_RANGE, self.ranges, options)

    async def ranges(self, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
        """For each position the innermost range, which knows those around it."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return None
        async with working(self._server, params.work_done_token, "Looking for blocks", document.text) as work:
            return await work.in_moments(_every(document, params.positions))


def _every(document: Document, positions: Sequence[types.Position]) -> Steps[list[types.SelectionRange]]:
    yield from document.reading_rows()
    return (yield from collected(_nested(document, position) for position in positions))


def _nested(document: Document, position: types.Position) -> types.SelectionRange:
    text = document.text
    line = min(position.line, len(text.line_starts) - 1)
    column = text.column(position) if line == position.line else len(text.line(line))
    found: types.SelectionRange | None = None
    here: _Span = (line, column, line, column)
    spans = [span for span in _spans(document, line, column) if _holds(span, here)]
    for span in reversed(_growing(spans)):
        found = types.SelectionRange(types.Range(text.position(*span[:2]), text.position(*span[2:])), found)
    return found or types.SelectionRange(types.Range(position, position))


def _spans(document: Document, line: int, column: int) -> Iterator[_Span]:
    """From the word to the whole text."""
    text, rows = document.text, document.rows
    written = text.line(line)
    for word in _WORD.finditer(written):
        yield line, word.start(), line, word.end()
    value = _VALUE.match(written)
    if value is not None:
        yield line, value.start("value"), line, value.start("value") + len(value["value"].rstrip())
    content = written.strip()
    if content:
        yield line, len(written) - len(written.lstrip()), line, len(written.rstrip())
    head = rows.head(line)
    if head != line and rows.rows[line].form is Form.SCALAR:
        last = rows.block_end(head)
        yield head + 1, 0, last, len(text.line(last))
    at: int | None = head if rows.rows[head].form is Form.CONTENT else None
    while at is not None:
        last = rows.block_end(at)
        yield at, rows.rows[at].indent, last, len(text.line(last).rstrip())
        above = rows.above(at)
        if above is not None:
            end = rows.block_end(above)
            yield above + 1, 0, end, len(text.line(end))
        at = above
    last = len(text.line_starts) - 1
    yield 0, 0, last, len(text.line(last))


def _growing(spans: list[_Span]) -> list[_Span]:
    """Each holds the one before, and more."""
    grown: list[_Span] = []
    for span in spans:
        if not grown or (span != grown[-1] and _holds(span, grown[-1])):
            grown.append(span)
    return grown


def _holds(outer: _Span, inner: _Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]
