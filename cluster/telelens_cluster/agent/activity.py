"""Whether a connection that was accepted is in the middle of something, as the kernel remembers it."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final

QUIET_MILLISECONDS: Final = 1000
_TCP_INFO_SIZE: Final = 64
# struct tcp_info (linux/tcp.h): tcpi_last_data_sent, tcpi_last_ack_sent, tcpi_last_data_recv; milliseconds ago
_LAST_DATA: Final = struct.Struct("44xI4xI")


def is_busy(transport: asyncio.BaseTransport) -> bool:
    """Whether the caller said something lately, was told something lately, or waits for an answer."""
    if transport.is_closing():
        return False
    sock = transport.get_extra_info("socket")
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_SIZE)
    except OSError:
        return False
    told, said = _LAST_DATA.unpack_from(info)
    return bool(said < told or min(said, told) < QUIET_MILLISECONDS)
