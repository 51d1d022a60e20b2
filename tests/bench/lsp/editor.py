"""The client of both servers: speaks as VS Code does, and notes when an answer has arrived."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

PATIENCE = 60.0
URI = "file:///bench/bench.ispec.yaml"
_TICKS = os.sysconf("SC_CLK_TCK")
_REFRESHES = "workspace/diagnostic/refresh"

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {
        "configuration": True,
        "workspaceFolders": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "codeLens": {"refreshSupport": True},
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "didSave": True},
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "dataSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": False},
        "completion": {
            "contextSupport": True,
            "completionItem": {
                "snippetSupport": True,
                "documentationFormat": ["markdown", "plaintext"],
                "insertReplaceSupport": True,
                "labelDetailsSupport": True,
                "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
            },
            "completionList": {"itemDefaults": ["editRange", "insertTextFormat"]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeLens": {},
    },
}


class Refused(Exception):
    """The server answered a request with an error."""


@dataclass(frozen=True)
class Shown:
    """Diagnostics as they arrived: all messages in one string."""

    at: float
    messages: str


@dataclass(frozen=True)
class Answer:
    """What was asked for, and when the last byte of it was there."""

    result: Any
    sent: float
    at: float

    @property
    def milliseconds(self) -> float:
        """From the question to the last byte of the answer."""
        return (self.at - self.sent) * 1000


class Editor:
    """One open document in one server. Times are of ``time.perf_counter``."""

    def __init__(self, process: asyncio.subprocess.Process, settings: Mapping[str, Any]) -> None:
        self._process = process
        self._settings = settings
        self._answers: dict[int, asyncio.Future[tuple[dict[str, Any], float]]] = {}
        self._version = 0
        self._pulls = False
        self._pulling: int | None = None
        self._outdated = False
        self._arrived = asyncio.Event()
        self._shown: list[Shown] = []
        self._listening = asyncio.create_task(self._listen(), name="listen")
        self.capabilities: dict[str, Any] = {}

    async def initialize(self) -> Answer:
        """Both halves of the handshake; the answer is the first half's."""
        asked = {
            "processId": os.getpid(),
            "rootUri": "file:///bench",
            "workspaceFolders": [{"uri": "file:///bench", "name": "bench"}],
            "capabilities": CAPABILITIES,
            "initializationOptions": {"trusted": True},
        }
        answer = await self.ask("initialize", asked)
        self.capabilities = answer.result["capabilities"]
        self._pulls = "diagnosticProvider" in self.capabilities
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": self._settings})
        return answer

    def open(self, text: str) -> float:
        """Shows the text; when it was sent."""
        self._version = 1
        item = {"uri": URI, "languageId": "yaml", "version": 1, "text": text}
        return self._tell("textDocument/didOpen", {"textDocument": item})

    def edit(self, line: int, start: int, end: tuple[int, int], text: str) -> float:
        """Replaces from a place to a place (line, character); when it was sent."""
        self._version += 1
        place = {
            "start": {"line": line, "character": start},
            "end": {"line": end[0], "character": end[1]},
        }
        changes = [{"range": place, "text": text}]
        document = {"uri": URI, "version": self._version}
        return self._tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    async def at(self, method: str, line: int, character: int) -> Answer:
        """A request about a place in the document."""
        where: dict[str, Any] = {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}}
        return await self.ask(method, where)

    async def about(self, method: str) -> Answer:
        """A request about the whole document."""
        return await self.ask(method, {"textDocument": {"uri": URI}})

    async def ask(self, method: str, params: Any) -> Answer:
        """The answer; raises Refused where it is an error."""
        sent = time.perf_counter()
        message, at = await self._request(method, params)[1]
        if "error" in message:
            raise Refused(f"{method}: {message['error']}")
        return Answer(message.get("result"), sent, at)

    async def until(self, right: Callable[[str], bool]) -> float:
        """When diagnostics arrived that are right, by a test of their messages. Raises TimeoutError."""
        shown = await self.shown_until(right)
        if not shown or not right(shown[-1].messages):
            raise TimeoutError(f"no such diagnostics in {PATIENCE:.0f} s, the last: {shown[-1:]}")
        return shown[-1].at

    async def shown_until(self, right: Callable[[str], bool]) -> list[Shown]:
        """The diagnostics that arrived, up to the first that are right; without those where they do not come."""
        seen: list[Shown] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not seen or not right(seen[-1].messages):
                    if not self._shown:
                        self._arrived.clear()
                        await self._arrived.wait()
                    seen.append(self._shown.pop(0))
        return seen

    def forget(self) -> None:
        """The diagnostics that arrived and that nobody waited for."""
        self._shown.clear()

    @property
    def processor_seconds(self) -> float:
        """What the server's process has used so far."""
        with open(f"/proc/{self._process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def resident(self) -> float:
        """What the server's process holds now, in MB."""
        with open(f"/proc/{self._process.pid}/status") as status:
            (line,) = [one for one in status if one.startswith("VmRSS")]
        return int(line.split()[1]) * 1024 / 1e6

    async def close(self) -> None:
        """Ends the server."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    def _tell(self, method: str, params: Any) -> float:
        sent = time.perf_counter()
        self._notify(method, params)
        self._pull()
        return sent

    def _pull(self) -> None:
        """Asks for diagnostics as vscode-languageclient does: one question at a time, a stale one is cancelled."""
        if not self._pulls:
            return
        if self._pulling is not None:
            if not self._outdated:
                self._outdated = True
                self._notify("$/cancelRequest", {"id": self._pulling})
            return
        self._outdated = False
        self._pulling, answer = self._request("textDocument/diagnostic", {"textDocument": {"uri": URI}})
        answer.add_done_callback(self._pulled)

    def _pulled(self, answer: asyncio.Future[tuple[dict[str, Any], float]]) -> None:
        self._pulling = None
        if answer.cancelled() or answer.exception() is not None:
            return
        message, at = answer.result()
        result = message.get("result") or {}
        if self._outdated:
            self._pull()
        elif result.get("kind") == "full":
            self._show(result["items"], at)

    def _show(self, diagnostics: Sequence[Mapping[str, Any]], at: float) -> None:
        self._shown.append(Shown(at, "\n".join(str(one["message"]) for one in diagnostics)))
        self._arrived.set()

    def _request(self, method: str, params: Any) -> tuple[int, asyncio.Future[tuple[dict[str, Any], float]]]:
        number = len(self._answers) + 1
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return number, answer

    def _notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        length = 0
        while header := await self._process.stdout.readline():
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif not header.strip():
                body = await self._process.stdout.readexactly(length)
                self._take(json.loads(body), time.perf_counter())
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(EOFError("the server has gone"))

    def _take(self, message: dict[str, Any], at: float) -> None:
        if "method" not in message:
            self._answers[message["id"]].set_result((message, at))
        elif "id" in message:
            self._send({"id": message["id"], "result": self._answer(message["method"], message.get("params"))})
        elif message["method"] == "textDocument/publishDiagnostics":
            self._show(message["params"]["diagnostics"], at)

    def _answer(self, method: str, params: Any) -> Any:
        if method == "workspace/configuration":
            return [self._settings.get(one.get("section", "")) for one in params["items"]]
        if method == "client/registerCapability" and any(
            one["method"] == "textDocument/diagnostic" for one in params["registrations"]
        ):
            self._pulls = True
        if method == _REFRESHES:
            asyncio.get_running_loop().call_soon(self._pull)
        return None


@asynccontextmanager
async def editor(command: Sequence[str], settings: Mapping[str, Any]) -> AsyncIterator[tuple[Editor, float]]:
    """One with a server that was just started, and when."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        # A program that is installed finds its own modules compiled.
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        limit=256 * 2**20,
    )
    one = Editor(process, settings)
    try:
        yield one, began
    finally:
        await one.close()
