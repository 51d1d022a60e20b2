"""Frames: any split of the bytes gives the same frames, garbage has a name, memory is bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telelens_schemas.wire import frames
from telelens_schemas.wire.errors import FrameTooLarge, ProtocolViolation, UnknownFrame, WireError
from telelens_schemas.wire.frames import Frame, FrameParser, encode

_PAYLOADS = {frames.WINDOW: st.binary(min_size=4, max_size=4), frames.FIN: st.just(b"")}


@st.composite
def _frame(draw: st.DrawFn) -> Frame:
    frame_type = draw(st.integers(0, frames.GOODBYE))
    on_connection = frame_type in (frames.HELLO, frames.CONTROL, frames.PING, frames.PONG, frames.GOODBYE)
    stream = 0 if on_connection else draw(st.integers(1, 2**32 - 1))
    return frame_type, stream, draw(_PAYLOADS.get(frame_type, st.binary(max_size=64)))


@given(st.lists(_frame(), max_size=12), st.lists(st.integers(1, 40), min_size=1))
def test_any_split_gives_the_same_frames(sent: list[Frame], sizes: list[int]) -> None:
    data = b"".join(encode(*frame) for frame in sent)
    parser, received, position, turn = FrameParser(), [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        received += parser.feed(data[position : position + size])
        position, turn = position + size, turn + 1
    assert received == sent
    assert parser.buffered == 0


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_garbage_raises_only_named_errors_and_stays_bounded(pieces: list[bytes]) -> None:
    parser = FrameParser()
    try:
        for piece in pieces:
            parser.feed(piece)
            assert parser.buffered <= frames.MAX_CONTROL + frames.HEADER.size
    except WireError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("frame_type", "stream", "length", "error"),
    [
        (10, 1, 0, UnknownFrame),
        (255, 1, 0, UnknownFrame),
        (frames.DATA, 1, frames.MAX_DATA + 1, FrameTooLarge),
        (frames.HELLO, 0, 2**31, FrameTooLarge),
        (frames.FIN, 1, 1, FrameTooLarge),
        (frames.DATA, 0, 1, ProtocolViolation),
        (frames.PING, 3, 0, ProtocolViolation),
        (frames.WINDOW, 3, 3, ProtocolViolation),
    ],
)
def test_an_impossible_header_is_refused_before_its_payload(
    frame_type: int, stream: int, length: int, error: type[WireError]
) -> None:
    with pytest.raises(error):
        FrameParser().feed(frames.HEADER.pack(frame_type, stream, length))


def test_a_http_request_is_not_our_protocol() -> None:
    with pytest.raises(UnknownFrame):
        FrameParser().feed(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_parser_can_be_told_to_take_less() -> None:
    parser = FrameParser()
    parser.largest = 100
    assert len(parser.feed(encode(frames.CONTROL, 0, b"x" * 100))) == 1
    with pytest.raises(FrameTooLarge, match="100 allowed"):
        parser.feed(frames.HEADER.pack(frames.CONTROL, 0, 101))
