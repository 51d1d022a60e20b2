"""Joins a socket and a stream: what arrives on one leaves on the other, with back-pressure and half-close both ways.

The relay is the protocol of the socket's asyncio transport (by shape, not by inheritance: nothing here does I/O) and
the receiver of the stream.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from telelens_schemas.wire.stream import Stream


class SocketTransport(Protocol):
    """The part of asyncio.Transport that a relay uses."""

    def write(self, data: bytes) -> None: ...
    def write_eof(self) -> None: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...
    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class SocketRelay:
    """One socket, one stream.

    Bytes of the stream that come before the socket is there wait here, within the stream's window. ``abort`` ends the
    socket so that its peer sees a reset (a transport's own abort sends a FIN); ``on_end`` is called once.
    """

    __slots__ = (
        "_abort",
        "_early",
        "_ended",
        "_finished",
        "_on_end",
        "_reading_paused",
        "_socket_eof",
        "_stream",
        "_transport",
        "_unacknowledged",
        "_writing_paused",
    )

    def __init__(
        self,
        *,
        abort: Callable[[SocketTransport], None] | None = None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self._abort = abort
        self._on_end = on_end
        self._stream: Stream | None = None
        self._transport: SocketTransport | None = None
        self._early: list[bytes] = []
        self._finished = False
        self._socket_eof = False
        self._reading_paused = False
        self._writing_paused = False
        self._unacknowledged = 0
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether both the socket and the stream are done with."""
        return self._ended

    def attach_stream(self, stream: Stream) -> None:
        """Say which stream; before the first byte of the socket is received."""
        self._stream = stream

    # The socket's side.

    def connection_made(self, transport: SocketTransport) -> None:
        """The socket is there; what came early is written."""
        self._transport = transport
        if self._ended:
            self._abort_socket()
            return
        early, self._early = self._early, []
        if self._stream is not None:
            for data in early:
                self.data(self._stream, data)
        if self._finished:
            transport.write_eof()

    def data_received(self, data: bytes) -> None:
        """Bytes of the socket."""
        stream = self._stream
        if stream is None or self._transport is None:
            return
        if not stream.write(data) and not self._ended:
            self._reading_paused = True
            self._transport.pause_reading()
            if stream.tunnel.paused:
                stream.tunnel.wait_writable(stream)

    def eof_received(self) -> bool:
        """The socket sends no more; it stays open for what the stream still brings."""
        self._socket_eof = True
        if self._stream is not None:
            self._stream.finish()
        self._close_if_done()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """The socket is gone."""
        if self._stream is not None and not self._stream.closed:
            if error is None and self._socket_eof and self._finished:
                self._stream.finish()
            else:
                self._stream.reset("the connection was reset" if error else "the connection was closed")
        self._end()

    def pause_writing(self) -> None:
        """The socket's buffer is full: no credit until it has drained."""
        self._writing_paused = True

    def resume_writing(self) -> None:
        """The socket's buffer has drained."""
        self._writing_paused = False
        size, self._unacknowledged = self._unacknowledged, 0
        if size and self._stream is not None:
            self._stream.consumed(size)

    # The stream's side.

    def data(self, stream: Stream, data: bytes) -> None:
        """Bytes of the stream."""
        transport = self._transport
        if transport is None:
            self._early.append(data)
            return
        transport.write(data)
        if self._writing_paused:
            self._unacknowledged += len(data)
        else:
            stream.consumed(len(data))

    def finished(self, stream: Stream) -> None:
        """The stream brings no more."""
        self._finished = True
        if self._transport is not None and not self._ended:
            self._transport.write_eof()
            self._close_if_done()

    def was_reset(self, stream: Stream, reason: str) -> None:
        """The stream is gone: so is the socket."""
        self._abort_socket()
        self._end()

    def writable_changed(self, stream: Stream) -> None:
        """The stream takes bytes again."""
        if self._reading_paused and self._transport is not None and not self._ended:
            self._reading_paused = False
            self._transport.resume_reading()

    def _close_if_done(self) -> None:
        if self._socket_eof and self._finished and self._transport is not None:
            self._transport.close()

    def _abort_socket(self) -> None:
        if self._transport is not None:
            if self._abort is not None:
                self._abort(self._transport)
            else:
                self._transport.abort()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._early.clear()
            if self._on_end is not None:
                self._on_end()
