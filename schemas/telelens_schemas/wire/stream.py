"""One stream of a tunnel: ordered bytes both ways, each way closed by itself, with credit.

The receiver grants credit; a sender without credit keeps at most the one chunk that did not fit and tells its source
to stop reading. A window starts small and doubles while the receiving side keeps up, within the budget of its tunnel:
a single download over a distant API server gets megabytes in flight, a thousand stalled streams do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from telelens_schemas.wire.errors import CreditExceeded, ProtocolViolation
from telelens_schemas.wire.frames import MAX_DATA

if TYPE_CHECKING:
    from telelens_schemas.wire.tunnel import Tunnel

INITIAL_WINDOW: Final = 256 * 1024
"""Bytes that either side may send on a new stream before the first grant."""
LARGEST_WINDOW: Final = 4 * 1024 * 1024
"""Bytes that a window grows to."""


class StreamReceiver(Protocol):
    """What takes a stream's bytes. Called inside ``Tunnel.feed``; must not block."""

    def data(self, stream: Stream, data: bytes) -> None:
        """Bytes arrived; ``stream.consumed`` is owed once they have left this process."""

    def finished(self, stream: Stream) -> None:
        """The peer sends no more; the other direction stays open."""

    def was_reset(self, stream: Stream, reason: str) -> None:
        """The stream is gone in both directions."""

    def writable_changed(self, stream: Stream) -> None:
        """``stream.writable`` has become true again."""


class Stream:
    """Made by ``Tunnel.open`` and by OPEN frames only."""

    __slots__ = (
        "_credit",
        "_fin_received",
        "_fin_sent",
        "_finishing",
        "_outstanding",
        "_pending",
        "_to_grant",
        "_turnover",
        "_window",
        "closed",
        "id",
        "receiver",
        "tunnel",
    )

    def __init__(self, tunnel: Tunnel, stream_id: int) -> None:
        self.tunnel = tunnel
        self.id = stream_id
        self.receiver: StreamReceiver
        self.closed = False
        self._credit = INITIAL_WINDOW
        self._pending = b""
        self._finishing = False
        self._fin_sent = False
        self._fin_received = False
        self._window = INITIAL_WINDOW
        self._outstanding = 0  # received, not yet granted anew
        self._to_grant = 0  # of these: consumed
        self._turnover = 0  # received since the window last grew

    @property
    def writable(self) -> bool:
        """Whether the source may go on reading. A write is never lost: what does not fit waits."""
        return self._credit > 0 and not self._pending and not self.tunnel.paused

    def write(self, data: bytes) -> bool:
        """Send ``data``; the answer is ``writable`` afterwards.

        Writes after ``finish`` or the stream's end are dropped, as on a socket that was shut.
        """
        if self.closed or self._finishing:
            return self.writable
        size = len(data)
        # Nearly every write is a whole request or answer that fits: as few steps as can be.
        if size < self._credit and size <= MAX_DATA and not self._pending:
            self._credit -= size
            tunnel = self.tunnel
            tunnel.send_data(self.id, data)
            return not tunnel.paused
        self._pending = self._pending + data if self._pending else data
        self._send_pending()
        return self.writable

    def finish(self) -> None:
        """No more bytes from here; those that wait are sent first."""
        if self.closed or self._finishing:
            return
        self._finishing = True
        if not self._pending:
            self._send_fin()

    def reset(self, reason: str) -> None:
        """End both directions at once; the peer learns ``reason``."""
        if not self.closed:
            self.tunnel.send_reset(self.id, reason)
            self._close()

    def consumed(self, size: int) -> None:
        """``size`` received bytes have left this process: the peer may send as many again."""
        self._to_grant += size
        if self._to_grant * 2 >= self._window and not self.closed and not self._fin_received:
            self._grant()

    # Called by the tunnel.

    def on_data(self, data: bytes) -> None:
        size = len(data)
        self._outstanding += size
        self._turnover += size
        if self._outstanding > self._window:
            raise CreditExceeded(f"stream {self.id}: {self._outstanding} bytes in a window of {self._window}")
        if self._fin_received:
            raise ProtocolViolation(f"stream {self.id}: data after FIN")
        self.receiver.data(self, data)

    def on_credit(self, credit: int) -> None:
        self._credit += credit
        if self._credit > LARGEST_WINDOW:
            raise ProtocolViolation(f"stream {self.id}: granted {self._credit} bytes, {LARGEST_WINDOW} allowed")
        if self._pending:
            self._send_pending()
        if self._finishing or self._pending:
            return
        if self.tunnel.paused:
            self.tunnel.wait_writable(self)
        else:
            self.receiver.writable_changed(self)

    def on_fin(self) -> None:
        if self._fin_received:
            raise ProtocolViolation(f"stream {self.id}: a second FIN")
        self._fin_received = True
        self.receiver.finished(self)
        self._close_if_done()

    def on_reset(self, reason: str) -> None:
        self._close()
        self.receiver.was_reset(self, reason)

    def _send_pending(self) -> None:
        pending, offset = self._pending, 0
        while offset < len(pending) and self._credit > 0:
            size = min(MAX_DATA, self._credit, len(pending) - offset)
            self.tunnel.send_data(self.id, pending[offset : offset + size])
            self._credit -= size
            offset += size
        self._pending = pending[offset:]
        if self._finishing and not self._pending:
            self._send_fin()

    def _send_fin(self) -> None:
        self._fin_sent = True
        self.tunnel.send_fin(self.id)
        self._close_if_done()

    def _grant(self) -> None:
        credit = self._to_grant
        self._outstanding -= credit
        self._to_grant = 0
        # The receiving side keeps up when little of what arrived is still here.
        if self._turnover >= self._window and self._outstanding * 4 <= self._window:
            self._turnover = 0
            growth = self.tunnel.reserve_window(min(self._window, LARGEST_WINDOW - self._window))
            self._window += growth
            credit += growth
        self.tunnel.send_credit(self.id, credit)

    def _close_if_done(self) -> None:
        if self._fin_sent and self._fin_received:
            self._close()

    def _close(self) -> None:
        if not self.closed:
            self.closed = True
            self._pending = b""
            self.tunnel.forget(self, self._window - INITIAL_WINDOW)
