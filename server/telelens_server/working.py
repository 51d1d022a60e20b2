"""Work that takes long: in moments or in a thread, so that others are answered meanwhile; the editor is told how far it
is, and it ends when it is not wanted any more: cancelled by the editor, or about a text that has been edited since."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from telelens_server.steps import Steps
from telelens_server.text import EditorText

_MOMENT_SECONDS = 0.02
"""How long others wait at most."""
_PATIENCE_SECONDS = 1.0
"""For an editor that is asked to show progress."""

T = TypeVar("T")
Check = Callable[[], None]
"""Called now and then by what runs in a thread; raises ``Stopped`` when nobody waits for it any more."""


class Stopped(Exception):
    """Ends work in a thread that is not wanted any more. Nobody else hears of it."""


class Work:
    """One piece of work. Every step is a moment in which others are answered, and in which it can be cancelled."""

    def __init__(
        self, server: LanguageServer, token: types.ProgressToken | None, text: EditorText | None = None
    ) -> None:
        self._server = server
        self._token = token
        self._text = text
        self._source = text.source if text is not None else ""

    async def step(self, message: str = "", done: int | None = None) -> None:
        """Raises ``asyncio.CancelledError`` where the editor has cancelled it, or has edited the text."""
        self._check()
        if self._token is not None and (message or done is not None):
            report = types.WorkDoneProgressReport(message=message or None, percentage=done)
            self._server.protocol.progress.report(self._token, report)
        await asyncio.sleep(0)
        self._check()

    async def in_moments(self, steps: Steps[T]) -> T:
        """What the steps make; others are answered between them."""
        until = time.monotonic() + _MOMENT_SECONDS
        while True:
            try:
                next(steps)
            except StopIteration as ended:
                result: T = ended.value
                return result
            if time.monotonic() >= until:
                await self.step()
                until = time.monotonic() + _MOMENT_SECONDS

    async def in_background(self, work: Callable[[Check], T]) -> T:
        """What ``work`` makes in a thread. It must touch nothing that others change; once this is cancelled, or the
        text is edited, it ends at its next check."""
        stop = threading.Event()

        def check() -> None:
            if stop.is_set() or self._is_stale:
                raise Stopped

        try:
            made = await asyncio.to_thread(work, check)
        except Stopped:
            raise asyncio.CancelledError from None
        finally:
            stop.set()
        self._check()
        return made

    def _check(self) -> None:
        is_cancelled = self._token is not None and self._server.protocol.progress.tokens[self._token].cancelled()
        if is_cancelled or self._is_stale:
            raise asyncio.CancelledError

    @property
    def _is_stale(self) -> bool:
        return self._text is not None and self._text.source is not self._source


@asynccontextmanager
async def working(
    server: LanguageServer, token: types.ProgressToken | None, title: str, text: EditorText | None = None
) -> AsyncIterator[Work]:
    """Reports under the editor's ``token``; without one, nothing is reported, and it can be cancelled all the same.
    What is made of a ``text`` ends when that is edited. Within other work under that token it is a part of that."""
    progress = server.protocol.progress
    if token is None or token in progress.tokens:
        yield Work(server, token, text)
        return
    progress.begin(token, types.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
    # What waits for a thread comes to no step: it is woken.
    task = asyncio.current_task()
    if task is not None:
        progress.tokens[token].add_done_callback(lambda _: task.cancel())
    try:
        yield Work(server, token, text)
    finally:
        progress.tokens.pop(token, None)
        progress.end(token, types.WorkDoneProgressEnd())


async def new_token(server: LanguageServer) -> types.ProgressToken | None:
    """For a request that brings none; ``None`` where the editor does not want to show it."""
    token = str(uuid.uuid4())
    progress = server.protocol.progress
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await progress.create_async(token)
    except (TimeoutError, JsonRpcException):
        return None
    progress.tokens.pop(token, None)  # whose work has not begun
    return token
