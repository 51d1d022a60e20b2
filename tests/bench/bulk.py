"""One large body down or up, in MB/s, by plain sockets: a client library would be what is measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

_CLIENT = """
import socket, sys, time
host, port, path, direction, size = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
connection = socket.create_connection((host, port))
chunk = bytes(1 << 18)
started = time.perf_counter()
if direction == "down":
    connection.sendall(f"GET {path}?n={size} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n".encode())
    received, buffer = 0, bytearray(1 << 20)
    while (count := connection.recv_into(buffer)):
        received += count
    assert received >= size, received
else:
    head = ["POST " + path + " HTTP/1.1", "Host: x", f"Content-Length: {size}", "Connection: close", "", ""]
    connection.sendall("\\r\\n".join(head).encode())
    for _ in range(size // len(chunk)):
        connection.sendall(chunk)
    answer = b""
    while (part := connection.recv(65536)):
        answer += part
    assert b" 200 " in answer[:40], answer[:200]
print(size / 1e6 / (time.perf_counter() - started))
"""


def megabytes_per_second(host: str, port: int, *, direction: str, size: int, inside: Sequence[str]) -> float:
    """Move ``size`` bytes (a multiple of 256 KiB) ``down`` from the server or ``up`` to it."""
    path = "/bytes" if direction == "down" else "/sum"
    command = [*inside, sys.executable, "-c", _CLIENT, host, str(port), path, direction, str(size)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
