"""The workstations that are connected: which tunnels (lanes) each session has, and what is delivered through them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from telelens_schemas.wire.relay import SocketRelay
from telelens_schemas.wire.stream import Stream
from telelens_schemas.wire.tunnel import Tunnel
from telelens_schemas.wire.tunnel_pb2 import Open

from telelens_cluster.agent.configuration import Change, Intercept
from telelens_cluster.agent.farewell import Delivery, Farewell, RequestRelay
from telelens_cluster.agent.sockets import Address, reset

CONTROL_LANE = 0


class Workstations:
    """Lanes by session; streams by intercept.

    ``changed`` is called when a session's first lane comes or its last one goes.
    """

    __slots__ = ("_changed", "_lanes", "_streams")

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lanes: dict[str, dict[int, Tunnel]] = {}
        self._streams: dict[str, dict[Stream, Delivery]] = {}

    def connected(self, session_uid: str) -> bool:
        """Whether connections can be delivered to this session."""
        return session_uid in self._lanes

    def join(self, session_uid: str, lane: int, tunnel: Tunnel) -> None:
        """A tunnel of the session is up. One with the same number gives way: its end has not been noticed yet."""
        lanes = self._lanes.setdefault(session_uid, {})
        replaced = lanes.get(lane)
        lanes[lane] = tunnel
        if replaced is not None:
            replaced.close("the workstation connected anew")
        elif len(lanes) == 1:
            self._changed()

    def leave(self, session_uid: str, lane: int, tunnel: Tunnel) -> None:
        """A tunnel is gone; its streams were reset by itself."""
        lanes = self._lanes.get(session_uid, {})
        if lanes.get(lane) is tunnel:
            del lanes[lane]
            if not lanes:
                del self._lanes[session_uid]
                self._changed()

    def deliver(self, transport: asyncio.Transport, intercept: Intercept, port: int, source: Address) -> bool:
        """Join an accepted connection to a stream to the intercept's owner; False when no tunnel is up."""
        lanes = self._lanes.get(intercept.session_uid)
        if not lanes:
            return False
        lane = min(lanes.values(), key=_load) if len(lanes) > 1 else next(iter(lanes.values()))
        message = Open(
            intercept_uid=intercept.uid,
            container_port=port,
            source_address=source.host,
            source_port=source.port,
        )
        streams = self._streams.setdefault(intercept.uid, {})
        # The stream knows its relay and the relay its end, which forgets both.
        end: partial[Any] = partial(_forget, streams)
        relay = (RequestRelay if intercept.http else SocketRelay)(abort=reset, on_end=end)
        stream = lane.open(message.SerializeToString(), relay)
        relay.attach_stream(stream)
        end.keywords["stream"] = stream
        streams[stream] = (relay, transport)
        transport.set_protocol(relay)  # type: ignore[arg-type] # a protocol by shape: the wire knows no asyncio
        relay.connection_made(transport)
        return True

    def apply(self, change: Change) -> Farewell:
        """Cut what has ended or whose owner is away, close the tunnels of the revoked.

        Of intercepts whose requests are judged one by one, that is left to the caller, who has callers sent elsewhere
        first.
        """
        at_once, later = Farewell(), Farewell()
        for intercept in change.ended:
            streams = self._part(intercept, "the intercept has ended", later if intercept.http else at_once)
            later.awaited += streams if intercept.http else ()
        for intercept in change.away:
            self._part(intercept, "the workstation is away", later if intercept.http else at_once)
        waiting = {intercept.session_uid for intercept in change.ended if intercept.http}
        for session_uid in change.revoked:
            farewell = later if session_uid in waiting else at_once
            farewell.tunnels[session_uid] = list(self._lanes.get(session_uid, {}).values())
        at_once.cut()
        return later

    def callers(self) -> list[asyncio.Transport]:
        """The connections that are delivered at this moment."""
        return [transport for streams in self._streams.values() for _, transport in streams.values()]

    def close(self, reason: str) -> None:
        """Close every tunnel."""
        for lanes in list(self._lanes.values()):
            for tunnel in list(lanes.values()):
                tunnel.close(reason)

    def _part(self, intercept: Intercept, reason: str, farewell: Farewell) -> list[SocketRelay]:
        streams = self._streams.pop(intercept.uid, {})
        farewell.streams.append((reason, streams))
        return [relay for relay, _ in streams.values()]


def _load(tunnel: Tunnel) -> int:
    return tunnel.stream_count


def _forget(streams: dict[Stream, Delivery], *, stream: Stream) -> None:
    streams.pop(stream, None)
