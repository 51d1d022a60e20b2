"""Registers the extension's requests with the language server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from telelens_server import requests

if TYPE_CHECKING:
    from telelens_server.debugging.daemon import Daemon
    from telelens_server.debugging.held import Debugging


def register(server: LanguageServer, daemon: Daemon | None = None) -> None:
    """Add the extension's requests to the server."""
    debugging: list[Debugging] = []

    def held() -> Debugging:
        # Made by the first request: it needs the running loop, and an editor that only edits does without the daemon's
        # protocol, whose import takes as long as a third of a server's start.
        from telelens_server.debugging.daemon import Daemon
        from telelens_server.debugging.held import Debugging

        if not debugging:
            debugging.append(Debugging(server, daemon or Daemon()))
        return debugging[0]

    @server.feature(requests.INTERCEPT)
    async def intercept(_: LanguageServer, given: object) -> Any:
        return await held().intercept(given)

    @server.feature(requests.RELEASE)
    async def release(_: LanguageServer, given: object) -> None:
        await held().release(given)

    @server.feature(requests.RUN)
    async def run(_: LanguageServer, given: object) -> None:
        await held().run(given)

    @server.feature(requests.STATUS)
    async def status(_: LanguageServer, given: object) -> Any:
        return await held().status(given)

    @server.feature(requests.DEBUG_TARGET)
    async def target(_: LanguageServer, given: object) -> Any:
        return await held().debug_target(given)
