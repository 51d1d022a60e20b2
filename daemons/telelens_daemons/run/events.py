"""The events of a run, from where they happen to whoever reads them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from telelens_schemas.wire.daemon_pb2 import RunEvent

MOST_WAITING = 1000


class EventStream:
    """What happens is told at once and never waits; a handler's output waits for a reader that is slow."""

    def __init__(self) -> None:
        self._events: deque[RunEvent] = deque()
        self._closed = False
        self._changed = asyncio.Event()
        self._read = asyncio.Event()

    def tell(self, event: RunEvent) -> None:
        """Add an event."""
        self._events.append(event)
        self._changed.set()

    def progress(self, text: str) -> None:
        """Add a line of what is going on."""
        self.tell(RunEvent(progress=text))

    async def tell_when_read(self, event: RunEvent) -> None:
        """Add an event after the reader has come near."""
        while len(self._events) >= MOST_WAITING and not self._closed:
            self._read.clear()
            await self._read.wait()
        self.tell(event)

    def close(self) -> None:
        """There will be no more; nobody waits any longer."""
        self._closed = True
        self._changed.set()
        self._read.set()

    async def __aiter__(self) -> AsyncIterator[RunEvent]:
        while True:
            while self._events:
                event = self._events.popleft()
                self._read.set()
                yield event
            if self._closed:
                return
            self._changed.clear()
            await self._changed.wait()
