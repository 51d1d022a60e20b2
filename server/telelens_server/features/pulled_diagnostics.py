"""Answers editors that ask for diagnostics: of a document, and of every specification in the workspace."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.features.diagnostics import diagnostics_of
from telelens_server.features.watched_files import WatchedFiles
from telelens_server.findings import Findings
from telelens_server.steps import Steps, at_once
from telelens_server.working import Work, working
from telelens_server.workspace_files import Remembered, WorkspaceFiles

_REST_SECONDS = 30.0
"""An editor that gets its answer in parts asks again at once: nothing is looked for before something has changed, or
so long after the last time."""
_LARGE = 100_000
"""Characters that take longer to read than another answer may wait."""
_PAUSE_SECONDS = 0.01
_Report = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


@dataclass(frozen=True, slots=True)
class _Checked:
    """A file; ``is_alone``: what is wrong with it depends on nothing but its text."""

    items: list[types.Diagnostic]
    result: str
    is_alone: bool


class PulledDiagnostics:
    """Answers ``textDocument/diagnostic`` and ``workspace/diagnostic``."""

    def __init__(
        self,
        server: LanguageServer,
        documents: Documents,
        findings: Findings,
        editor: Editor,
        files: WorkspaceFiles,
        watched: WatchedFiles,
    ) -> None:
        self._server = server
        self._documents = documents
        self._findings = findings
        self._editor = editor
        self._files = files
        self._closed = Remembered(files, self._of_closed)
        self._watched = watched
        self._changed: asyncio.Event | None = None
        self._asking: Counter[str] = Counter()
        """Documents by how many are waiting to hear of them."""

    def register(self) -> None:
        """Answer."""
        options = types.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=True, identifier="telelens", work_done_progress=True
        )
        answer(self._server, types.TEXT_DOCUMENT_DIAGNOSTIC, self.of_document, options)
        answer(self._server, types.WORKSPACE_DIAGNOSTIC, self.of_workspace)
        self._watched.listen(self._beside_changed)
        self._editor.on_trust(self._beside_changed)
        self._documents.on_close(self._wake)
        self._findings.listen(self._found_more)

    async def of_document(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        """Everything that is wrong with a document, or that it is what it was."""
        document = self._documents.specification(params.text_document.uri)
        if document is not None and len(document.text.source) > _LARGE:
            # Editors ask this with every key, and right behind it for what the user waits for: that is answered first.
            # And of two keys in so short a time only the second costs anything.
            await asyncio.sleep(_PAUSE_SECONDS)
            document = self._documents.specification(params.text_document.uri)
        self._asking[params.text_document.uri] += 1
        try:
            async with working(self._server, params.work_done_token, "Checking the specification") as work:
                items = await self._items(document, work) if document is not None else []
                result = await work.in_moments(_result_of(items))
        finally:
            self._asking -= Counter([params.text_document.uri])
        if result == params.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
        return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=result)

    async def of_workspace(self, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        """The same of every specification in the folders of the workspace."""
        before = {one.uri: one.value for one in params.previous_result_ids}
        changed = self._changed = self._changed or asyncio.Event()
        token = params.work_done_token
        while True:
            changed.clear()
            async with working(self._server, token, "Checking specifications") as work:
                reports = [report async for report in self._reports(before, work)]
            token = None  # it has ended: what is looked at later is told to nobody
            news = [one for one in reports if isinstance(one, types.WorkspaceFullDocumentDiagnosticReport)]
            if news or params.partial_result_token is None:
                return types.WorkspaceDiagnosticReport(items=reports)
            await _rest(changed)

    async def _reports(self, before: Mapping[str, str], work: Work) -> AsyncIterator[_Report]:
        workspace = self._server.workspace
        for document in self._files.opened(workspace):
            await work.step()
            items = await self._items(document, work)
            result = await work.in_moments(_result_of(items))
            yield _report(document.text.uri, items, result, before, document.text.version)
        closed = await self._closed.every(workspace, work)
        for uri, one in closed:
            yield _report(uri, one.items, one.result, before, None)
        there = {*(uri for uri, _ in closed), *(document.text.uri for document in self._files.opened(workspace))}
        for uri in before.keys() - there:
            # Deleted, renamed, or no specification any more: what was said of it must go.
            yield _report(uri, [], at_once(_result_of([])), before, None)

    async def _items(self, document: Document, work: Work) -> list[types.Diagnostic]:
        while True:
            # The text may become another one meanwhile: then this answers for the other one.
            problems = await self._findings.settled(document)
            source = document.text.source
            items = await work.in_moments(diagnostics_of(document, problems))
            if document.text.source is source:
                return items

    async def _of_closed(self, document: Document, work: Work) -> _Checked:
        """What is wrong with a file that is not open: no cluster is asked for it."""
        items = await work.in_moments(diagnostics_of(document, await self._findings.of_closed(document)))
        result = await work.in_moments(_result_of(items))
        return _Checked(items, result, is_alone=not document.is_templated and "compose" not in document.text.source)

    def _beside_changed(self) -> None:
        """Files beside the specifications, or what the user allows."""
        self._closed.forget(lambda one: not one.is_alone)
        self._wake()

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.set()

    def _found_more(self, uri: str) -> None:
        self._wake()
        if self._asking[uri]:
            return  # and is told now
        if self._editor.pulls_diagnostics and self._editor.can("workspace.diagnostics.refresh_support"):
            self._server.workspace_diagnostic_refresh(None)


async def _rest(changed: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_REST_SECONDS):
            await changed.wait()
    except TimeoutError:
        return


def _report(
    uri: str, items: list[types.Diagnostic], result: str, before: Mapping[str, str], version: int | None
) -> _Report:
    if before.get(uri) == result:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=result, version=version)
    return types.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, result_id=result, version=version)


def _result_of(items: list[types.Diagnostic]) -> Steps[str]:
    """The same for the same diagnostics."""
    digest = hashlib.blake2b(digest_size=12)
    for part in _parts(items):
        digest.update(part.encode("utf-8", "surrogatepass"))
        yield
    return digest.hexdigest()


def _parts(items: list[types.Diagnostic]) -> Iterator[str]:
    for one in items:
        yield f"{one.range} {one.severity} {one.code} {one.message}\0"
        for other in one.related_information or ():
            yield f"{other.location.range} {other.message}\0"
