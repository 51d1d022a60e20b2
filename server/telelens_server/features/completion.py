"""Offers what is legal at the cursor and not written yet."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification.shapes import Flag, Key, Many, Shape, Struct, Support, Text

from telelens_server.cursor import Cursor, cursor_at
from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.names import Live, asked_at, known_names

_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./"


class Completion:
    """Answers ``textDocument/completion`` at once: names that a cluster has not told yet make the list incomplete."""

    def __init__(self, server: LanguageServer, documents: Documents, live: Live) -> None:
        self._server = server
        self._documents = documents
        self._live = live

    def register(self) -> None:
        """Answer."""
        options = types.CompletionOptions(trigger_characters=[" ", ":", "-", "/"])
        answer(self._server, types.TEXT_DOCUMENT_COMPLETION, self.complete, options)

    def complete(self, params: types.CompletionParams) -> types.CompletionList:
        """What may be written at a position."""
        document = self._documents.specification(params.text_document.uri)
        nothing = types.CompletionList(is_incomplete=False, items=[])
        if document is None:
            return nothing
        line, column = params.position.line, document.text.column(params.position)
        cursor = cursor_at(document.text.lines, line, column)
        if cursor is None or cursor.shape is None:
            return nothing
        if cursor.key is not None:
            return self._values(document, cursor, column)
        return types.CompletionList(is_incomplete=False, items=list(_keys(document, cursor, column)))

    def _values(self, document: Document, cursor: Cursor, column: int) -> types.CompletionList:
        written = _written(document, cursor, column)
        choices = [
            _item(document, cursor, written, choice, types.CompletionItemKind.EnumMember)
            for choice in _choices(cursor.shape)
        ]
        asked = asked_at(cursor, document)
        if asked is None:
            return types.CompletionList(is_incomplete=False, items=choices)
        known = known_names(asked, document, self._live)
        named = [
            _item(document, cursor, written, one.name, types.CompletionItemKind.Reference, one.detail)
            for one in known.names
        ]
        return types.CompletionList(is_incomplete=not known.complete, items=choices + named)


def _choices(shape: Shape | None) -> tuple[str, ...]:
    match shape:
        case Flag():
            return ("true", "false")
        case Text():
            return shape.choices
    return ()


def _keys(document: Document, cursor: Cursor, column: int) -> Iterator[types.CompletionItem]:
    shape, lead = cursor.shape, ""
    if isinstance(shape, Many) and isinstance(shape.item, Struct):
        shape, lead = shape.item, "- "
    if not isinstance(shape, Struct):
        return
    used = cursor.siblings if not lead else {}
    excluded = {name for group in shape.exclusive if any(one in used for one in group) for name in group}
    written = _written(document, cursor, column)
    rest = document.text.line(cursor.line)[written[1] :]
    has_colon = rest.lstrip(" \"'").startswith(":")
    for order, key in enumerate(shape.keys):
        if key.support is not Support.YES or key.name in used or key.name in excluded:
            continue
        if lead and not key.required and any(one.required for one in shape.keys):
            continue
        indent = cursor.column + len(lead)
        text = key.name if has_colon else f"{lead}{key.name}:{_beginning(key, indent)}"
        yield types.CompletionItem(
            label=f"{lead}{key.name}",
            kind=types.CompletionItemKind.Field,
            detail=_detail(key),
            documentation=key.about,
            sort_text=f"{0 if key.required else 1}{order:02}",
            filter_text=f"{lead}{key.name}",
            insert_text_mode=types.InsertTextMode.AsIs,
            text_edit=types.TextEdit(_range(document, cursor.line, *written), text),
        )


def _beginning(key: Key, indent: int) -> str:
    """What follows a key: the place where its value is typed."""
    match key.shape:
        case Many():
            return "\n" + " " * (indent + 2) + "- "
        case Struct():
            return "\n" + " " * (indent + 2)
    return " "


def _detail(key: Key) -> str:
    return f"{key.shape.what}, required" if key.required else key.shape.what


def _item(
    document: Document,
    cursor: Cursor,
    written: tuple[int, int],
    text: str,
    kind: types.CompletionItemKind,
    detail: str = "",
) -> types.CompletionItem:
    return types.CompletionItem(
        label=text,
        kind=kind,
        detail=detail or None,
        text_edit=types.TextEdit(_range(document, cursor.line, *written), text),
    )


def _written(document: Document, cursor: Cursor, column: int) -> tuple[int, int]:
    """From where to where the word at the cursor reaches: what a chosen item replaces."""
    line = document.text.line(cursor.line)
    end = column
    while end < len(line) and line[end] in _WORD:
        end += 1
    return cursor.start, end


def _range(document: Document, line: int, start: int, end: int) -> types.Range:
    return types.Range(document.text.position(line, start), document.text.position(line, end))
