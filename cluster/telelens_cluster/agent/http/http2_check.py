"""Asks the pod's own application once, for each port, how it speaks HTTP: which version, and with which names."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Final

from telelens_schemas.matching.http2 import PATH, question, understood

from telelens_cluster.agent.http.header_names import without_capitals

SECONDS: Final = 2.0
AGAIN_SECONDS: Final = 1.0
"""Until an application that does not listen is asked again: an agent is there before what takes long to start."""
HTTP1_QUESTION: Final = b"GET %b HTTP/1.1\r\nHost: telelens\r\nConnection: close\r\n\r\n" % PATH
_LONGEST_HEAD: Final = 16 * 1024


class Http2Check:
    """``answers`` are by container port; ``changed`` is called when something more is known."""

    def __init__(self, host: str, changed: Callable[[], None]) -> None:
        self._host = host
        self._changed = changed
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._wanted: frozenset[int] = frozenset()
        self.answers: dict[int, bool] = {}
        self.lower_names: frozenset[int] = frozenset()
        """Ports whose applications write the names of headers without capitals."""

    def ask(self, ports: Collection[int]) -> None:
        """About those that were not asked about yet. A port that is not among these is not waited for any more."""
        self._wanted = frozenset(ports)
        for port in ports:
            if port not in self._tasks:
                self._tasks[port] = asyncio.get_running_loop().create_task(self._ask(port), name=f"http2 {port}")

    async def _ask(self, port: int) -> None:
        while (said := await self._said(port, question())) is None:
            await asyncio.sleep(AGAIN_SECONDS)
            if port not in self._wanted:
                del self._tasks[port]
                return
        version = understood(said)
        if version is not None:
            # At once: workstations compare with it as soon as an intercept is active, and the other answer may be slow.
            self.answers[port] = version
            self._changed()
        # What refuses a question may be another program than what answers requests: capitals settle it, others do not.
        if without_capitals(said) is not False:
            answer = without_capitals(await self._said(port, HTTP1_QUESTION) or b"")
            if without_capitals(said) if answer is None else answer:
                self.lower_names |= {port}
                self._changed()

    async def _said(self, port: int, asked: bytes) -> bytes | None:
        """The beginning of the answer, its whole head if it is one of HTTP/1; empty where there is none, and None where
        nobody listens."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(SECONDS):
                try:
                    reader, writer = await asyncio.open_connection(self._host, port)
                except ConnectionRefusedError:
                    return None
                try:
                    writer.write(asked)
                    return await read_head(reader)
                finally:
                    writer.transport.abort()
        return b""


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """Nine bytes, by which versions are told apart; of an answer of HTTP/1 the head, as far as it comes."""
    said = b""
    while len(said) < 9 or (said.startswith(b"HTTP/1") and b"\r\n\r\n" not in said and len(said) < _LONGEST_HEAD):
        part = await reader.read(_LONGEST_HEAD)
        if not part:
            break
        said += part
    return said
