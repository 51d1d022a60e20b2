"""Offers what could be done about the text under the cursor: fixes, refactorings, and to mend everything at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Problem

from telelens_server.actions.conversion import conversion, is_conversion, renewal, resolved
from telelens_server.actions.extraction import creation, extraction
from telelens_server.actions.fixes import FIX_ALL, fix_all, fixes
from telelens_server.actions.launching import launching
from telelens_server.actions.references import references
from telelens_server.actions.repairs import repairs
from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.findings import Findings
from telelens_server.working import new_token, working

_Kind = types.CodeActionKind
_LARGE = 100_000
"""Characters that take long enough to rewrite for an editor to show it."""
KINDS = (_Kind.QuickFix, _Kind.RefactorExtract, _Kind.RefactorRewrite, FIX_ALL)


class CodeActions:
    """Answers ``textDocument/codeAction``."""

    def __init__(self, server: LanguageServer, documents: Documents, findings: Findings, editor: Editor) -> None:
        self._server = server
        self._editor = editor
        self._documents = documents
        self._findings = findings

    def register(self) -> None:
        """Answer."""
        options = types.CodeActionOptions(code_action_kinds=list(KINDS), resolve_provider=True, work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_CODE_ACTION, self.actions, options)
        answer(self._server, types.CODE_ACTION_RESOLVE, self.resolve)

    async def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Of the kinds that were asked for; to mend everything only if that was."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return []
        only = [_text(kind) for kind in params.context.only or ()]
        is_asked = params.context.trigger_kind is not types.CodeActionTriggerKind.Automatic
        problems = await self._findings.settled(document)
        wanted = [
            one
            for one in self._found(document, problems, params.range, only, is_asked=is_asked)
            if not only or any(_is_a(_text(one.kind), kind) for kind in only)
        ]
        found: list[types.CodeAction] = []
        async with working(self._server, params.work_done_token, "Rewriting", document.text) as work:
            for one in wanted:
                # An editor that can asks for the edits when its user has chosen; what mends a finding is whole.
                if is_conversion(one) and not (self._can_resolve and one.kind is _Kind.RefactorRewrite):
                    one.edit = next((other.edit for other in found if other.data == one.data), None)
                    whole = one if one.edit is not None else await resolved(document, one, work)
                    if whole.edit is None or _says_nothing_new(whole, found):
                        continue
                found.append(one)
        return found

    async def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """With the edits that were left out."""
        uri = action.data.get("uri") if isinstance(action.data, Mapping) else None
        document = self._documents.specification(uri) if isinstance(uri, str) else None
        if document is None:
            return action
        is_large = len(document.text.source) > _LARGE and self._editor.can("window.work_done_progress")
        token = await new_token(self._server) if is_large else None
        async with working(self._server, token, action.title, document.text) as work:
            found = await resolved(document, action, work)
        if found.edit is None:
            said = f'"{action.title}": the text cannot be read, or would mean something else then. Rewrite it by hand'
            self._server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, said))
        return found

    @property
    def _can_resolve(self) -> bool:
        return "edit" in self._editor.resolved_of_actions

    def _found(
        self,
        document: Document,
        problems: Sequence[Problem],
        where: types.Range,
        only: Sequence[str],
        *,
        is_asked: bool,
    ) -> Iterator[types.CodeAction]:
        yield from fixes(document, problems, where)
        yield from repairs(document, problems, where)
        yield from references(document, problems, where)
        yield from creation(document, problems, where)
        yield from renewal(document, problems, where)
        yield from extraction(document, where)
        if is_asked:
            # A lamp on each line of an intercept would only be in the way of those that tell of something wrong.
            yield from launching(document, where)
            is_rewriting = any(kind and _is_a(_Kind.RefactorRewrite.value, kind) for kind in only)
            yield from conversion(document, where, is_anywhere=is_rewriting)
        if any(_is_a(FIX_ALL, kind) for kind in only):
            yield from fix_all(document, problems)


def _says_nothing_new(action: types.CodeAction, found: Sequence[types.CodeAction]) -> bool:
    """A finding is mended by the same edits already."""
    return action.kind is _Kind.QuickFix and any(action.edit == other.edit for other in found)


def _text(kind: types.CodeActionKind | str | None) -> str:
    return str(getattr(kind, "value", kind) or "")


def _is_a(kind: str, wanted: str) -> bool:
    """``quickfix.x`` is a ``quickfix``; everything is the empty kind."""
    return wanted == "" or kind == wanted or kind.startswith(f"{wanted}.")
