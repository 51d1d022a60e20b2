"""Connections that were opened before an intercept and still go to the application, as the kernel lists them."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")
_OPEN: Final = (b"01", b"03")  # ESTABLISHED, SYN_RECV (include/net/tcp_states.h)


class Connection(NamedTuple):
    """One connection of the application: the port it came to, and who is at the other end."""

    local_port: int
    remote_host: str
    remote_port: int


def parse_connections(lines: Iterable[bytes], ports: Collection[int]) -> Iterator[Connection]:
    """Open connections to ``ports`` from outside the pod, out of the lines of /proc/net/tcp or tcp6.

    The agent's own connections to the application come from the pod's own address and are left out.
    """
    wanted = {b"%04X" % port: port for port in ports}
    for line in lines:
        # sl local_address rem_address st …; addresses are hexadecimal words in the machine's byte order
        fields = line.split(None, 4)
        if len(fields) < 5 or fields[3] not in _OPEN:
            continue
        local_host, _, local_port = fields[1].partition(b":")
        port = wanted.get(local_port)
        if port is None:
            continue
        remote_host, _, remote_port = fields[2].partition(b":")
        if remote_host != local_host:
            yield Connection(port, _host(remote_host), int(remote_port, 16))


def open_connections(ports: Collection[int], *, tables: Iterable[str] = TABLES) -> frozenset[Connection]:
    """What the kernel lists now. Reads line by line: there may be tens of thousands."""
    found: set[Connection] = set()
    for table in tables if ports else ():
        try:
            with open(table, "rb") as lines:
                found.update(parse_connections(lines, ports))
        except OSError:  # no IPv6
            continue
    return frozenset(found)


class OldConnections:
    """Counts, per port, the connections of the moment its redirect began that are still open.

    No new ones can join: they are redirected. So the count only falls, and at zero nothing is read any more.
    """

    __slots__ = ("_old", "_tables")

    def __init__(self, *, tables: Iterable[str] = TABLES) -> None:
        self._tables = tuple(tables)
        self._old: dict[int, frozenset[Connection]] = {}

    def watch(self, ports: Collection[int]) -> None:
        """These ports are redirected now; call right after the redirect is on."""
        added = [port for port in ports if port not in self._old]
        now = open_connections(added, tables=self._tables)
        self._old = {port: self._old.get(port, _to(port, now)) for port in ports}

    def poll(self) -> bool:
        """Look again; whether a count changed."""
        ports = [port for port, old in self._old.items() if old]
        if not ports:
            return False
        now = open_connections(ports, tables=self._tables)
        before = self._old
        self._old = {port: old & now for port, old in before.items()}
        return self._old != before

    def count(self, ports: Iterable[int]) -> int:
        """Old connections of ``ports``."""
        return sum(len(self._old.get(port, ())) for port in ports)


def _to(port: int, connections: frozenset[Connection]) -> frozenset[Connection]:
    return frozenset(connection for connection in connections if connection.local_port == port)


def _host(words: bytes) -> str:
    packed = b"".join(bytes.fromhex(words[i : i + 8].decode())[::-1] for i in range(0, len(words), 8))
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)
