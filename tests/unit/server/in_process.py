"""The real server without a process around it: messages in, messages out, each as the bytes of the protocol."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import Any

from pygls.lsp.server import LanguageServer
from telelens_server.protocol import make_converter
from telelens_server.server import create_server

URI = "file:///shop/one.ispec.yaml"

_one_converter = functools.cache(make_converter)
"""A converter compiles code for each shape that it meets first: with one for each server, most of a test's time."""


class InProcess:
    """Needs a running loop, and is shut down when that ends: what it follows would be looked at until the loop is
    closed, and in the middle of it."""

    def __init__(self) -> None:
        self.server: LanguageServer = create_server(_one_converter)
        self.written: list[dict[str, Any]] = []
        self.server.protocol.set_writer(self)
        self._number = 0
        self._is_shut_down = False
        self._living = asyncio.create_task(self._live(), name="live until the loop ends")

    async def _live(self) -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            if not self._is_shut_down:
                await self.answered("shutdown", None)

    def write(self, data: bytes) -> None:
        """What the server says."""
        self.written.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Nothing to close."""

    def say(self, method: str, params: Any, **more: Any) -> None:
        self._is_shut_down |= method == "shutdown"
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more})
        protocol = self.server.protocol
        protocol.handle_message(json.loads(body, object_hook=protocol.structure_message))

    def say_result(self, number: Any, result: Any) -> None:
        """The answer to a request of the server's."""
        body = json.dumps({"jsonrpc": "2.0", "id": number, "result": result})
        protocol = self.server.protocol
        protocol.handle_message(json.loads(body, object_hook=protocol.structure_message))

    async def ask(self, method: str, params: Any) -> Any:
        """The result; an error fails the test."""
        message = await self.answered(method, params)
        assert "error" not in message, message
        return message["result"]

    async def answered(self, method: str, params: Any) -> dict[str, Any]:
        """The answer, which may be an error."""
        self._number += 1
        number = self._number
        self.say(method, params, id=number)
        async with asyncio.timeout(60):
            while True:
                for message in self.written:
                    if message.get("id") == number:
                        return message
                await asyncio.sleep(0.001)

    async def initialize(self, **capabilities: Any) -> InProcess:
        await self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
        return self

    def open(self, text: str, uri: str = URI) -> None:
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.say("textDocument/didOpen", {"textDocument": item})

    async def at(self, method: str, line: int, character: int, uri: str = URI) -> Any:
        where = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        return await self.ask(method, where)

    def published(self, uri: str = URI) -> list[dict[str, Any]] | None:
        """The last diagnostics of a document."""
        found = [
            one["params"]["diagnostics"]
            for one in self.written
            if one.get("method") == "textDocument/publishDiagnostics" and one["params"]["uri"] == uri
        ]
        return found[-1] if found else None
