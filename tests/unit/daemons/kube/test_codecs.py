"""What is said inside a port-forward's WebSocket, in both codecs."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telelens_daemons.kube.codecs import ChannelCodec, SpdyCodec


class Taken:
    """Collects what a codec makes of messages."""

    def __init__(self) -> None:
        self.data = b""
        self.replies: list[bytes] = []
        self.end: str | None = None

    def arrived(self, data: memoryview) -> None:
        self.data += bytes(data)

    def reply(self, message: bytes) -> None:
        self.replies.append(message)

    def ended(self, reason: str) -> None:
        self.end = reason


def _spdy_data(stream: int, data: bytes, *, fin: bool = False) -> bytes:
    return struct.pack(">II", stream, (0x01000000 if fin else 0) | len(data)) + data


def _control(kind: int, body: bytes) -> bytes:
    return struct.pack(">II", 0x80030000 | kind, len(body)) + body


def test_channels_skip_the_message_that_repeats_the_port() -> None:
    codec, taken = ChannelCodec(), Taken()
    for message in (b"\x00\xac\x26", b"\x01\xac\x26", b"\x00hello ", b"\x00world"):
        codec.decode(memoryview(message), taken)
    assert (taken.data, taken.end) == (b"hello world", None)
    codec.decode(memoryview(b"\x01no such port\n"), taken)
    assert taken.end == "no such port"
    assert codec.encode(b"x") == b"\x00x"


def test_spdy_opens_an_error_stream_that_is_finished_and_a_data_stream() -> None:
    opening = SpdyCodec().opening(9900)
    decompressor, streams = zlib.decompressobj(), []
    while opening:
        first, second = struct.unpack_from(">II", opening)
        assert first == 0x80030001
        stop = 8 + (second & 0xFFFFFF)
        body, opening = opening[8:stop], opening[stop:]
        headers = decompressor.decompress(body[10:])
        streams.append((struct.unpack_from(">I", body)[0], bool(second & 0x01000000), headers))
    assert [(stream, finished) for stream, finished, _ in streams] == [(1, True), (3, False)]
    assert b"streamtype\x00\x00\x00\x05error" in streams[0][2]
    assert b"port\x00\x00\x00\x049900" in streams[1][2]


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1), st.lists(st.integers(1, 30), min_size=1))
def test_spdy_data_arrives_however_it_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    reply = _control(2, struct.pack(">I", 3))
    wire = reply + b"".join(_spdy_data(3, piece) + _control(6, b"\x00\x00\x00\x02") for piece in pieces)
    codec, taken, turn = SpdyCodec(), Taken(), 0
    while wire:
        size = cuts[turn % len(cuts)]
        codec.decode(memoryview(wire[:size]), taken)
        wire, turn = wire[size:], turn + 1
    assert taken.data == b"".join(pieces)
    assert taken.replies == [_control(6, b"\x00\x00\x00\x02")] * len(pieces)
    assert taken.end is None


@pytest.mark.parametrize(
    "wire",
    [
        _spdy_data(3, b"", fin=True),
        _control(3, struct.pack(">II", 3, 5)),
        _control(7, bytes(8)),
        b"\x80GARBAGE" + bytes(9),
    ],
)
def test_spdy_notices_the_end(wire: bytes) -> None:
    taken = Taken()
    SpdyCodec().decode(memoryview(wire), taken)
    assert taken.end is not None


def test_spdy_says_why_the_port_could_not_be_reached() -> None:
    codec, taken = SpdyCodec(), Taken()
    codec.decode(memoryview(_spdy_data(1, b"error forwarding port 9900: connection refused", fin=True)), taken)
    assert taken.end == "error forwarding port 9900: connection refused"


def test_spdy_frames_our_data() -> None:
    assert SpdyCodec().encode(b"abc") == _spdy_data(3, b"abc")
