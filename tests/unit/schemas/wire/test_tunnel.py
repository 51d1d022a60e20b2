"""Streams, credit and good manners of a tunnel."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.wire import frames
from telelens_schemas.wire.errors import (
    CreditExceeded,
    HelloRefused,
    IncompatibleVersions,
    PeerFloods,
    ProtocolViolation,
    StreamRefused,
    WireError,
)
from telelens_schemas.wire.frames import encode
from telelens_schemas.wire.hello import make_hello, negotiate
from telelens_schemas.wire.stream import INITIAL_WINDOW, LARGEST_WINDOW, Stream, StreamReceiver
from telelens_schemas.wire.tunnel import MAX_STREAMS, Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import Control, EnvironmentRequest, Hello

from .conftest import Listener, MemoryCarrier, Pair, Sink


def test_both_read_the_others_hello(pair: Pair) -> None:
    assert pair.near.hello is not None
    assert pair.far.hello is not None
    assert pair.dialer.connected
    assert pair.listener.connected


def test_bytes_reach_the_other_end_both_ways_and_each_way_ends_by_itself(pair: Pair) -> None:
    here = Sink()
    stream = pair.dialer.open(b"where", here)
    stream.write(b"question")
    stream.finish()
    pair.exchange()
    far_stream, payload, there = pair.far.opened_streams[0]
    assert isinstance(there, Sink)
    assert (payload, bytes(there.received), there.is_finished) == (b"where", b"question", True)
    assert not stream.closed
    far_stream.write(b"answer")
    far_stream.finish()
    pair.exchange()
    assert (bytes(here.received), here.is_finished, stream.closed, far_stream.closed) == (b"answer", True, True, True)
    assert pair.dialer.stream_count == pair.listener.stream_count == 0


def test_open_and_first_data_in_one_read_reach_the_same_receiver(pair: Pair) -> None:
    pair.dialer.open(b"", Sink()).write(b"at once")
    pair.listener.feed(pair.near_carrier.take())
    receiver = pair.far.opened_streams[0][2]
    assert isinstance(receiver, Sink)
    assert receiver.received == b"at once"


def test_one_turn_of_the_loop_is_one_write(pair: Pair) -> None:
    writes: list[bytes] = []
    pair.near_carrier.write = writes.append  # type: ignore[method-assign]
    for _ in range(20):
        pair.dialer.open(b"", Sink()).write(b"small")
    pair.near_carrier.run()
    assert len(writes) == 1


def test_a_stalled_receiver_stops_its_sender_and_nobody_else(pair: Pair) -> None:
    pair.far.accept = lambda _stream, payload: Sink(stalled=payload == b"slow")
    slow, quick = pair.dialer.open(b"slow", Sink()), pair.dialer.open(b"quick", Sink())
    slow.write(bytes(2 * INITIAL_WINDOW))
    assert not slow.writable
    quick.write(bytes(1000))
    pair.exchange()
    assert [len(_sink(pair, i).received) for i in (0, 1)] == [INITIAL_WINDOW, 1000]
    far_slow = pair.far.opened_streams[0][0]
    far_slow.consumed(INITIAL_WINDOW)
    _sink(pair, 0).stalled = False
    pair.exchange()
    assert len(_sink(pair, 0).received) == 2 * INITIAL_WINDOW
    assert slow.writable


def _sink(pair: Pair, index: int) -> Sink:
    sink = pair.far.opened_streams[index][2]
    assert isinstance(sink, Sink)
    return sink


def test_a_window_grows_only_while_the_receiver_keeps_up(pair: Pair) -> None:
    here = Sink()
    stream = pair.dialer.open(b"", here)
    largest = 0
    for _ in range(200):
        stream.write(bytes(64 * 1024))
        pair.exchange()
        largest = max(largest, stream._credit)
    assert INITIAL_WINDOW < largest <= LARGEST_WINDOW


def test_a_sender_without_credit_is_told_when_it_may_go_on(pair: Pair) -> None:
    here = Sink()
    stream = pair.dialer.open(b"", here)
    stream.write(bytes(INITIAL_WINDOW + 5))
    pair.exchange()
    assert here.writable_calls > 0


def test_credit_that_comes_while_the_carrier_is_full_is_not_forgotten(pair: Pair) -> None:
    here = Sink()
    stream = pair.dialer.open(b"", here)
    stream.write(bytes(INITIAL_WINDOW))
    there = pair.near_carrier.take()
    pair.dialer.carrier_paused()
    pair.listener.feed(there)
    pair.dialer.feed(pair.far_carrier.take())
    assert here.writable_calls == 0
    pair.dialer.carrier_resumed()
    assert here.writable_calls == 1


def test_more_than_was_granted_ends_the_connection(pair: Pair) -> None:
    pair.far.accept = lambda _stream, _payload: Sink(stalled=True)
    pair.listener.feed(encode(frames.OPEN, 1))
    piece = encode(frames.DATA, 1, bytes(frames.MAX_DATA))
    for _ in range(INITIAL_WINDOW // frames.MAX_DATA):
        pair.listener.feed(piece)
    with pytest.raises(CreditExceeded):
        pair.listener.feed(encode(frames.DATA, 1, b"x"))


def test_frames_that_crossed_a_reset_are_ignored_but_unopened_streams_are_lies(pair: Pair) -> None:
    stream = pair.dialer.open(b"", Sink())
    pair.exchange()
    pair.far.opened_streams[0][0].reset("enough")
    stream.write(b"crossing")
    pair.exchange()
    receiver = stream.receiver
    assert isinstance(receiver, Sink)
    assert receiver.reset_reason == "enough"
    with pytest.raises(ProtocolViolation):
        pair.listener.feed(encode(frames.DATA, 99, b""))


def test_a_refused_stream_says_why(pair: Pair) -> None:
    def refuse(_stream: Stream, _payload: bytes) -> StreamReceiver:
        raise StreamRefused("nobody listens")

    pair.far.accept = refuse
    here = Sink()
    pair.dialer.open(b"", here)
    pair.exchange()
    assert here.reset_reason == "nobody listens"
    assert pair.listener.stream_count == 0


def test_too_many_streams_are_refused_and_memory_stays(pair: Pair) -> None:
    sinks = [Sink() for _ in range(MAX_STREAMS + 1)]
    for sink in sinks:
        pair.dialer.open(b"", sink)
    pair.exchange()
    assert sinks[-1].reset_reason == "too many streams"
    assert pair.listener.stream_count == MAX_STREAMS


def test_thousands_of_short_streams_leave_nothing(pair: Pair) -> None:
    for _ in range(3000):
        stream = pair.dialer.open(b"", Sink())
        stream.write(b"x")
        stream.finish()
        pair.exchange()
        pair.far.opened_streams.pop()[0].finish()
        pair.exchange()
    assert pair.dialer.stream_count == pair.listener.stream_count == 0
    assert pair.listener._budget == pair.dialer._budget


def test_goodbye_carries_the_reason_and_resets_the_streams(pair: Pair) -> None:
    here = Sink()
    pair.dialer.open(b"", here)
    pair.exchange()
    pair.listener.close("the intercept ended")
    pair.exchange()
    assert (here.reset_reason, pair.near.closed_reason) == ("the intercept ended", "the intercept ended")
    assert pair.near_carrier.closed
    assert pair.far_carrier.closed


def test_a_peer_that_is_turned_away_learns_why() -> None:
    pair = Pair()

    def refuse(_hello: Hello) -> None:
        raise HelloRefused("this session is unknown")

    pair.far.greet = refuse
    pair.start()
    assert pair.near.closed_reason == "this session is unknown"


def test_control_messages_and_pings(pair: Pair) -> None:
    pair.dialer.send_control(Control(environment_request=EnvironmentRequest(id=7)))
    pair.dialer.ping(b"now")
    pair.exchange()
    assert pair.far.controls[0].environment_request.id == 7
    assert pair.near.pongs == [b"now"]


def test_a_peer_that_pings_without_reading_is_cut(pair: Pair) -> None:
    pair.listener.carrier_paused()
    with pytest.raises(PeerFloods):
        for _ in range(100):
            pair.listener.feed(encode(frames.PING, 0) * 100)


@pytest.mark.parametrize("data", [encode(frames.OPEN, 1), encode(frames.CONTROL, 0), encode(frames.HELLO, 0, b"\xff")])
def test_nothing_counts_before_a_readable_hello(data: bytes) -> None:
    tunnel = Tunnel(side=Side.LISTENER, hello=make_hello("1"), listener=Listener(), carrier=MemoryCarrier(), tls=None)
    with pytest.raises(ProtocolViolation):
        tunnel.feed(data)


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_garbage_after_the_hello_has_a_name(data: bytes) -> None:
    pair = Pair().start()
    try:
        pair.listener.feed(data)
    except WireError as error:
        pair.listener.fail(error)
        assert pair.far.closed_reason == str(error)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_any_interleaving_delivers_each_stream_in_order(data: st.DataObject) -> None:
    pair = Pair().start()
    seed = random.Random(data.draw(st.integers(0, 2**32)))
    streams = [pair.dialer.open(bytes([i]), Sink()) for i in range(3)]
    sent = [bytearray() for _ in streams]
    for _ in range(data.draw(st.integers(1, 30))):
        i = seed.randrange(3)
        piece = seed.randbytes(seed.choice([1, 100, 70_000, 300_000]))
        sent[i] += piece
        streams[i].write(piece)
        if seed.random() < 0.4:
            wire = pair.near_carrier.take()
            cut = seed.randint(0, len(wire))
            pair.listener.feed(wire[:cut])
            pair.listener.feed(wire[cut:])
            pair.dialer.feed(pair.far_carrier.take())
    for stream in streams:
        stream.finish()
    pair.exchange()
    for (_, payload, sink), expected in zip(pair.far.opened_streams, sent, strict=True):
        assert isinstance(sink, Sink)
        assert payload
        assert bytes(sink.received) == bytes(expected)
        assert sink.is_finished


def test_versions_that_do_not_meet_name_the_old_one() -> None:
    old, new = make_hello("1.0"), make_hello("9.0")
    new.protocol, new.oldest_protocol = 9, 5
    with pytest.raises(IncompatibleVersions, match=r"1\.0.*upgrade this end"):
        negotiate(old, new)
    with pytest.raises(IncompatibleVersions, match=r"1\.0.*upgrade the other end"):
        negotiate(new, old)
    newer = make_hello("2.0")
    newer.protocol = 2
    assert negotiate(old, newer) == 1
