"""Offers what is legal at the cursor and not written yet."""

from __future__ import annotations

import dataclasses
import os

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.completing.beside import list_beside
from telelens_server.completing.keys import keys
from telelens_server.completing.values import values
from telelens_server.compose_files import ComposeFiles
from telelens_server.cursor import cursor_at, fitting_column
from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.meant import meant_lines
from telelens_server.names import Live


class Completion:
    """Answers ``textDocument/completion`` at once: names that a cluster has not told yet make the list incomplete."""

    def __init__(
        self, server: LanguageServer, documents: Documents, live: Live, editor: Editor, compose: ComposeFiles
    ) -> None:
        self._server = server
        self._documents = documents
        self._live = live
        self._editor = editor
        self._compose = compose

    def register(self) -> None:
        """Answer."""
        triggers = [" ", ":", "-", "/", "{", ".", "$", "|", "("]
        options = types.CompletionOptions(trigger_characters=triggers, work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_COMPLETION, self.complete, options)

    def complete(self, params: types.CompletionParams) -> types.CompletionList:
        """What may be written at a position."""
        document = self._documents.specification(params.text_document.uri)
        nothing = types.CompletionList(is_incomplete=False, items=[])
        if document is None:
            return nothing
        line, column = params.position.line, document.text.column(params.position)
        in_action = _in_template(document, params.position)
        if in_action is not None:
            return types.CompletionList(is_incomplete=False, items=in_action)
        mark = document.text.mark(line)
        lines, here = meant_lines(document, line), max(column - mark, 0)
        fitting = fitting_column(lines, line, here) if line < len(lines) else here
        cursor = cursor_at(lines, line, fitting)
        if cursor is not None and (mark or fitting != here):
            cursor = dataclasses.replace(cursor, start=cursor.start + mark + here - fitting)
        if cursor is None or cursor.shape is None:
            return nothing
        if cursor.key is not None:
            return values(document, cursor, column, self._live, self._compose, self._editor)
        found = list(keys(document, cursor, column, self._editor))
        beside = list_beside(lines, cursor)
        if beside is not None:
            found += (_last(one) for one in keys(document, beside, column, self._editor))
        return types.CompletionList(is_incomplete=False, items=[_moved(one, line, here, fitting) for one in found])


def _last(item: types.CompletionItem) -> types.CompletionItem:
    """Behind the keys: who means an item types its dash."""
    item.sort_text = f"9{item.sort_text}"
    return item


def _moved(item: types.CompletionItem, line: int, column: int, fitting: int) -> types.CompletionItem:
    """With the indentation mended, where the cursor stands in a column in which nothing can stand."""
    if fitting != column:
        where = types.Range(types.Position(line, 0), types.Position(line, column))
        item.additional_text_edits = [types.TextEdit(where, " " * fitting)]
    return item


def _in_template(document: Document, position: types.Position) -> list[types.CompletionItem] | None:
    """``None`` outside of actions."""
    if "{{" not in document.text.source:
        return None
    # Imported with the first template: most specifications hold none, and an editor waits for its server to start.
    from telelens_server.completing.in_templates import in_template
    from telelens_server.templating.actions import inside

    place = inside(document.text.source, document.text.offset(position))
    return in_template(document, place, os.environ) if place is not None else None
