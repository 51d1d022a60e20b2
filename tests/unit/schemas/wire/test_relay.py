"""A socket and a stream joined: bytes, half-close, resets and back-pressure in both directions."""

from __future__ import annotations

from telelens_schemas.wire.relay import SocketRelay
from telelens_schemas.wire.stream import INITIAL_WINDOW, Stream

from .conftest import Pair, Sink


class MemorySocket:
    """An asyncio transport without a network."""

    def __init__(self) -> None:
        self.written = bytearray()
        self.eof = self.closed = self.aborted = False
        self.reading = True

    def write(self, data: bytes) -> None:
        self.written += data

    def write_eof(self) -> None:
        self.eof = True

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


class Joined:
    """A dialer's stream whose far end is joined to a socket."""

    def __init__(self, pair: Pair, *, connected: bool = True) -> None:
        self.pair, self.socket, self.ends = pair, MemorySocket(), 0
        self.relay = SocketRelay(on_end=self._count)

        def accept(stream: Stream, _payload: bytes) -> SocketRelay:
            self.relay.attach_stream(stream)
            return self.relay

        pair.far.accept = accept
        self.sink = Sink()
        self.stream = pair.dialer.open(b"", self.sink)
        pair.exchange()
        if connected:
            self.relay.connection_made(self.socket)

    def _count(self) -> None:
        self.ends += 1


def test_bytes_go_both_ways_and_half_close_is_kept(pair: Pair) -> None:
    joined = Joined(pair)
    joined.stream.write(b"request")
    joined.stream.finish()
    pair.exchange()
    assert (joined.socket.written, joined.socket.eof, joined.socket.closed) == (b"request", True, False)
    joined.relay.data_received(b"answer")
    joined.relay.eof_received()
    pair.exchange()
    assert (joined.sink.received, joined.sink.is_finished, joined.socket.closed) == (b"answer", True, True)
    joined.relay.connection_lost(None)
    assert joined.ends == 1
    assert joined.sink.reset_reason is None


def test_what_comes_before_the_socket_is_connected_waits(pair: Pair) -> None:
    joined = Joined(pair, connected=False)
    joined.stream.write(b"early ")
    joined.stream.write(b"bird")
    joined.stream.finish()
    pair.exchange()
    joined.relay.connection_made(joined.socket)
    assert (joined.socket.written, joined.socket.eof) == (b"early bird", True)


def test_a_reset_stream_aborts_the_socket_even_one_that_comes_later(pair: Pair) -> None:
    now, later = Joined(pair), Joined(pair, connected=False)
    now.stream.reset("gone")
    later.stream.reset("gone")
    pair.exchange()
    later.relay.connection_made(later.socket)
    assert now.socket.aborted
    assert later.socket.aborted
    assert (now.ends, later.ends) == (1, 1)


def test_a_socket_that_is_reset_resets_the_stream(pair: Pair) -> None:
    joined = Joined(pair)
    joined.relay.connection_lost(ConnectionResetError())
    pair.exchange()
    assert joined.sink.reset_reason == "the connection was reset"


def test_a_tunnel_that_dies_aborts_the_socket(pair: Pair) -> None:
    joined = Joined(pair)
    pair.listener.connection_lost("the API server is away")
    assert joined.socket.aborted
    assert joined.ends == 1


def test_a_slow_socket_stops_the_sender(pair: Pair) -> None:
    joined = Joined(pair)
    joined.relay.pause_writing()
    joined.stream.write(bytes(3 * INITIAL_WINDOW))
    pair.exchange()
    assert len(joined.socket.written) == INITIAL_WINDOW
    assert not joined.stream.writable
    joined.relay.resume_writing()
    pair.exchange()
    assert len(joined.socket.written) == 3 * INITIAL_WINDOW


def test_a_slow_tunnel_stops_reading_the_socket_until_there_is_credit(pair: Pair) -> None:
    joined = Joined(pair)
    joined.sink.stalled = True
    joined.relay.data_received(bytes(INITIAL_WINDOW + 1))
    pair.exchange()
    assert not joined.socket.reading
    joined.stream.consumed(INITIAL_WINDOW)
    pair.exchange()
    assert joined.socket.reading
    assert len(joined.sink.received) == INITIAL_WINDOW + 1


def test_a_full_carrier_stops_reading_the_socket_until_it_has_room(pair: Pair) -> None:
    joined = Joined(pair)
    pair.listener.carrier_paused()
    joined.relay.data_received(b"x")
    assert not joined.socket.reading
    pair.listener.carrier_resumed()
    assert joined.socket.reading
