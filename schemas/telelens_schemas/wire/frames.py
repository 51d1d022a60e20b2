"""Frames: a header of nine bytes (type, stream, length; big-endian) and a payload.

Small and binary because a frame is paid for each request on the intercepted path. Stream 0 is the connection itself.
"""

from __future__ import annotations

import struct
from typing import Final

from telelens_schemas.wire.errors import FrameTooLarge, ProtocolViolation, UnknownFrame

HEADER: Final = struct.Struct(">BII")
CREDIT: Final = struct.Struct(">I")

HELLO: Final = 0
CONTROL: Final = 1
OPEN: Final = 2
DATA: Final = 3
WINDOW: Final = 4
FIN: Final = 5
RESET: Final = 6
PING: Final = 7
PONG: Final = 8
GOODBYE: Final = 9

MAX_DATA: Final = 64 * 1024
"""Bytes of payload in one DATA frame."""
MAX_CONTROL: Final = 4 * 1024 * 1024
"""Bytes of payload in one CONTROL frame: an environment, or the configuration of every intercept of a pod."""

# Largest payload by type; what a stranger can make us buffer before its Hello is the first entry.
_LARGEST: Final = (64 * 1024, MAX_CONTROL, 4096, MAX_DATA, CREDIT.size, 0, 4096, 64, 64, 4096)
_OF_CONNECTION: Final = frozenset((HELLO, CONTROL, PING, PONG, GOODBYE))


Frame = tuple[int, int, bytes]
"""One whole frame: type, stream, payload. A plain tuple, since one is made for each request."""


def encode(frame_type: int, stream: int, payload: bytes = b"") -> bytes:
    """The bytes of one frame."""
    return HEADER.pack(frame_type, stream, len(payload)) + payload


class FrameParser:
    """Bytes in, frames out; any split of the same bytes gives the same frames.

    Never holds more than one frame's header and payload, whose size is bounded by its type.
    """

    __slots__ = ("_rest", "largest")

    def __init__(self) -> None:
        self._rest = b""
        self.largest = MAX_CONTROL
        """Largest payload of any frame, whatever its type may carry; less for a peer that has proved nothing yet."""

    @property
    def buffered(self) -> int:
        """Bytes of a frame that is not complete yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that ``data`` completes.

        Raises UnknownFrame, FrameTooLarge or ProtocolViolation at the first header that cannot be ours; the
        connection is of no use afterwards.
        """
        if self._rest:
            data = self._rest + data
        frames: list[Frame] = []
        offset, end = 0, len(data)
        unpack, header_size, largest = HEADER.unpack_from, HEADER.size, self.largest
        most = min(largest, MAX_DATA)
        while end - offset >= header_size:
            frame_type, stream, length = unpack(data, offset)
            # Most frames are data that may be there; the others are looked at closely.
            if frame_type != DATA or length > most or not stream:
                _check(frame_type, stream, length, largest)
            start = offset + header_size
            stop = start + length
            if stop > end:
                break
            frames.append((frame_type, stream, data[start:stop]))
            offset = stop
        self._rest = data[offset:] if offset else data
        return frames


def _check(frame_type: int, stream: int, length: int, largest: int) -> None:
    if frame_type > GOODBYE:
        raise UnknownFrame(f"frame type {frame_type} does not exist: the peer does not speak this protocol")
    if length > (allowed := min(largest, _LARGEST[frame_type])):
        raise FrameTooLarge(f"a frame of type {frame_type} announces {length} bytes, {allowed} allowed")
    if (stream == 0) != (frame_type in _OF_CONNECTION):
        raise ProtocolViolation(f"a frame of type {frame_type} on stream {stream}")
    if frame_type == WINDOW and length != CREDIT.size:
        raise ProtocolViolation(f"a WINDOW of {length} bytes")
