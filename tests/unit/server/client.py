"""A language client of our own: starts the real server, speaks JSON-RPC with it over its standard streams."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

SECONDS = 20.0
MODULE = (sys.executable, "-m", "telelens_server")


class Client:
    """One conversation. ``diagnostics`` waits for the next ones of a document."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.capabilities: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._published: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._versions: dict[str, int] = {}
        self._listening = asyncio.create_task(self._listen(), name="listen")

    async def request(self, method: str, params: Any) -> Any:
        """The result; an error of the server's fails the test."""
        number = len(self._answers) + 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(self._answers[number], SECONDS)
        assert "error" not in answer, answer
        return answer["result"]

    def notify(self, method: str, params: Any) -> None:
        """Says something that has no answer."""
        self._send({"method": method, "params": params})

    def open(self, uri: str, text: str, language: str = "yaml") -> None:
        """``didOpen``."""
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, *changes: dict[str, Any]) -> None:
        """``didChange``: each change is ``{"text"}`` or ``{"range", "text"}``."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def close(self, uri: str) -> None:
        """``didClose``."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """The next ones that are pushed."""
        queue = self._published.setdefault(uri, asyncio.Queue())
        return (await asyncio.wait_for(queue.get(), SECONDS))["diagnostics"]

    async def diagnostics_of(self, uri: str, version: int) -> list[dict[str, Any]]:
        """Those of a version of the document, older ones skipped."""
        queue = self._published.setdefault(uri, asyncio.Queue())
        while True:
            pushed = await asyncio.wait_for(queue.get(), SECONDS)
            if pushed.get("version") == version:
                return pushed["diagnostics"]

    def is_silent(self, uri: str) -> bool:
        """Whether nothing was pushed that was not taken."""
        return self._published.setdefault(uri, asyncio.Queue()).empty()

    async def at(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """A request about a position."""
        where = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return await self.request(method, {**where, **more})

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        while header := await self.process.stdout.readline():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif not header.strip():
                self._take(json.loads(await self.process.stdout.readexactly(length)))
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(EOFError("the server has gone"))

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            uri = message["params"]["uri"]
            self._published.setdefault(uri, asyncio.Queue()).put_nowait(message["params"])
        elif "method" in message:
            self.messages.append(message)
        else:
            self._answers[message["id"]].set_result(message)

    async def stop(self) -> int:
        """Says goodbye as editors do; the exit status."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        return await asyncio.wait_for(self.process.wait(), SECONDS)


@asynccontextmanager
async def language_client(
    environment: Mapping[str, str] | None = None,
    *,
    prefix: Sequence[str] = (),
    program: Sequence[str] = MODULE,
    **options: Any,
) -> AsyncIterator[Client]:
    """The real server, initialized. ``options`` are client capabilities; ``prefix`` runs it somewhere else."""
    process = await asyncio.create_subprocess_exec(
        *prefix,
        *program,
        "--stdio",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        limit=64 * 1024 * 1024,
    )
    client = Client(process)
    try:
        asked = {"processId": None, "rootUri": None, "capabilities": options}
        client.capabilities = (await client.request("initialize", asked))["capabilities"]
        client.notify("initialized", {})
        yield client
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        client._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await client._listening
