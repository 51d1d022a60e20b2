"""Shows beside the text what is not written: defaults, what ``auto`` stands for, and what templates expand to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import PurePath

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Handler, Intercept, Range, Workload
from telelens_schemas.specification.models import DEFAULT_LOCAL_PORT

from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.steps import Steps
from telelens_server.templating.expansion import Expansions
from telelens_server.working import working

AUTO = "auto"
_LONGEST = 60
_Wanted = Callable[[Range], bool]


class InlayHints:
    """Answers ``textDocument/inlayHint``."""

    def __init__(self, server: LanguageServer, documents: Documents, editor: Editor, expansions: Expansions) -> None:
        self._server = server
        self._documents = documents
        self._editor = editor
        self._expansions = expansions

    def register(self) -> None:
        """Answer."""
        options = types.InlayHintOptions(work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_INLAY_HINT, self.hints, options)

    async def hints(self, params: types.InlayHintParams) -> list[types.InlayHint]:
        """Those of the lines that the editor shows."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return []
        first, last = params.range.start.line + 1, params.range.end.line + 1

        def is_wanted(where: Range) -> bool:
            return where.line <= last and first <= where.end_line

        async with working(self._server, params.work_done_token, "Looking for defaults", document.text) as work:
            found = await work.in_moments(_defaults(document, is_wanted))
        if self._editor.is_trusted:
            found += self._expanded(document, first - 1, last - 1)
        return [one for one in found if first - 1 <= one.position.line <= last - 1]

    def _expanded(self, document: Document, first: int, last: int) -> Iterator[types.InlayHint]:
        template = document.template
        if template is None:
            return
        for one in self._expansions.of(template):
            position = document.text.position_at(one.end)
            if first <= position.line <= last:
                label = "→ " + " · ".join(_shown(value) for value in one.values[:3])
                more = ", …" if len(one.values) > 3 else ""
                yield types.InlayHint(position, label + more, tooltip="What it expands to now", padding_left=True)


def _defaults(document: Document, is_wanted: _Wanted) -> Steps[list[types.InlayHint]]:
    """Pauses after each handler and workload."""
    found: list[types.InlayHint] = []
    for one in document.reading.specifications:
        for handler in one.handlers:
            if is_wanted(handler.source.range):
                found += _of_handler(document, handler)
            yield
        for workload in one.workloads:
            if is_wanted(workload.source.range):
                for intercept in workload.intercepts:
                    if intercept.enabled and is_wanted(intercept.source.range):
                        found += _of_intercept(document, workload, intercept)
            yield
    return found


def _of_handler(document: Document, handler: Handler) -> Iterator[types.InlayHint]:
    script = handler.script
    if script is None or "shell" in script.source.places or "run" not in script.source.places:
        return
    shell = PurePath(os.environ.get("SHELL", "")).name or "sh"
    # Where a block's text begins is seldom in this line, and where it ends is far away.
    line = script.source.places["run"].key.line - 1
    end = document.text.position(line, len(document.text.line(line).rstrip()))
    about = "No shell is given: it is the user's."
    yield types.InlayHint(end, f"shell: {shell}", tooltip=about, padding_left=True)


def _of_intercept(document: Document, workload: Workload, intercept: Intercept) -> Iterator[types.InlayHint]:
    source = intercept.source
    if "localPort" not in source.places:
        about = f"No localPort is given: the handler listens on {DEFAULT_LOCAL_PORT}."
        values = (source.places[key].value for key in ("port", "handler") if key in source.places)
        beside = next((value for value in values if _is_inside(source.range, value)), None)
        if beside is not None and beside.line == beside.end_line:
            yield _behind(document, beside, f"→ localPort {DEFAULT_LOCAL_PORT}", about)
    for header in intercept.headers:
        if header.value == AUTO and "value" in header.source.places:
            name = intercept.name or workload.name
            about = "A value that is this intercept's alone; it is made when the intercept is, and shown then."
            yield _behind(document, header.source.places["value"].value, f"→ SESSION:{name}", about)


def _is_inside(whole: Range, part: Range) -> bool:
    """What is merged in stands elsewhere."""
    begins = (whole.line, whole.column) <= (part.line, part.column)
    return begins and (part.end_line, part.end_column) <= (whole.end_line, whole.end_column)


def _behind(document: Document, where: Range, label: str, tooltip: str) -> types.InlayHint:
    return types.InlayHint(document.text.to_editor(where).end, label, tooltip=tooltip, padding_left=True)


def _shown(value: str) -> str:
    """On one line, shortened."""
    line = " ".join(value.split())
    return f"{line[:_LONGEST]}…" if len(line) > _LONGEST else line or '""'
