"""The two ways to say "these bytes are for that port of the pod" inside a WebSocket to the API server.

* ``SPDY/3.1+portforward.k8s.io`` (KEP-4006, on since Kubernetes 1.31): SPDY goes through to the container runtime.
  Taken first: with the other one the runtime unmasks each byte of a WebSocket in a loop, measured as a third of all
  processor time of a download.
* ``v4.channel.k8s.io``: one byte of channel before the payload; 0 is data, 1 an error in words, and the first message
  of each only repeats the port. Understood by every version.
"""

from __future__ import annotations

from typing import Protocol

from telelens_daemons.kube.spdy import (
    HeaderCompressor,
    Reply,
    SpdyError,
    SpdyParser,
    StreamData,
    data_header,
    open_stream,
)


class Decoded(Protocol):
    """Who takes what a codec makes of a message."""

    def arrived(self, data: memoryview) -> None:
        """Bytes of the port, valid during the call."""

    def reply(self, message: bytes) -> None:
        """Send this at once."""

    def ended(self, reason: str) -> None:
        """The port's connection is over."""


class PortForwardCodec(Protocol):
    """One connection to one port; made anew for each."""

    subprotocol: str
    query: str
    largest: int
    """Bytes of payload in one message."""

    def opening(self, port: int) -> bytes:
        """The first message; none when empty."""

    def encode(self, data: bytes) -> bytes: ...

    def decode(self, message: memoryview, to: Decoded) -> None: ...


class ChannelCodec:
    """``v4.channel.k8s.io``."""

    subprotocol = "v4.channel.k8s.io"
    query = "?ports={port}"
    largest = 1024 * 1024

    def __init__(self) -> None:
        self._introduced = [False, False]

    def opening(self, port: int) -> bytes:
        return b""

    def encode(self, data: bytes) -> bytes:
        return b"\x00" + data

    def decode(self, message: memoryview, to: Decoded) -> None:
        channel = message[0] if message else 2
        if channel > 1:
            return
        if not self._introduced[channel]:
            self._introduced[channel] = True
        elif channel == 0:
            to.arrived(message[1:])
        else:
            to.ended(bytes(message[1:]).decode(errors="replace").strip())


class SpdyCodec:
    """``SPDY/3.1+portforward.k8s.io``: an error stream, then a data stream."""

    subprotocol = "SPDY/3.1+portforward.k8s.io"
    query = ""
    largest = 64 * 1024
    _ERROR, _DATA = 1, 3

    def __init__(self) -> None:
        self._parser = SpdyParser()
        self._error = b""

    def opening(self, port: int) -> bytes:
        compressor, headers = HeaderCompressor(), {"port": str(port), "requestid": "0"}
        return open_stream(self._ERROR, {"streamtype": "error", **headers}, compressor, finished=True) + open_stream(
            self._DATA, {"streamtype": "data", **headers}, compressor, finished=False
        )

    def encode(self, data: bytes) -> bytes:
        return data_header(self._DATA, len(data)) + data

    def decode(self, message: memoryview, to: Decoded) -> None:
        try:
            events = self._parser.feed(message)
        except SpdyError as error:
            to.ended(str(error))
            return
        for event in events:
            if isinstance(event, StreamData):
                if event.stream == self._DATA:
                    to.arrived(event.data)
                elif event.stream == self._ERROR:
                    self._error += bytes(event.data[: 4096 - len(self._error)])
            elif isinstance(event, Reply):
                to.reply(event.data)
            elif event.stream != self._ERROR or self._error:
                to.ended(self._error.decode(errors="replace").strip())
