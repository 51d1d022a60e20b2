"""shop: a front that asks echo, by its Service's name, and answers what echo said. Python's standard library only.

    ECHO_URL=http://echo PORT=8080 python3 shop.py

The path, the query and the headers of a request are passed on; /ready answers by itself, for probes.
Every request to echo has a connection of its own, so an intercept of echo takes the very next request.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

NOT_PASSED_ON = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}
ECHO_SECONDS = 300.0
"""Long enough for somebody who thinks at a breakpoint."""


class Shop(BaseHTTPRequestHandler):
    """One connection; kept alive between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/ready":
            self.answer(200, b"ok\n", "text/plain")
            return
        echo = urlsplit(os.environ.get("ECHO_URL", "http://echo"))
        assert echo.hostname is not None
        connection = http.client.HTTPConnection(echo.hostname, echo.port or 80, timeout=ECHO_SECONDS)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
        try:
            connection.request(self.command, self.path, body=self.body(), headers=headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.answer_json(502, {"front": self.name, "error": f"echo does not answer: {error!r}"})
            return
        finally:
            connection.close()
        try:
            self.answer_json(answer.status, {"front": self.name, "echo": json.loads(said)})
        except ValueError:
            self.answer(answer.status, said, answer.headers.get("Content-Type", "text/plain"))

    do_POST = do_GET  # noqa: N815 (a name that http.server looks for)

    @property
    def name(self) -> str:
        return f"pod {socket.gethostname()}"

    def body(self) -> bytes | None:
        length = int(self.headers.get("Content-Length", "0"))
        return self.rfile.read(length) if length else None

    def answer_json(self, status: int, value: object) -> None:
        self.answer(status, json.dumps(value, indent=1).encode() + b"\n", "application/json")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if self.path != "/ready":
            print(f"{self.command} {self.path} {int(code)}", flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    port = int(os.environ.get("PORT", "8080"))
    server = Server(("", port), Shop)
    print(f"shop listens on {port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
