"""Offers what a finding says should stand there instead."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Problem, Replacement

from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.features.diagnostics import to_diagnostic
from telelens_server.findings import Findings


class QuickFixes:
    """Answers ``textDocument/codeAction``."""

    def __init__(self, server: LanguageServer, documents: Documents, findings: Findings) -> None:
        self._server = server
        self._documents = documents
        self._findings = findings

    def register(self) -> None:
        """Answer."""
        options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        answer(self._server, types.TEXT_DOCUMENT_CODE_ACTION, self.fixes, options)

    def fixes(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """One for each finding in the range that knows better."""
        document = self._documents.specification(params.text_document.uri)
        if document is None or not _wants_fixes(params.context.only):
            return []
        return [
            _fix(document, problem, problem.replacement)
            for problem in self._findings.of(document)
            if problem.replacement is not None and _meet(document.text.to_editor(problem.range), params.range)
        ]


def _wants_fixes(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    return not only or any(str(getattr(kind, "value", kind)) in ("", "quickfix") for kind in only)


def _fix(document: Document, problem: Problem, replacement: Replacement) -> types.CodeAction:
    edit = types.TextEdit(document.text.to_editor(replacement.range), replacement.text)
    return types.CodeAction(
        title=f"Change to {replacement.text}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[to_diagnostic(document, problem)],
        is_preferred=True,
        edit=types.WorkspaceEdit(changes={document.text.uri: [edit]}),
    )


def _meet(one: types.Range, other: types.Range) -> bool:
    return _pair(one.start) <= _pair(other.end) and _pair(other.start) <= _pair(one.end)


def _pair(position: types.Position) -> tuple[int, int]:
    return position.line, position.character
