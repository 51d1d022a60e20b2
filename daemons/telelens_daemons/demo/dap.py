"""A small client of the Debug Adapter Protocol: enough to set a breakpoint, look at variables and go on.

The protocol: https://microsoft.github.io/debug-adapter-protocol/specification. What debugpy adds to it: the ``attach``
request is answered only after ``configurationDone``, and children announce themselves by ``debugpyAttach`` events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from telelens_daemons.errors import UserError

CONNECT_PAUSE = 0.02
"""Seconds between attempts while nothing listens yet."""
ATTEMPT_SECONDS = 3.0
"""For one attempt to attach: a debugger whose process has just ended would keep its client waiting for the next."""
FAREWELL_SECONDS = 2.0
"""For the answer to ``disconnect``."""


class DebuggerFailed(UserError):
    """The debugger refused a request or went away."""

    code = "debugger-failed"


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """As the debugger has placed it: its line may differ from the one that was asked for."""

    line: int
    verified: bool


@dataclass(frozen=True, slots=True)
class Frame:
    id: int
    function: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """A thread that waits in the debugger, and why."""

    thread: int
    reason: str


@dataclass(frozen=True, slots=True)
class Subprocess:
    """A child that waits to be attached to; ``arguments`` are those of the attach request."""

    pid: int
    host: str
    port: int
    arguments: Mapping[str, Any]


class DebugClient:
    """One debug session, from ``attached`` to ``disconnect``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._sequence = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._attached: asyncio.Task[dict[str, Any]] | None = None
        self._initialized = asyncio.Event()
        self._stops: asyncio.Queue[Stopped] = asyncio.Queue()
        self._subprocesses: asyncio.Queue[Subprocess] = asyncio.Queue()
        self.terminated = asyncio.Event()
        """Set when the debugged process has ended or the debugger is gone."""
        self._receiving = asyncio.create_task(self._receive(), name="debug client")

    @classmethod
    async def attached(
        cls,
        host: str,
        port: int,
        *,
        arguments: Mapping[str, Any] | None = None,
        just_my_code: bool = True,
        within: float = 10.0,
    ) -> Self:
        """Attach to the process that listens there, or to the Subprocess whose ``arguments`` are given; breakpoints
        can be set then, before ``configuration_done``.

        Tries for up to ``within`` seconds: the process may have yet to listen, and the debugger of one that has just
        ended takes connections a moment longer. Raises DebuggerFailed.
        """
        deadline = asyncio.get_running_loop().time() + within
        wanted = dict(arguments) if arguments is not None else {"justMyCode": just_my_code}
        while True:
            try:
                client = cls(*await asyncio.open_connection(host, port))
                try:
                    async with asyncio.timeout(ATTEMPT_SECONDS):
                        await client._attach(wanted)
                except BaseException:
                    await client.disconnect()
                    raise
                return client
            except (OSError, TimeoutError, DebuggerFailed) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise DebuggerFailed(
                        f"no process can be debugged on {host}:{port} after {within:g} s: {error}",
                        hint="look at the handler's output: did it start a Python program?",
                    ) from error
            await asyncio.sleep(CONNECT_PAUSE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def _attach(self, arguments: dict[str, Any]) -> None:
        await self.request("initialize", {"clientID": "telelens", "adapterID": "debugpy", "pathFormat": "path"})
        self._attached = asyncio.create_task(self.request("attach", arguments), name="debug attach")
        initialized = asyncio.create_task(self._initialized.wait(), name="debugger initialized")
        try:
            await asyncio.wait({initialized, self._attached}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            initialized.cancel()
        if self._attached.done():
            self._attached.result()

    async def set_breakpoints(self, path: Path, lines: list[int]) -> list[Breakpoint]:
        """Replace the breakpoints of a file."""
        answer = await self.request(
            "setBreakpoints",
            {"source": {"path": str(path)}, "breakpoints": [{"line": line} for line in lines]},
        )
        return [Breakpoint(placed.get("line", 0), placed["verified"]) for placed in answer["breakpoints"]]

    async def configuration_done(self) -> None:
        """Let the process run (on)."""
        await self.request("configurationDone")
        if self._attached is not None:
            await self._attached

    async def stopped(self) -> Stopped:
        """Wait for the next stop."""
        return await self._stops.get()

    async def subprocess(self) -> Subprocess:
        """Wait for the next child process."""
        return await self._subprocesses.get()

    async def stack(self, thread: int) -> list[Frame]:
        """Return the frames of a stopped thread, innermost first."""
        answer = await self.request("stackTrace", {"threadId": thread})
        return [
            Frame(frame["id"], frame["name"], frame.get("source", {}).get("path", ""), frame["line"])
            for frame in answer["stackFrames"]
        ]

    async def local_variables(self, frame: Frame) -> dict[str, str]:
        """Return the ``repr`` of each, by name."""
        scopes = (await self.request("scopes", {"frameId": frame.id}))["scopes"]
        reference = scopes[0]["variablesReference"]
        answer = await self.request("variables", {"variablesReference": reference})
        return {variable["name"]: variable["value"] for variable in answer["variables"]}

    async def go_on(self, thread: int) -> None:
        """Continue all threads."""
        await self.request("continue", {"threadId": thread})

    async def ended(self) -> None:
        """Wait until the process has ended and its debugger has left the port.

        Only then can the handler's next process be attached to: who attaches to a debugger that is about to leave
        waits there for a process that never comes, and keeps the port from the next one.
        """
        await self.terminated.wait()
        host, port = self._writer.get_extra_info("peername")[:2]
        await self.disconnect()
        with suppress(OSError):
            while True:
                _, writer = await asyncio.open_connection(host, port)
                writer.close()
                await writer.wait_closed()
                await asyncio.sleep(CONNECT_PAUSE)

    async def disconnect(self) -> None:
        """End the session; the process runs on without breakpoints. Twice is once."""
        with suppress(DebuggerFailed, TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.request("disconnect", {"terminateDebuggee": False})
        self._writer.close()
        self._receiving.cancel()
        unfinished: list[asyncio.Task[Any]] = [self._receiving]
        if self._attached is not None:
            self._attached.cancel()
            unfinished.append(self._attached)
        await asyncio.gather(*unfinished, return_exceptions=True)
        with suppress(OSError):
            await self._writer.wait_closed()

    async def request(self, command: str, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send any request and return the body of its answer. Raises DebuggerFailed."""
        if self._receiving.done():
            raise DebuggerFailed(f"the debugger is gone, it cannot be asked to {command}")
        self._sequence += 1
        number = self._sequence
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"seq": number, "type": "request", "command": command, "arguments": dict(arguments or {})}
        body = json.dumps(message).encode()
        try:
            self._writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            answer = await self._answers[number]
        finally:
            del self._answers[number]
        if not answer["success"]:
            raise DebuggerFailed(f"the debugger refused to {command}: {answer.get('message', '')}")
        return answer.get("body") or {}

    async def _receive(self) -> None:
        try:
            while True:
                header = await self._reader.readuntil(b"\r\n\r\n")
                length = int(header.partition(b"Content-Length:")[2].split(b"\r\n", 1)[0])
                self._take(json.loads(await self._reader.readexactly(length)))
        except (asyncio.IncompleteReadError, OSError):
            return
        finally:
            self.terminated.set()
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(DebuggerFailed("the debugger went away"))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "response":
            answer = self._answers.get(message["request_seq"])
            if answer is not None and not answer.done():
                answer.set_result(message)
        elif message["type"] == "event":
            self._take_event(message["event"], message.get("body") or {})

    def _take_event(self, event: str, body: dict[str, Any]) -> None:
        match event:
            case "initialized":
                self._initialized.set()
            case "stopped":
                self._stops.put_nowait(Stopped(body["threadId"], body["reason"]))
            case "terminated":
                self.terminated.set()
            case "debugpyAttach":
                connect = body["connect"]
                self._subprocesses.put_nowait(Subprocess(body["subProcessId"], connect["host"], connect["port"], body))
