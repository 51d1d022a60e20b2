"""Whether somebody speaks HTTP/2 without TLS: by what is declared, else by asking. Pure."""

from __future__ import annotations

from typing import Final

PATH: Final = b"/telepresence-http2-check"
_AUTHORITY: Final = b"telepresence-http2-check"
_SETTINGS: Final = 4
_HTTP2_PROTOCOLS: Final = frozenset({"kubernetes.io/h2c", "h2c", "http2", "grpc", "kubernetes.io/grpc"})
_HTTP1_PROTOCOLS: Final = frozenset({"http", "http1", "kubernetes.io/ws"})
_HTTP2_NAMES: Final = frozenset({"grpc", "h2c", "http2"})


def declared(app_protocol: str, port_name: str) -> bool | None:
    """What a Service's port says by its ``appProtocol`` or by its name (``grpc``, ``grpc-web``); None: nothing."""
    if app_protocol:
        lowered = app_protocol.lower()
        return True if lowered in _HTTP2_PROTOCOLS else False if lowered in _HTTP1_PROTOCOLS else None
    return True if port_name.partition("-")[0] in _HTTP2_NAMES else None


def question() -> bytes:
    """What is sent: the preface, empty settings, and a GET (RFC 9113, 3.4; RFC 7541, appendix A for the indices)."""
    headers = b"\x82\x86" + b"\x04" + _string(PATH) + b"\x01" + _string(_AUTHORITY)
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(_SETTINGS, 0, 0, b"") + _frame(1, 0x5, 1, headers)


def understood(answer: bytes) -> bool | None:
    """From the first bytes of the answer; None where they say nothing."""
    # Python's http.server, and what is made of it, answers what it does not understand as in HTTP/0.9: a page alone.
    # As the length of HTTP/2's first frame it would be far above what is allowed.
    if answer.startswith((b"HTTP/1", b"<")):
        return False
    return True if len(answer) >= 9 and answer[3] == _SETTINGS else None


def _string(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
