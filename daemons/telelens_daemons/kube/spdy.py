"""As much of SPDY/3.1 as a port-forward needs: two streams opened by us, data both ways, no server push.

Sans-io: bytes in, events out. The sources are the SPDY/3.1 draft and what Kubernetes' end (moby/spdystream) does with
it: it grants no windows, compresses headers, pings now and then.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HEADER: Final = struct.Struct(">II")
"""A data frame: stream, flags and length. A control frame: version and type, flags and length."""

_CONTROL: Final = 0x80000000
_VERSION: Final = 0x80030000
_LENGTH: Final = 0x00FFFFFF
_FIN: Final = 0x01000000
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _SETTINGS, _PING, _GOAWAY = 1, 2, 3, 4, 6, 7
LARGEST_CONTROL: Final = 64 * 1024


class SpdyError(Exception):
    """The other end does not speak SPDY/3.1."""


@dataclass(frozen=True, slots=True)
class StreamData:
    """Bytes of a stream; a view that is valid until the next ``feed``."""

    stream: int
    data: memoryview


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """A stream brings no more: finished, or reset with a status."""

    stream: int
    status: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes to send at once (the answer to a ping)."""

    data: bytes


Event = StreamData | StreamEnd | Reply


class HeaderCompressor:
    """Header blocks share one zlib stream. It uses no preset dictionary, which a reader must also understand."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj()

    def block(self, headers: Mapping[str, str]) -> bytes:
        """The compressed form of one block."""
        plain = [struct.pack(">I", len(headers))]
        for name, value in headers.items():
            for text in (name.lower().encode(), value.encode()):
                plain += [struct.pack(">I", len(text)), text]
        return self._zlib.compress(b"".join(plain)) + self._zlib.flush(zlib.Z_SYNC_FLUSH)


def open_stream(stream: int, headers: Mapping[str, str], compressor: HeaderCompressor, *, finished: bool) -> bytes:
    """SYN_STREAM; ``finished`` when we will send nothing on it."""
    body = struct.pack(">IIBB", stream, 0, 0, 0) + compressor.block(headers)
    return HEADER.pack(_VERSION | _SYN_STREAM, (_FIN if finished else 0) | len(body)) + body


def data_header(stream: int, length: int) -> bytes:
    """What stands before ``length`` bytes of a stream."""
    return HEADER.pack(stream, length)


class SpdyParser:
    """Frames out of bytes that may be cut anywhere. Payloads are passed on as they come, never collected."""

    __slots__ = ("_body_left", "_fin", "_rest", "_stream")

    def __init__(self) -> None:
        self._rest = b""
        self._stream = 0
        self._body_left = 0
        self._fin = False

    def feed(self, data: memoryview) -> list[Event]:
        """What ``data`` completes. Raises SpdyError."""
        events: list[Event] = []
        if self._rest:
            data = memoryview(self._rest + bytes(data))
            self._rest = b""
        offset, end = 0, len(data)
        while offset < end:
            if self._body_left:
                size = min(self._body_left, end - offset)
                events.append(StreamData(self._stream, data[offset : offset + size]))
                offset += size
                self._body_left -= size
                self._end_of_body(events)
                continue
            if end - offset < HEADER.size:
                break
            first, second = HEADER.unpack_from(data, offset)
            length = second & _LENGTH
            if first & _CONTROL:
                if first & 0x7FFF0000 != 0x00030000 or length > LARGEST_CONTROL:
                    raise SpdyError("what came through the port-forward is not SPDY/3.1")
                if end - offset - HEADER.size < length:
                    break
                start = offset + HEADER.size
                self._control(first & 0xFFFF, second, bytes(data[start : start + length]), events)
                offset = start + length
            else:
                offset += HEADER.size
                self._stream, self._body_left, self._fin = first, length, bool(second & _FIN)
                self._end_of_body(events)
        self._rest = bytes(data[offset:])
        return events

    def _end_of_body(self, events: list[Event]) -> None:
        if not self._body_left and self._fin:
            self._fin = False
            events.append(StreamEnd(self._stream))

    def _control(self, kind: int, flags: int, body: bytes, events: list[Event]) -> None:
        if kind == _RST_STREAM and len(body) == 8:
            stream, status = struct.unpack(">II", body)
            events.append(StreamEnd(stream, status))
        elif kind == _SYN_REPLY and flags & _FIN and len(body) >= 4:
            events.append(StreamEnd(struct.unpack_from(">I", body)[0]))
        elif kind == _PING and len(body) == 4:
            events.append(Reply(HEADER.pack(_VERSION | _PING, len(body)) + body))
        elif kind == _GOAWAY:
            events.append(StreamEnd(0))
