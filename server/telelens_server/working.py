"""Tells the editor how far a request is, and hears when it is not wanted any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.lsp.server import LanguageServer


class Work:
    """One piece of work. Every step is a moment in which others are answered, and in which it can be cancelled."""

    def __init__(self, server: LanguageServer, token: types.ProgressToken | None) -> None:
        self._server = server
        self._token = token

    async def step(self, message: str = "", done: int | None = None) -> None:
        """Raises ``asyncio.CancelledError`` where the editor has cancelled it."""
        if self._token is not None:
            progress = self._server.protocol.progress
            if progress.tokens[self._token].cancelled():
                raise asyncio.CancelledError
            if message or done is not None:
                progress.report(self._token, types.WorkDoneProgressReport(message=message or None, percentage=done))
        await asyncio.sleep(0)


@asynccontextmanager
async def working(server: LanguageServer, token: types.ProgressToken | None, title: str) -> AsyncIterator[Work]:
    """Reports under the editor's ``token``; without one, nothing is reported, and it can be cancelled all the same."""
    if token is None:
        yield Work(server, None)
        return
    progress = server.protocol.progress
    progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
    try:
        yield Work(server, token)
    finally:
        progress.tokens.pop(token, None)
        progress.end(token, types.WorkDoneProgressEnd())
