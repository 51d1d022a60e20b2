"""The way in to the webhook, to health and to previews: open to everybody who comes so far, so nobody may fill it.

Callers are counted from the accept on, before the TLS handshake. When there are too many, the one that has been without
a request for longest goes, so that strangers who hold connections open keep nobody out. A caller that has not finished
its first request within a few seconds goes, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, cast

from aiohttp import web

from telelens_cluster.manager.refusals import OncePerMinute
from telelens_cluster.manager.tasks import Tasks

_log = logging.getLogger(__name__)
MOST_CALLERS: Final = 128
MOST_VISITORS: Final = 512
FIRST_REQUEST_SECONDS: Final = 5.0
"""From the accept to the end of the first request."""
_IDLE_SECONDS: Final = 60.0
"""For how long a connection is kept after a request; the API server uses it again."""

_LINE: Final = 8190
_LARGE_LINE: Final = 64 << 10
"""Bytes of one line of a head."""
_SILENT_SECONDS: Final = 60
"""After which a caller that may have vanished is asked for a sign of life by its kernel, three times within half a
minute."""
_READ_AHEAD: Final = 16 << 10
"""Bytes of a body that are held, twice over, until somebody reads them."""


@contextlib.asynccontextmanager
async def serving(
    application: web.Application,
    port: int,
    *,
    context: ssl.SSLContext | None = None,
    host: str = "",
    visitors: bool = False,
) -> AsyncIterator[int]:
    """Serve ``application`` for as long as the block runs, with TLS where a ``context`` is given; yields the port.

    With ``visitors`` callers are people's browsers: there are more of them, their requests have large heads, and the
    answer to the first may take as long as it likes, and ends when they leave.
    """
    door = Door(context, visitors=visitors)
    application.middlewares.insert(0, door.note_request)
    # Nobody compresses reviews; what is small on the wire must not become large here.
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=2,
        keepalive_timeout=_IDLE_SECONDS,
        lingering_time=1,
        auto_decompress=False,
        read_bufsize=_READ_AHEAD,
        handler_cancellation=visitors,
        max_line_size=_LARGE_LINE if visitors else _LINE,
        max_field_size=_LARGE_LINE if visitors else _LINE,
        logger=_complaints(),
    )
    await runner.setup()
    assert runner.server
    door.handler = runner.server
    with _listening(host, port) as listener:
        accepting = asyncio.create_task(door.accept(listener), name=f"accept on port {port}")
        try:
            yield int(listener.getsockname()[1])
        finally:
            accepting.cancel()
            await asyncio.gather(accepting, return_exceptions=True)
            await door.close()
            await runner.cleanup()


def _complaints() -> logging.Logger:
    """Where aiohttp says what it could not read; a new one, so that nobody else's word is filtered with it."""
    logger = logging.Logger(f"{__name__}.http")
    logger.parent = _log
    logger.addFilter(OncePerMinute(clock=time.monotonic))
    return logger


def _listening(host: str, port: int) -> socket.socket:
    """For IPv6 and IPv4 where the machine has both."""
    both = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=512, dualstack_ipv6=both)
    listener.setblocking(False)
    # Connections that are accepted inherit it.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, _SILENT_SECONDS), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3)):
        listener.setsockopt(socket.IPPROTO_TCP, option, value)
    return listener


class Door:
    """Counts callers and turns away those that are too many."""

    def __init__(self, context: ssl.SSLContext | None, *, visitors: bool = False) -> None:
        self.handler: Callable[[], asyncio.Protocol]
        """Makes the protocol that serves one connection."""
        self._context = context
        self._visitors = visitors
        self._tasks = Tasks()
        self._callers: dict[Caller, None] = {}
        """In the order of their last request, or of their coming."""

    async def accept(self, listener: socket.socket) -> None:
        """Let callers in, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError as error:  # too many open files, or the caller has gone already
                _log.warning("a connection could not be accepted: %s", error)
                await asyncio.sleep(0.1)
                continue
            caller = Caller(self, connection)
            if self._admit(caller):
                self._tasks.start(self._lead_in(caller, connection), name="TLS handshake")
            else:
                connection.close()

    async def close(self) -> None:
        """End what is in the handshake; the rest is the application's to end."""
        await self._tasks.cancel()

    def left(self, caller: Caller) -> None:
        """The connection is closed."""
        self._callers.pop(caller, None)

    @web.middleware
    async def note_request(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Only those without a request are in the way of others."""
        caller = next((one for one in self._callers if one.served is request.protocol), None)
        if caller is None:
            raise web.HTTPServiceUnavailable  # sent away meanwhile
        caller.busy += 1
        if self._visitors:
            caller.stays()
        try:
            return await handler(request)
        except (ConnectionError, web.RequestPayloadError):  # gone in the middle, or its body is garbage: no news
            return web.Response(status=400)
        finally:
            caller.busy -= 1
            caller.stays()
            if caller in self._callers:
                del self._callers[caller]
                self._callers[caller] = None

    def _admit(self, caller: Caller) -> bool:
        """Whether there is room, made if need be."""
        if len(self._callers) >= (MOST_VISITORS if self._visitors else MOST_CALLERS):
            longest = next((one for one in self._callers if not one.busy), None)
            if longest is None:
                return False
            longest.dismiss()
        self._callers[caller] = None
        return True

    async def _lead_in(self, caller: Caller, connection: socket.socket) -> None:
        patience = FIRST_REQUEST_SECONDS if self._context else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: caller, connection, ssl=self._context, ssl_handshake_timeout=patience
            )
        except OSError:  # garbage, or gone, or too slow: ssl.SSLError and TimeoutError are among them
            pass
        finally:
            if caller.served is None:
                caller.dismiss()
                connection.close()


class Caller(asyncio.Protocol):
    """One connection: counted from the accept on; after the handshake served by the application's own protocol."""

    def __init__(self, door: Door, connection: socket.socket) -> None:
        self._door = door
        self._connection = connection
        self._transport: asyncio.Transport | None = None
        self._timer = asyncio.get_running_loop().call_later(FIRST_REQUEST_SECONDS, self.dismiss)
        self.served: asyncio.Protocol | None = None
        self.busy = 0
        """Requests that are being answered."""

    def dismiss(self) -> None:
        """End the connection now, whoever holds it."""
        self._door.left(self)
        self._timer.cancel()
        if self._transport:
            self._transport.abort()
        else:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def stays(self) -> None:
        """It has made a request."""
        self._timer.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.served = self._door.handler()
        self.served.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        assert self.served
        self.served.data_received(data)

    def eof_received(self) -> bool | None:
        assert self.served
        return self.served.eof_received()

    def pause_writing(self) -> None:
        assert self.served
        self.served.pause_writing()

    def resume_writing(self) -> None:
        assert self.served
        self.served.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.left(self)
        self._timer.cancel()
        assert self.served
        self.served.connection_lost(exc)
