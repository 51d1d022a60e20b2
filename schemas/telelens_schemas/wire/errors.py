"""The errors of the wire: everything that a peer, or garbage, can make the protocol code raise."""

from __future__ import annotations


class WireError(Exception):
    """The connection cannot go on; whoever feeds it closes the carrier with this text as the reason."""


class UnknownFrame(WireError):
    """A frame of a type that no version of the protocol has: garbage, or not our protocol at all."""


class FrameTooLarge(WireError):
    """A frame announces more bytes than its type may carry."""


class ProtocolViolation(WireError):
    """A well-formed frame where it must not be."""


class CreditExceeded(WireError):
    """The peer sent more than it had been granted."""


class PeerFloods(WireError):
    """The peer makes us answer without reading the answers."""


class IncompatibleVersions(WireError):
    """The two ends share no protocol version; the text says which one is too old."""


class TlsFailure(WireError):
    """The handshake or a record failed, or the peer's certificate is not the pinned one."""


class HelloRefused(Exception):
    """Raised by a listener to turn a peer away; the text is sent to it."""


class StreamRefused(Exception):
    """Raised by a listener to refuse one stream; the text is sent with its RESET."""
