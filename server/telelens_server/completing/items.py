"""How items are made."""

from __future__ import annotations

from lsprotocol import types

from telelens_server.cursor import Cursor
from telelens_server.documents import Document
from telelens_server.editor import Editor

_SUGGEST = "editor.action.triggerSuggest"
_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./"


def written(document: Document, cursor: Cursor, column: int) -> types.Range:
    """The word at the cursor: what a chosen item replaces."""
    line = document.text.line(cursor.line)
    end = column
    while end < len(line) and line[end] in _WORD:
        end += 1
    return types.Range(document.text.position(cursor.line, cursor.start), document.text.position(cursor.line, end))


def value_item(
    where: types.Range, text: str, kind: types.CompletionItemKind, detail: str = "", order: str = ""
) -> types.CompletionItem:
    """A value that is written as it is called."""
    return types.CompletionItem(
        label=text, kind=kind, detail=detail or None, sort_text=order or None, text_edit=types.TextEdit(where, text)
    )


def markdown(text: str) -> types.MarkupContent:
    """Documentation."""
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def next_list(editor: Editor) -> types.Command | None:
    """Offers what comes next as soon as an item is written, in an editor that said it can do so."""
    return types.Command("Complete what comes next", _SUGGEST) if editor.knows(_SUGGEST) else None
