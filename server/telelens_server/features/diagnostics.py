"""Pushes what is wrong with a specification while it is typed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import chain

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Problem, Related, Severity, Tag

from telelens_server.documentation import section
from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.features.watched_files import WatchedFiles
from telelens_server.findings import Findings
from telelens_server.steps import Steps, at_once, collected

SOURCE = "telelens"
MOST = 1000
"""As many as VS Code shows of a file. To write tens of thousands keeps everybody else waiting."""
_LONGEST_PAUSE = 0.1
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
_TAGS = {Tag.UNUSED: types.DiagnosticTag.Unnecessary, Tag.DEPRECATED: types.DiagnosticTag.Deprecated}


class Diagnostics:
    """Answers every opening and every edit; a document that is not ours hears nothing, and an editor that asks for
    diagnostics (``pulled_diagnostics``) neither."""

    def __init__(
        self,
        server: LanguageServer,
        documents: Documents,
        findings: Findings,
        editor: Editor,
        watched: WatchedFiles,
    ) -> None:
        self._server = server
        self._editor = editor
        self._documents = documents
        self._findings = findings
        self._watched = watched
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._rested_at: dict[str, float] = {}
        self._spoken: set[str] = set()

    def register(self) -> None:
        """Listen."""
        answer(self._server, types.TEXT_DOCUMENT_DID_OPEN, self._opened)
        answer(self._server, types.TEXT_DOCUMENT_DID_CHANGE, self._changed)
        answer(self._server, types.TEXT_DOCUMENT_DID_CLOSE, self._closed)
        self._findings.listen(self._again)

    def _opened(self, params: types.DidOpenTextDocumentParams) -> None:
        self._watched.edited(params.text_document.uri)
        if self._editor.pulls_diagnostics:
            return
        self._publish(params.text_document.uri)

    def _changed(self, params: types.DidChangeTextDocumentParams) -> None:
        self._watched.edited(params.text_document.uri)
        if self._editor.pulls_diagnostics:
            return
        # An edit makes the answer to the one before stale. After an answer comes a pause as long as it took, so that
        # whoever types quickly in a large document has every second moment for other answers.
        uri = params.text_document.uri
        self._cancel(uri)
        loop = asyncio.get_running_loop()
        self._waiting[uri] = loop.call_at(self._rested_at.get(uri, 0.0), self._publish, uri)

    def _again(self, uri: str) -> None:
        # While an edit waits for its answer, that answer says it, too.
        if uri not in self._waiting and not self._editor.pulls_diagnostics:
            self._publish(uri)

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        self._watched.edited(uri)
        self._cancel(uri)
        self._rested_at.pop(uri, None)
        self._documents.forget(uri)
        if uri in self._spoken:
            self._say(uri, None, [])

    def _cancel(self, uri: str) -> None:
        handle = self._waiting.pop(uri, None)
        if handle is not None:
            handle.cancel()

    def _publish(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        began = time.monotonic()
        document = self._documents.specification(uri)
        if document is not None:
            problems = self._findings.of(document)
            if problems is None:
                return  # said once it is known: what was said until now is no worse than a part of it
            self._say(uri, document.text.version, at_once(diagnostics_of(document, problems)))
        elif uri in self._spoken:
            self._say(uri, None, [])
        now = time.monotonic()
        self._rested_at[uri] = now + min(now - began, _LONGEST_PAUSE)

    def _say(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        if found:
            self._spoken.add(uri)
        elif uri in self._spoken:
            self._spoken.discard(uri)
        self._server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))


def diagnostics_of(document: Document, problems: Sequence[Problem]) -> Steps[list[types.Diagnostic]]:
    """What is wrong, in the editor's words; of more than an editor shows the worst, and how many are left out. Pauses
    after each."""
    if len(problems) <= MOST:
        return collected(to_diagnostic(document, problem) for problem in problems)
    worst = sorted(problems, key=lambda one: (_SEVERITIES[one.severity].value, one.range))[: MOST - 1]
    found = (to_diagnostic(document, problem) for problem in worst)
    return collected(chain((_left_out(len(problems) - len(worst)),), found))


def _left_out(count: int) -> types.Diagnostic:
    start = types.Position(0, 0)
    return types.Diagnostic(
        range=types.Range(start, start),
        message=f"{count} more findings are not shown: telelens intercept validate shows all",
        severity=types.DiagnosticSeverity.Information,
        source=SOURCE,
    )


def to_diagnostic(document: Document, problem: Problem) -> types.Diagnostic:
    """One finding."""
    text = document.text
    return types.Diagnostic(
        range=text.to_editor(problem.range),
        message=problem.message,
        severity=_SEVERITIES[problem.severity],
        code=problem.code.value,
        code_description=_described(problem.code.value),
        source=SOURCE,
        tags=[_TAGS[tag] for tag in problem.tags] or None,
        related_information=[
            types.DiagnosticRelatedInformation(_location(document, one), one.message) for one in problem.related
        ]
        or None,
    )


def _location(document: Document, related: Related) -> types.Location:
    """In another file, of which only the lines are known here, all of its first one."""
    if not related.file:
        return types.Location(document.text.uri, document.text.to_editor(related.range))
    line = related.range.line
    return types.Location(related.file, types.Range(types.Position(line - 1, 0), types.Position(line, 0)))


def _described(code: str) -> types.CodeDescription | None:
    href = section(code)
    return types.CodeDescription(href) if href is not None else None
