"""A connection that carries bytes to a port of a pod, whatever it is made of."""

from __future__ import annotations

from typing import Protocol


class ByteListener(Protocol):
    """Told what happens on a byte stream. Nothing in it may block."""

    def received(self, data: bytes) -> None:
        """Bytes came; they are only valid during the call when they are a view."""

    def paused(self) -> None:
        """The sending buffer is full."""

    def resumed(self) -> None:
        """The sending buffer has room again."""

    def lost(self, reason: str) -> None:
        """The connection is gone. Called once."""


class ByteStream(Protocol):
    """What a dialer gives. The listener is attached before the peer can have said anything."""

    def attach(self, listener: ByteListener) -> None: ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """End it after what was written has left."""

    def abort(self) -> None:
        """End it now."""
