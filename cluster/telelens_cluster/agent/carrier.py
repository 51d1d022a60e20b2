"""Carries a tunnel over one TCP connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, cast

from telelens_schemas.wire.errors import WireError
from telelens_schemas.wire.tunnel import Tunnel

WRITE_HIGH_WATER: Final = 512 * 1024
CLOSE_SECONDS: Final = 5.0
"""How long a peer that does not read may keep a closed connection's last words."""


class TunnelCarrier(asyncio.Protocol):
    """The asyncio protocol of the connection and the tunnel's Carrier. ``make_tunnel`` is called when it is up."""

    __slots__ = ("_loop", "_make_tunnel", "_transport", "heard", "source", "tunnel")

    def __init__(self, make_tunnel: Callable[[TunnelCarrier], Tunnel | None]) -> None:
        self._make_tunnel = make_tunnel
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self.tunnel: Tunnel | None = None
        self.heard = self._loop.time()
        """When the peer was last heard of, on the event loop's clock."""
        self.source = ""
        """The peer's address; empty when it is this pod itself."""

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=WRITE_HIGH_WATER)
        self.source = _source(transport)
        self.tunnel = self._make_tunnel(self)
        if self.tunnel is None:
            self._transport.abort()
        else:
            self._guarded(self.tunnel, self.tunnel.start)

    def data_received(self, data: bytes) -> None:
        self.heard = self._loop.time()
        tunnel = self.tunnel
        if tunnel is not None:
            try:
                tunnel.feed(data)
            except WireError as error:
                tunnel.fail(error)

    def pause_writing(self) -> None:
        if self.tunnel is not None:
            self.tunnel.carrier_paused()

    def resume_writing(self) -> None:
        if self.tunnel is not None:
            self.tunnel.carrier_resumed()

    def connection_lost(self, error: Exception | None) -> None:
        if self.tunnel is not None:
            self.tunnel.connection_lost(str(error) if error else "the other end closed the connection")
        self._transport = None

    # The tunnel's side

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing():
            transport.close()
            if transport.get_write_buffer_size():
                self._loop.call_later(CLOSE_SECONDS, transport.abort)

    def call_soon(self, callback: Callable[[], None]) -> object:
        return self._loop.call_soon(callback)

    def _guarded(self, tunnel: Tunnel, step: Callable[[], None]) -> None:
        try:
            step()
        except WireError as error:
            tunnel.fail(error)


def _source(transport: asyncio.BaseTransport) -> str:
    peer, own = (transport.get_extra_info(name) for name in ("peername", "sockname"))
    if not peer or peer[0] == own[0] or peer[0] == "::1" or peer[0].startswith("127."):
        return ""
    return str(peer[0])
