"""Gives a thing of the specification another name, wherever the old one stands."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification.nodes import Kind, plain_kind

from telelens_server.features.answering import answer
from telelens_server.named import Named
from telelens_server.occurrences import ANCHOR, Occurrences

REQUEST_FAILED = types.LSPErrorCodes.RequestFailed.value


class Rename:
    """Answers ``textDocument/prepareRename`` and ``textDocument/rename``."""

    def __init__(self, server: LanguageServer, occurrences: Occurrences) -> None:
        self._server = server
        self._occurrences = occurrences

    def register(self) -> None:
        """Answer."""
        answer(self._server, types.TEXT_DOCUMENT_PREPARE_RENAME, self.prepare)
        options = types.RenameOptions(prepare_provider=True, work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_RENAME, self.rename, options)

    async def prepare(self, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        """What would be renamed; ``None`` where that is nothing."""
        named = await self._named(params)
        return types.PrepareRenamePlaceholder(named.here, named.name) if named is not None else None

    async def rename(self, params: types.RenameParams) -> types.WorkspaceEdit | None:
        """Every edit; raises ``JsonRpcException`` where the new name cannot be."""
        named = await self._named(params)
        if named is None:
            return None
        _check(named, params.new_name)
        changes: dict[str, list[types.TextEdit]] = {}
        for one in named.places:
            changes.setdefault(one.uri, []).append(types.TextEdit(one.range, params.new_name))
        return types.WorkspaceEdit(changes=changes)

    async def _named(self, params: types.PrepareRenameParams | types.RenameParams) -> Named | None:
        return await self._occurrences.at(params.text_document.uri, params.position, params.work_done_token)


def _check(named: Named, new: str) -> None:
    what = named.what
    if not named.pattern.fullmatch(new):
        raise JsonRpcException(f'"{new}" cannot be the name of a {what}: {named.pattern.pattern}', code=REQUEST_FAILED)
    if what != ANCHOR and plain_kind(new) is not Kind.TEXT:
        message = f'YAML reads "{new}" as something else than a name: choose another, as of a {what}'
        raise JsonRpcException(message, code=REQUEST_FAILED)
    if new in named.taken:
        raise JsonRpcException(f'there is another {what} "{new}": choose a name that is free', code=REQUEST_FAILED)
