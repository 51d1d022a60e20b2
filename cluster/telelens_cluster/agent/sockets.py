"""What the agent asks of its sockets beyond asyncio: original destination, reset, listening on both families."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

BACKLOG: Final = 4096
_SO_ORIGINAL_DST: Final = 80  # linux/netfilter_ipv4.h; IP6T_SO_ORIGINAL_DST is the same number
_SOCKADDR_IN: Final = struct.Struct("!2xH4s8x")
_SOCKADDR_IN6: Final = struct.Struct("!2xH4x16s4s")
_KEEPALIVE: Final = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 20), (socket.TCP_KEEPCNT, 4))
_LINGER_RESET: Final = struct.pack("ii", 1, 0)


class Address(NamedTuple):
    """Where a connection was going before the redirect."""

    host: str
    port: int


def parse_sockaddr_in(data: bytes) -> Address:
    """``struct sockaddr_in`` as the kernel returns it."""
    port, address = _SOCKADDR_IN.unpack_from(data)
    return Address(socket.inet_ntop(socket.AF_INET, address), port)


def parse_sockaddr_in6(data: bytes) -> Address:
    """``struct sockaddr_in6``; a link-local address keeps its interface."""
    port, address, scope = _SOCKADDR_IN6.unpack_from(data)
    host = socket.inet_ntop(socket.AF_INET6, address)
    index = int.from_bytes(scope, "little")  # the kernel's own byte order; every node we run on is little-endian
    return Address(f"{host}%{index}" if index and host.startswith("fe80:") else host, port)


def original_destination(sock: socket.socket) -> Address | None:
    """Where the accepted connection was going; None when the table did not redirect it."""
    try:
        if sock.family == socket.AF_INET6:
            return parse_sockaddr_in6(sock.getsockopt(socket.IPPROTO_IPV6, _SO_ORIGINAL_DST, _SOCKADDR_IN6.size))
        return parse_sockaddr_in(sock.getsockopt(socket.IPPROTO_IP, _SO_ORIGINAL_DST, _SOCKADDR_IN.size))
    except OSError:
        return None


def reset(transport: Any) -> None:
    """End a connection so that its peer sees a reset: a transport's own abort sends a FIN, as if all was well."""
    sock = transport.get_extra_info("socket")
    if sock is not None and not transport.is_closing():
        with contextlib.suppress(OSError):  # closed meanwhile
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
    transport.abort()


def keep_alive(sock: socket.socket) -> None:
    """A peer that vanished without a word does not hold its descriptors for ever."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE:
        sock.setsockopt(socket.IPPROTO_TCP, option, value)


async def listen(
    protocol: Callable[[], asyncio.BaseProtocol], port: int, *, backlog: int = BACKLOG
) -> Sequence[asyncio.Server]:
    """Listen on ``port`` of every address, IPv4 and, where the pod has it, IPv6. Raises OSError."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(protocol, "0.0.0.0", port, backlog=backlog)]  # noqa: S104 (a pod's port)
    try:
        servers.append(await loop.create_server(protocol, "::", port, backlog=backlog))
    except OSError as error:
        if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):  # no IPv6 in this pod
            servers[0].close()
            raise
    return servers
