"""What every kind of code action is made with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lsprotocol import types
from telelens_schemas.specification import Fix, Problem, Range, Replacement

from telelens_server.documents import Document
from telelens_server.features.diagnostics import to_diagnostic

_LINE_END = re.compile(r"\r?\n")


def quick_fix(document: Document, problem: Problem, fix: Fix, *, is_preferred: bool = False) -> types.CodeAction:
    """What mends one finding."""
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[to_diagnostic(document, problem)],
        is_preferred=is_preferred or None,
        edit=workspace_edit(document, fix.edits),
    )


def workspace_edit(document: Document, edits: Iterable[Replacement]) -> types.WorkspaceEdit:
    """Edits of one document."""
    found = [types.TextEdit(_within(document, one.range), _with_ends(document, one.text)) for one in edits]
    return types.WorkspaceEdit(changes={document.text.uri: found})


def meet(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges touch."""
    return _pair(one.start) <= _pair(other.end) and _pair(other.start) <= _pair(one.end)


def _within(document: Document, where: Range) -> types.Range:
    """Whole lines end where the one below begins; below the last there is none, and they end with the text."""
    text = document.text
    found = text.to_editor(where)
    if found.end.line < len(text.line_starts):
        return found
    return types.Range(found.start, text.position_at(len(text.source)))


def _with_ends(document: Document, text: str) -> str:
    """A text that is put in has the line ends of what is around it."""
    return _LINE_END.sub("\r\n", text) if "\n" in text and "\r\n" in document.text.source else text


def _pair(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
