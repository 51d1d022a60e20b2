"""What every kind of code action is made with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lsprotocol import types
from telelens_schemas.specification import Replacement

from telelens_server.documents import Document

_LINE_END = re.compile(r"\r?\n")


def workspace_edit(document: Document, edits: Iterable[Replacement]) -> types.WorkspaceEdit:
    """Edits of one document."""
    text = document.text
    return types.WorkspaceEdit(
        changes={text.uri: [types.TextEdit(text.to_editor(one.range), _with_ends(document, one.text)) for one in edits]}
    )


def meet(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges touch."""
    return _pair(one.start) <= _pair(other.end) and _pair(other.start) <= _pair(one.end)


def _with_ends(document: Document, text: str) -> str:
    """A text that is put in has the line ends of what is around it."""
    return _LINE_END.sub("\r\n", text) if "\n" in text and "\r\n" in document.text.source else text


def _pair(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
