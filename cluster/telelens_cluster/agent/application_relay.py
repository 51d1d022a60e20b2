"""Joins an intercepted connection and the application: what arrives on one leaves on the other.

Used for everything that is redirected but nobody's: the owner is away, the tunnel is gone, the redirect lingers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from telelens_cluster.agent.sockets import reset


class ApplicationRelay:
    """Two sockets, back-pressure and half-close both ways; a reset of one resets the other.

    ``caller`` is the protocol of the connection that was accepted, ``application`` of the one to the application, to
    which ``preface`` is said first.
    """

    __slots__ = ("_on_end", "application", "caller")

    def __init__(self, on_end: Callable[[ApplicationRelay], None], *, preface: bytes = b"") -> None:
        self.caller = Leg(self, preface)
        self.application = Leg(self)
        self.caller.other, self.application.other = self.application, self.caller
        self._on_end = on_end

    def cut(self) -> None:
        """End both connections at once; both peers see a reset."""
        for leg in (self.caller, self.application):
            if leg.transport is not None:
                reset(leg.transport)

    def leg_lost(self) -> None:
        """One of the two sockets is gone; the relay ends with the second, or before there was a second."""
        if self.caller.lost and (self.application.lost or self.application.transport is None):
            self._on_end(self)


class Leg(asyncio.Protocol):
    """One of the two sockets."""

    __slots__ = ("_early", "_eof", "_relay", "lost", "other", "transport")

    other: Leg

    def __init__(self, relay: ApplicationRelay, preface: bytes = b"") -> None:
        self._relay = relay
        self._early = preface
        self._eof = False
        self.lost = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if self.other.lost:  # the caller gave up while the application was being reached
            reset(self.transport)
        elif self.other.transport is not None:
            self.other._catch_up(self.transport)

    def data_received(self, data: bytes) -> None:
        other = self.other.transport
        if other is not None:
            other.write(data)
        elif self.transport is not None:
            # The application is still being reached. Pausing at the accept would be too early: uvloop begins to read
            # after connection_made, whatever was asked of it there.
            self._early += data
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        if self._eof:  # uvloop says it again when reading is resumed
            return True
        self._eof = True
        other = self.other
        if other.transport is not None and not other.transport.is_closing():
            other.transport.write_eof()
        if other._eof:
            self._close()
            other._close()
        return True

    def pause_writing(self) -> None:
        other = self.other
        if other.transport is not None and not other.lost and not other.transport.is_closing():
            other.transport.pause_reading()

    def resume_writing(self) -> None:
        other = self.other
        if other.transport is not None and not other.lost and not other.transport.is_closing():
            other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        other = self.other
        if other.transport is not None and not other.lost:
            if error is None and self._eof and other._eof:
                other._close()
            else:
                reset(other.transport)
        self._relay.leg_lost()

    def _catch_up(self, other: asyncio.Transport) -> None:
        """The other side is there at last."""
        if self._early:
            other.write(self._early)
            self._early = b""
        if self._eof:
            other.write_eof()
        elif self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()
