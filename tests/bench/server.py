"""The application and the handler of the benchmark: ``python server.py PORT``.

Small answers come from HAProxy (see ``haproxy.cfg``); this one serves and takes large bodies from plain sockets.
"""

from __future__ import annotations

import socket
import sys
import threading
from urllib.parse import parse_qs, urlsplit

_CHUNK = bytes(1 << 18)


def _serve(connection: socket.socket) -> None:
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (part := connection.recv(65536)):
                return
            head += part
        head, _, body = head.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        if method == "GET":
            size = int(parse_qs(urlsplit(target).query)["n"][0])
            connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode())
            for _ in range(size // len(_CHUNK)):
                connection.sendall(_CHUNK)
            connection.sendall(bytes(size % len(_CHUNK)))
            return
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        wanted, buffer = int(headers["content-length"]) - len(body), bytearray(1 << 20)
        while wanted > 0 and (count := connection.recv_into(buffer)):
            wanted -= count
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")


def main() -> None:
    """Serve until ended."""
    with socket.create_server(("", int(sys.argv[1])), backlog=256) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
