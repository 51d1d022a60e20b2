"""One connection to an agent, from the TLS handshake to its loss.

Every intercepted byte passes here: nothing on that way awaits, makes a task or a closure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from google.protobuf.message import DecodeError
from telelens_schemas.wire.errors import StreamRefused, WireError
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import Control, Hello, Open

from telelens_daemons.kube.bytestream import ByteStream
from telelens_daemons.tunnels.delivery import Deliveries
from telelens_daemons.tunnels.destinations import Destination, Destinations
from telelens_daemons.tunnels.errors import TunnelError

HELLO_SECONDS = 5.0
PING_SECONDS = 20.0
PONG_SECONDS = 10.0
LATE_SECONDS = 1.0
DEAD = "the connection is dead: no answer to a ping"


class LaneOwner(Protocol):
    """Who hears what an agent says outside of streams."""

    @property
    def destinations(self) -> Destinations: ...

    @property
    def deliveries(self) -> Deliveries: ...

    def control(self, control: Control) -> None: ...


class Lane:
    """Owns one Tunnel over one ByteStream, and pings it."""

    def __init__(self, *, stream: ByteStream, hello: Hello, tls: TlsChannel, owner: LaneOwner) -> None:
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._stream = stream
        self._connected: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[str] = loop.create_future()
        """Done with the reason when the lane is gone."""
        self._timer: asyncio.TimerHandle | None = None
        self._heard = loop.time()
        self._pings = 0
        self._answered: asyncio.Future[None] = loop.create_future()
        """Done when the last ping was answered."""
        self.tunnel = Tunnel(
            side=Side.DIALER,
            hello=hello,
            listener=_Listener(self, owner),
            carrier=_Carrier(stream, loop),
            tls=tls,
        )

    async def start(self) -> None:
        """Return when the agent has answered the hello. Raises TunnelError; the lane is gone then."""
        self._stream.attach(_Feeder(self))
        self.tunnel.start()
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await asyncio.wait((self._connected, self.gone), return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self.give_up("the agent does not answer")
        except asyncio.CancelledError:
            self.close("cancelled")
            raise
        if self.gone.done():
            raise TunnelError(self.gone.result())
        self._ping_in(PING_SECONDS)

    @property
    def silent(self) -> float:
        """Seconds since the agent was heard last, whatever it said."""
        return self._loop.time() - self._heard

    def received(self, data: bytes) -> None:
        """The byte stream brought this."""
        self._heard = self._loop.time()
        try:
            self.tunnel.feed(data)
        except WireError as error:
            self.tunnel.fail(error)

    def close(self, reason: str) -> None:
        """End the tunnel in order."""
        self.tunnel.close(reason)

    def suspect(self) -> asyncio.Future[None]:
        """The network may have been away: ask now. Done when that is answered; what was asked before is not.

        Whoever asks decides how long an answer may take.
        """
        self._ask()
        return self._answered

    def give_up(self, reason: str) -> None:
        """End it now, whatever was on its way."""
        self._stream.abort()
        self.tunnel.connection_lost(reason)

    def was_connected(self) -> None:
        """The agent's hello was read."""
        if not self._connected.done():
            self._connected.set_result(None)

    def was_answered(self, payload: bytes) -> None:
        """A pong came: of an earlier ping it may have been on its way while the network went."""
        if payload == self._question and not self._answered.done():
            self._answered.set_result(None)
            self._ping_in(PING_SECONDS)

    def was_closed(self, reason: str) -> None:
        """The tunnel is gone."""
        self._stop_timer()
        if not self.gone.done():
            self.gone.set_result(reason)

    def _ping_in(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self._loop.call_later(seconds, self._ping)

    @property
    def _question(self) -> bytes:
        return str(self._pings).encode()

    def _ping(self) -> None:
        self._ask()
        self._timer = self._loop.call_later(PONG_SECONDS, self._overdue, self._loop.time() + PONG_SECONDS)

    def _overdue(self, due: float) -> None:
        """Who looks late stood still, and has not read yet what came meanwhile."""
        if self._loop.time() - due >= LATE_SECONDS:
            self._ping()
        else:
            self.give_up(DEAD)

    def _ask(self) -> None:
        self._stop_timer()
        self._pings += 1
        self._answered = self._loop.create_future()
        self.tunnel.ping(self._question)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Carrier:
    """The tunnel's way out."""

    __slots__ = ("call_soon", "close", "write")

    def __init__(self, stream: ByteStream, loop: asyncio.AbstractEventLoop) -> None:
        # Bound once: one call less for every write.
        self.write = stream.write
        self.close = stream.close
        self.call_soon: Callable[[Callable[[], None]], object] = loop.call_soon


class _Feeder:
    """What the byte stream brings, brought to lane and tunnel: bound once, a call less for all that arrives."""

    __slots__ = ("lost", "paused", "received", "resumed")

    def __init__(self, lane: Lane) -> None:
        self.received = lane.received
        self.paused = lane.tunnel.carrier_paused
        self.resumed = lane.tunnel.carrier_resumed
        self.lost = lane.tunnel.connection_lost


class _Listener:
    """What the tunnel tells, brought to lane and owner."""

    __slots__ = ("_lane", "_owner")

    def __init__(self, lane: Lane, owner: LaneOwner) -> None:
        self._lane = lane
        self._owner = owner

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self._lane.was_connected()

    def control(self, tunnel: Tunnel, control: Control) -> None:
        self._owner.control(control)

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        try:
            request = Open.FromString(payload)
        except DecodeError as error:
            raise StreamRefused("an Open that cannot be decoded") from error
        destination = self._owner.destinations.find(request.intercept_uid, request.container_port)
        if destination is None:
            raise StreamRefused("this workstation has no such intercept")
        caller = str(Destination(request.source_address, request.source_port))
        return self._owner.deliveries.begin(stream, request.intercept_uid, destination, caller)

    def pong(self, tunnel: Tunnel, payload: bytes) -> None:
        self._lane.was_answered(payload)

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        self._lane.was_closed(reason)
