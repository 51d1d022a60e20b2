"""The PROXY protocol's second version: who called whom, ahead of a connection's first byte. Pure.

https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final

from telelens_cluster.agent.sockets import Address

_SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"
_HEAD: Final = struct.Struct("!12sBBH")
_PROXY: Final = 0x21
_TCP: Final = {0x11: (socket.AF_INET, 4), 0x21: (socket.AF_INET6, 16)}
_UNIQUE_ID: Final = 0x05
LONGEST: Final = 1024


class ProxyHeaderError(Exception):
    """What arrived is not such a header."""


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """``source`` and ``destination`` are None where the connection is the proxy's own (a health check)."""

    source: Address | None
    destination: Address | None
    unique_id: str
    length: int
    """Bytes of the header itself; what follows are the connection's."""


def parse(data: bytes) -> ProxyHeader | None:
    """None while more bytes are needed. Raises ProxyHeaderError."""
    if not data.startswith(_SIGNATURE[: len(data)]):
        raise ProxyHeaderError("no PROXY header")
    if len(data) < _HEAD.size:
        return None
    _, command, family, length = _HEAD.unpack_from(data)
    if length > LONGEST:
        raise ProxyHeaderError(f"a PROXY header of {length} bytes")
    end = _HEAD.size + length
    if len(data) < end:
        return None
    if command != _PROXY or family not in _TCP:
        return ProxyHeader(None, None, "", end)
    body = data[_HEAD.size : end]
    kind, size = _TCP[family]
    if len(body) < 2 * size + 4:
        raise ProxyHeaderError("a PROXY header without addresses")
    source_port, destination_port = struct.unpack_from("!HH", body, 2 * size)
    return ProxyHeader(
        Address(socket.inet_ntop(kind, body[:size]), source_port),
        Address(socket.inet_ntop(kind, body[size : 2 * size]), destination_port),
        _unique_id(body[2 * size + 4 :]),
        end,
    )


def write(source: Address, destination: Address) -> bytes:
    """The header of a TCP connection between two addresses of one family."""
    family, (kind, _) = next(item for item in _TCP.items() if (item[1][0] is socket.AF_INET6) == (":" in source.host))
    addresses = socket.inet_pton(kind, source.host) + socket.inet_pton(kind, destination.host)
    body = addresses + struct.pack("!HH", source.port, destination.port)
    return _HEAD.pack(_SIGNATURE, _PROXY, family, len(body)) + body


def _unique_id(extensions: bytes) -> str:
    while len(extensions) >= 3:
        kind, length = struct.unpack_from("!BH", extensions)
        if kind == _UNIQUE_ID:
            return extensions[3 : 3 + length].decode("ascii", "replace")
        extensions = extensions[3 + length :]
    return ""
