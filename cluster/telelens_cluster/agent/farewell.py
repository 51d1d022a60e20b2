"""What an intercept leaves behind: requests that its owner is still answering, and tunnels that close after them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Final

from telelens_schemas.wire.relay import SocketRelay, SocketTransport
from telelens_schemas.wire.stream import Stream
from telelens_schemas.wire.tunnel import Tunnel

Delivery = tuple[SocketRelay, asyncio.Transport]
GRACE_SECONDS: Final = 2.0
"""How long the requests of an intercept that has ended may go on."""
_QUIET_SECONDS: Final = 1.0


class RequestRelay(SocketRelay):
    """A relay that knows whether a request is in progress, as far as that shows without reading HTTP."""

    __slots__ = ("_said", "_told")

    def __init__(self, *, abort: Callable[[SocketTransport], None], on_end: Callable[[], None]) -> None:
        super().__init__(abort=abort, on_end=on_end)
        self._said = self._told = 0.0

    @property
    def busy(self) -> bool:
        """Whether an answer is owed, or was being given a moment ago."""
        return not self.ended and (self._told < self._said or time.monotonic() - self._told < _QUIET_SECONDS)

    def data_received(self, data: bytes) -> None:
        """Bytes of the caller."""
        self._said = time.monotonic()
        SocketRelay.data_received(self, data)

    def data(self, stream: Stream, data: bytes) -> None:
        """Bytes of the desk."""
        self._told = time.monotonic()
        SocketRelay.data(self, stream, data)


@dataclass(slots=True)
class Farewell:
    """Nothing comes in here any more; ``cut`` ends what is left."""

    streams: list[tuple[str, dict[Stream, Delivery]]] = field(default_factory=list)
    """Why they are cut, and which."""
    awaited: list[SocketRelay] = field(default_factory=list)
    """Whose requests may still be answered."""
    tunnels: dict[str, list[Tunnel]] = field(default_factory=dict)
    """By the UID of a session."""

    @property
    def busy(self) -> bool:
        """Whether some request is still in progress."""
        return any(isinstance(relay, RequestRelay) and relay.busy for relay in self.awaited)

    def cut(self, kept: Container[str] = ()) -> None:
        """Now; but not the tunnels of sessions that are ``kept``: they are needed anew."""
        for reason, streams in self.streams:
            for stream, (relay, _) in list(streams.items()):
                stream.reset(reason)
                relay.was_reset(stream, reason)
        for session_uid, tunnels in self.tunnels.items():
            for tunnel in [] if session_uid in kept else tunnels:
                tunnel.close("this session has no intercept here any more")
