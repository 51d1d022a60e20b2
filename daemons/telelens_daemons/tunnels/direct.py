"""A plain TCP connection to a pod's own address, for workstations that have a route there."""

from __future__ import annotations

import asyncio
from typing import cast

from telelens_daemons.kube.bytestream import ByteListener


class DirectStream(asyncio.Protocol):
    """A ByteStream over TCP."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._listener: ByteListener | None = None
        self._reason: str | None = None

    def attach(self, listener: ByteListener) -> None:
        self._listener = listener
        if self._reason is not None:
            listener.lost(self._reason)

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # asyncio calls these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._listener is not None:
            self._listener.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._reason = str(exc) if exc else "the agent closed the connection"
        if self._listener is not None:
            self._listener.lost(self._reason)

    def pause_writing(self) -> None:
        if self._listener is not None:
            self._listener.paused()

    def resume_writing(self) -> None:
        if self._listener is not None:
            self._listener.resumed()


async def dial_direct(address: str, port: int, *, timeout: float) -> DirectStream:
    """Connect. Raises OSError or TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout):
        _, stream = await loop.create_connection(DirectStream, address, port)
    return stream
