"""The buttons above specifications, intercepts and workloads; the commands behind them are the extension's.

Beside a button stands who has taken the workload already, once the cluster has said so. What this version would refuse
to run has no button for it, but why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Intercept, Range, Specification, Workload, not_runnable
from telelens_schemas.specification.expanding import Expanded
from telelens_schemas.specification.places import Place, place_of
from telelens_schemas.suggestions import listing

from telelens_server.cluster.interceptions import Interceptions, Preview
from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.judgements import Judgements
from telelens_server.requests import InterceptPlace
from telelens_server.steps import collected
from telelens_server.working import working

RUN = "telelens.run"
DEBUG = "telelens.debug"
STOP = "telelens.stop"
INTERCEPT = "telelens.intercept"
INTERCEPT_AND_DEBUG = "telelens.interceptAndDebug"
OPEN_PREVIEW = "telelens.openPreview"
_REFUSED = "This version cannot run:"
NO_COMMAND = ""
"""Of a lens that is there to be read."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What may change though the text is the same."""

    statuses: list[tuple[str, str]]
    refusal: str


class CodeLenses:
    """Answers ``textDocument/codeLens``, and has the editor ask again when somebody comes or goes, or when a template
    turns out to be something else."""

    def __init__(
        self,
        server: LanguageServer,
        documents: Documents,
        judgements: Judgements,
        interceptions: Interceptions,
        editor: Editor,
    ) -> None:
        self._server = server
        self._documents = documents
        self._judgements = judgements
        self._interceptions = interceptions
        self._editor = editor
        self._shown: dict[str, _Shown] = {}

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_CODE_LENS, self.lenses, types.CodeLensOptions(work_done_progress=True))
        self._interceptions.listen(self._refresh)
        self._judgements.listen(self._judged)

    async def lenses(self, params: types.CodeLensParams) -> list[types.CodeLens]:
        """The buttons of a document."""
        uri = params.text_document.uri
        document = self._documents.get(uri)
        if document is None:
            return []
        async with working(self._server, params.work_done_token, "Looking for intercepts", document.text) as work:
            refusal = ""
            if document.is_specification:
                expanded = await self._judgements.settled(document)
                await work.step()
                refusal = _refusal(document, expanded)
            found = await work.in_moments(collected(self._lenses(document, refusal)))
        if found:
            self._shown[uri] = _Shown(_statuses(found), refusal)
        return found

    def _lenses(self, document: Document, refusal: str) -> Iterator[types.CodeLens]:
        yield from self._on_manifests(document)
        if document.is_specification:
            for ordinal, specification in enumerate(document.reading.specifications):
                yield from self._on_specification(document, ordinal, specification, refusal)

    def _refresh(self) -> None:
        stale = False
        for uri, shown in list(self._shown.items()):
            document = self._documents.get(uri)
            if document is None:
                del self._shown[uri]
            elif shown.statuses != _statuses(self._lenses(document, shown.refusal)):
                stale = True
        if stale:
            self._have_asked_again()

    def _judged(self, uri: str) -> None:
        shown, document = self._shown.get(uri), self._documents.specification(uri)
        if shown is None or document is None:
            return
        expanded = self._judgements.of(document)
        if expanded is not None and shown.refusal != _refusal(document, expanded):
            self._have_asked_again()

    def _have_asked_again(self) -> None:
        if self._editor.can("workspace.code_lens.refresh_support"):
            self._server.workspace_code_lens_refresh(None)

    def _on_specification(
        self, document: Document, ordinal: int, specification: Specification, refusal: str
    ) -> Iterator[types.CodeLens]:
        uri = document.text.uri
        first = min((place.key for place in specification.source.places.values()), default=None)
        if first is None:
            return
        # What ran before it was edited can be stopped.
        buttons = (("Stop", STOP),) if refusal else (("Run", RUN), ("Debug", DEBUG), ("Stop", STOP))
        for title, command in buttons:
            yield _lens(document, first, types.Command(title, command, arguments=[{"uri": uri}]))
        if refusal:
            yield _lens(document, first, types.Command(refusal, NO_COMMAND))
        for number, workload in enumerate(specification.workloads):
            place = place_of(specification, workload)
            status = (
                self._status(place, workload.bare_name, None) if place is not None and workload.intercepts else None
            )
            previews = self._interceptions.previews(place, workload.bare_name) if status is not None and place else ()
            for which, intercept in enumerate(workload.intercepts):
                where = intercept.source.range
                at = InterceptPlace(specification=ordinal, workload=number, intercept=which)
                yield _lens(document, where, _intercept_and_debug(document, specification, workload, intercept, at))
                if status is not None:
                    yield _lens(document, where, status)
                for preview in previews:
                    yield _lens(document, where, _open(preview))

    def _on_manifests(self, document: Document) -> Iterator[types.CodeLens]:
        seen: Counter[tuple[str, str, str | None]] = Counter()
        for workload in document.manifests:
            called = workload.kind, workload.name, workload.namespace
            where = types.Range(document.text.position_at(workload.start), document.text.position_at(workload.end))
            argument = {
                "uri": document.text.uri,
                **_present(kind=workload.kind, name=workload.name, namespace=workload.namespace),
                "occurrence": seen[called],
            }
            seen[called] += 1
            for title, command in (("Intercept & Debug", INTERCEPT_AND_DEBUG), ("Intercept", INTERCEPT)):
                yield types.CodeLens(where, types.Command(title, command, arguments=[argument]))
            status = self._status(Place(namespace=workload.namespace), workload.name, workload.kind)
            if status is not None:
                yield types.CodeLens(where, status)

    def _status(self, place: Place, workload: str, kind: str | None) -> types.Command | None:
        said = self._interceptions.interceptions(place, workload, kind, datetime.now().astimezone())
        return types.Command(said, NO_COMMAND) if said else None


def _refusal(document: Document, expanded: Expanded | None) -> str:
    """Why a run would be refused, though nothing is wrong; empty: it would not."""
    if expanded is None:
        return ""
    count = len(document.reading.specifications)
    if count > 1:
        return f"{_REFUSED} {count} specifications in one file"
    lines: dict[str, int] = {}
    for problem in expanded.found(lambda reading: not_runnable(reading, document.name)):
        if problem.is_error:
            lines.setdefault(problem.path.rpartition(".")[2], problem.range.line)
    said = [f"{key} (line {line})" for key, line in lines.items()]
    return f"{_REFUSED} {listing(said, most=2)}" if said else ""


def _open(preview: Preview) -> types.Command:
    title = f"Preview URL of {preview.owner}" if preview.owner else "Preview URL"
    return types.Command(title, OPEN_PREVIEW, arguments=[{"url": preview.url}])


def _statuses(lenses: Iterator[types.CodeLens] | list[types.CodeLens]) -> list[tuple[str, str]]:
    """What the cluster says, and in which order: not where, for that moves with each line."""
    commands = [lens.command for lens in lenses if lens.command is not None]
    return [(one.title, str(one.arguments)) for one in commands if one.command in (NO_COMMAND, OPEN_PREVIEW)]


def _intercept_and_debug(
    document: Document, specification: Specification, workload: Workload, intercept: Intercept, place: InterceptPlace
) -> types.Command:
    namespace = specification.namespace_of(workload)
    argument = {
        "uri": document.text.uri,
        "intercept": intercept.name or workload.name,
        # A specification does not say the kind of a workload: the daemon finds it by its name.
        "workload": _present(kind=None, name=workload.name, namespace=namespace),
        **_present(port=intercept.port, service=intercept.service),
        # Names may stand twice in a file, and one that a template writes is not known yet.
        "place": asdict(place),
    }
    return types.Command("Intercept & Debug", INTERCEPT_AND_DEBUG, arguments=[argument])


def _lens(document: Document, where: Range, command: types.Command) -> types.CodeLens:
    first_line = Range(where.line, where.column, where.line, where.column)
    return types.CodeLens(document.text.to_editor(first_line), command)


def _present(**keys: str | None) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}
