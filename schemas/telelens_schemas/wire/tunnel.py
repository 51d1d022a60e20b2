"""A tunnel: many streams and some control messages over one carrier.

No I/O here: a carrier (a TCP connection, a port-forward) feeds bytes in and takes bytes away, and everything that is
said within one turn of the event loop leaves in one write, which is what makes many small requests cheap.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from google.protobuf.message import DecodeError

from telelens_schemas.wire import frames
from telelens_schemas.wire.errors import HelloRefused, PeerFloods, ProtocolViolation, StreamRefused
from telelens_schemas.wire.frames import CREDIT, DATA, HEADER, FrameParser, encode
from telelens_schemas.wire.hello import negotiate
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel
from telelens_schemas.wire.tunnel_pb2 import Control, Hello

MAX_STREAMS: Final = 8192
"""Streams that the peer may have open at one time."""
WINDOW_BUDGET: Final = 16 * 1024 * 1024
"""Bytes by which all windows of one tunnel together may exceed their initial size."""
_UNREAD_REPLIES: Final = 4096
_Message = TypeVar("_Message", Control, Hello)


class Side(enum.IntEnum):
    """Who opened the connection; it decides the parity of the stream ids, so that both sides may open streams."""

    DIALER = 1
    LISTENER = 2


class Carrier(Protocol):
    """What carries the bytes. ``call_soon`` is the event loop's."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """End the connection after what was written has left."""

    def call_soon(self, callback: Callable[[], None]) -> object: ...


class TunnelListener(Protocol):
    """What a tunnel tells to its owner. Called inside ``feed``; must not block."""

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        """The peer's Hello was read. Raises HelloRefused to turn it away."""

    def control(self, tunnel: Tunnel, control: Control) -> None: ...

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        """The peer opened a stream. Raises StreamRefused."""

    def pong(self, tunnel: Tunnel, payload: bytes) -> None: ...

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        """The tunnel is gone; its streams were told before."""


class Tunnel:
    """One end of a tunnel.

    The carrier's owner calls ``start`` once, ``feed`` with what arrives, ``carrier_paused`` and ``carrier_resumed``
    when the carrier's buffer is full and empty again, and ``connection_lost`` once at the end. ``feed`` raises
    WireError; the caller then calls ``fail`` with it.
    """

    __slots__ = (
        "_budget",
        "_carrier",
        "_closed",
        "_flush_due",
        "_hello",
        "_highest_peer_id",
        "_listener",
        "_next_id",
        "_out",
        "_parser",
        "_peer_streams",
        "_replies",
        "_side",
        "_streams",
        "_tls",
        "_waiting",
        "paused",
        "peer_hello",
        "protocol",
    )

    def __init__(
        self, *, side: Side, hello: Hello, listener: TunnelListener, carrier: Carrier, tls: TlsChannel | None
    ) -> None:
        self._side = side
        self._hello = hello
        self._listener = listener
        self._carrier = carrier
        self._tls = tls
        self._parser = FrameParser()
        self._streams: dict[int, Stream] = {}
        self._waiting: dict[int, Stream] = {}
        self._out: list[bytes] = []
        self._flush_due = False
        self._next_id = int(side)
        self._highest_peer_id = 0
        self._peer_streams = 0
        self._budget = WINDOW_BUDGET
        self._replies = 0
        self._closed = False
        self.paused = False
        """Whether the carrier's buffer is full: sources stop reading."""
        self.peer_hello: Hello | None = None
        self.protocol = 0

    @property
    def peer_certificate(self) -> bytes:
        """The peer's certificate (DER) where this tunnel does its own TLS."""
        return self._tls.peer_certificate if self._tls else b""

    @property
    def connected(self) -> bool:
        """Whether the peer's Hello was read: in TLS 1.3 a client believes too early that it is let in."""
        return self.peer_hello is not None and not self._closed

    @property
    def closed(self) -> bool:
        """Whether it is of no use any more, though its carrier may not have ended yet."""
        return self._closed

    @property
    def stream_count(self) -> int:
        """Streams open at this moment."""
        return len(self._streams)

    # The carrier's side.

    def start(self) -> None:
        """Begin the handshake and say hello."""
        if self._tls:
            self._tls.start()
            self._write_tls()
        self._send(encode(frames.HELLO, 0, self._hello.SerializeToString()))

    def feed(self, data: bytes) -> None:
        """Take bytes from the carrier. Raises WireError; the tunnel is of no use afterwards."""
        if self._closed:
            return
        if self._tls:
            data = self._feed_tls(self._tls, data)
        streams = self._streams
        for frame_type, stream_id, payload in self._parser.feed(data):
            if frame_type == DATA and (stream := streams.get(stream_id)) is not None:
                stream.on_data(payload)
            else:
                self._handle(frame_type, stream_id, payload)
                if self._closed:
                    return

    def carrier_paused(self) -> None:
        """The carrier's buffer is full."""
        self.paused = True

    def carrier_resumed(self) -> None:
        """The carrier's buffer has room again."""
        self.paused = False
        self._replies = 0
        waiting, self._waiting = self._waiting, {}
        for stream in waiting.values():
            if not stream.closed and stream.writable:
                stream.receiver.writable_changed(stream)

    def connection_lost(self, reason: str) -> None:
        """The carrier is gone."""
        self._end(reason)

    def fail(self, error: Exception) -> None:
        """Close because of ``error``; the peer gets what TLS has to say about it (an alert)."""
        if not self._closed:
            if self._tls and (rest := self._tls.take_outgoing()):
                self._carrier.write(rest)
            self._carrier.close()
            self._end(str(error))

    # The owner's side.

    def limit_frames(self, largest: int) -> None:
        """Take no frames with more than ``largest`` bytes of payload from now on, until told otherwise."""
        self._parser.largest = largest

    def open(self, payload: bytes, receiver: StreamReceiver) -> Stream:
        """Open a stream to the peer; writing may begin at once. The caller has seen ``connected``."""
        stream = Stream(self, self._next_id)
        stream.receiver = receiver
        self._next_id += 2
        self._streams[stream.id] = stream
        self._send(encode(frames.OPEN, stream.id, payload))
        return stream

    def send_control(self, control: Control) -> None:
        """Send one control message."""
        self._send(encode(frames.CONTROL, 0, control.SerializeToString()))

    def ping(self, payload: bytes = b"") -> None:
        """Ask for a PONG with the same payload (at most 64 bytes)."""
        self._send(encode(frames.PING, 0, payload))

    def close(self, reason: str) -> None:
        """Send what waits and ``reason``, then end; streams are reset with it."""
        if not self._closed:
            self._out.append(encode(frames.GOODBYE, 0, reason.encode()[:4096]))
            self._flush()
            if self._tls and self._tls.established:
                self._tls.close()
                self._write_tls()
            self._carrier.close()
            self._end(reason)

    def wait_writable(self, stream: Stream) -> None:
        """Remember ``stream``: it stopped reading because the carrier is full."""
        self._waiting[stream.id] = stream

    # The streams' side.

    def send_data(self, stream_id: int, data: bytes) -> None:
        out = self._out
        out.append(HEADER.pack(DATA, stream_id, len(data)))
        out.append(data)
        if not self._flush_due:
            self._flush_due = True
            self._carrier.call_soon(self._flush)

    def send_credit(self, stream_id: int, credit: int) -> None:
        self._send(encode(frames.WINDOW, stream_id, CREDIT.pack(credit)))

    def send_fin(self, stream_id: int) -> None:
        self._send(encode(frames.FIN, stream_id))

    def send_reset(self, stream_id: int, reason: str) -> None:
        self._send(encode(frames.RESET, stream_id, reason.encode()[:1024]))

    def reserve_window(self, size: int) -> int:
        """Take up to ``size`` bytes of the budget for larger windows."""
        granted = min(size, self._budget)
        self._budget -= granted
        return granted

    def forget(self, stream: Stream, window_growth: int) -> None:
        self._budget += window_growth
        if self._streams.pop(stream.id, None) is not None and self._is_peers(stream.id):
            self._peer_streams -= 1
        self._waiting.pop(stream.id, None)

    # Inside.

    def _is_peers(self, stream_id: int) -> bool:
        return stream_id % 2 != self._side % 2

    def _send(self, data: bytes) -> None:
        self._out.append(data)
        if not self._flush_due:
            self._flush_due = True
            self._carrier.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if self._closed or not self._out:
            return
        if self._tls and not self._tls.established:
            return  # flushed when the handshake is over
        data = b"".join(self._out)
        self._out.clear()
        if self._tls:
            self._tls.send(data)
            data = self._tls.take_outgoing()
        self._carrier.write(data)

    def _write_tls(self) -> None:
        assert self._tls
        if data := self._tls.take_outgoing():
            self._carrier.write(data)

    def _feed_tls(self, tls: TlsChannel, data: bytes) -> bytes:
        was_established = tls.established
        plain = tls.feed(data)
        if not was_established:
            self._write_tls()
            if tls.established:
                self._flush()
        return plain

    def _handle(self, frame_type: int, stream_id: int, payload: bytes) -> None:
        if self.peer_hello is None:
            self._on_hello(frame_type, payload)
        elif frame_type in (frames.DATA, frames.WINDOW, frames.FIN, frames.RESET):
            self._on_stream_frame(frame_type, stream_id, payload)
        elif frame_type == frames.OPEN:
            self._on_open(stream_id, payload)
        elif frame_type == frames.CONTROL:
            self._listener.control(self, _parse(Control, payload))
        elif frame_type == frames.PING:
            self._reply(encode(frames.PONG, 0, payload))
        elif frame_type == frames.PONG:
            self._listener.pong(self, payload)
        elif frame_type == frames.GOODBYE:
            self._carrier.close()
            self._end(payload.decode(errors="replace"))
        else:
            raise ProtocolViolation("a second HELLO")

    def _on_hello(self, frame_type: int, payload: bytes) -> None:
        if frame_type == frames.GOODBYE:
            self._carrier.close()
            self._end(payload.decode(errors="replace"))
            return
        if frame_type != frames.HELLO:
            raise ProtocolViolation(f"a frame of type {frame_type} before HELLO")
        hello = _parse(Hello, payload)
        self.protocol = negotiate(self._hello, hello)
        self.peer_hello = hello
        try:
            self._listener.connected(self, hello)
        except HelloRefused as refusal:
            self.close(str(refusal))

    def _on_stream_frame(self, frame_type: int, stream_id: int, payload: bytes) -> None:
        stream = self._streams.get(stream_id)
        if stream is None:
            # Frames that crossed our FIN or RESET on the way are of no interest; others are lies.
            known = self._highest_peer_id if self._is_peers(stream_id) else self._next_id - 2
            if stream_id > known:
                raise ProtocolViolation(f"a frame of type {frame_type} on stream {stream_id}, which was never opened")
        elif frame_type == frames.WINDOW:
            stream.on_credit(CREDIT.unpack(payload)[0])
        elif frame_type == frames.FIN:
            stream.on_fin()
        elif frame_type == frames.RESET:
            stream.on_reset(payload.decode(errors="replace"))

    def _on_open(self, stream_id: int, payload: bytes) -> None:
        if not self._is_peers(stream_id) or stream_id <= self._highest_peer_id:
            raise ProtocolViolation(f"stream {stream_id} cannot be opened by the peer now")
        self._highest_peer_id = stream_id
        if self._peer_streams >= MAX_STREAMS:
            self._reply(encode(frames.RESET, stream_id, b"too many streams"))
            return
        stream = Stream(self, stream_id)
        try:
            # Registered before anything can be awaited: its first DATA may be in the same read.
            stream.receiver = self._listener.opened(self, stream, payload)
        except StreamRefused as refusal:
            self._reply(encode(frames.RESET, stream_id, str(refusal).encode()[:1024]))
            return
        if not stream.closed:
            self._streams[stream_id] = stream
            self._peer_streams += 1

    def _reply(self, data: bytes) -> None:
        if self.paused:
            self._replies += 1
            if self._replies > _UNREAD_REPLIES:
                raise PeerFloods("the peer does not read the answers that it asks for")
        self._send(data)

    def _end(self, reason: str) -> None:
        if self._closed:
            return
        self._closed = True
        self._out.clear()
        for stream in list(self._streams.values()):
            stream.on_reset(reason)
        self._listener.closed(self, reason)


def _parse(message: type[_Message], payload: bytes) -> _Message:
    try:
        return message.FromString(payload)
    except DecodeError as error:
        raise ProtocolViolation(f"a {message.DESCRIPTOR.name} that cannot be decoded") from error
