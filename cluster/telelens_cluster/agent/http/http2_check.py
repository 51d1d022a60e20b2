"""Asks the pod's own application once, for each port, whether it speaks HTTP/2."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from telelens_schemas.matching.http2 import question, understood

SECONDS = 2.0


class Http2Check:
    """``answers`` are by container port; ``changed`` is called when there is one more."""

    def __init__(self, host: str, changed: Callable[[], None]) -> None:
        self._host = host
        self._changed = changed
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.answers: dict[int, bool] = {}

    def ask(self, ports: Collection[int]) -> None:
        """About ports that were not asked about yet."""
        for port in ports:
            if port not in self._tasks:
                self._tasks[port] = asyncio.get_running_loop().create_task(self._ask(port), name=f"http2 {port}")

    async def _ask(self, port: int) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                reader, writer = await asyncio.open_connection(self._host, port)
                try:
                    writer.write(question())
                    answer = understood(await reader.readexactly(9))
                finally:
                    writer.transport.abort()
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return
        if answer is not None:
            self.answers[port] = answer
            self._changed()
