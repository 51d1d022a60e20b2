"""echo: answers every request with what it saw, and who it is. Python's standard library only, one file.

    PORT=8080 python3 echo.py

GET anything     JSON: who answered, method, path, headers, the chosen environment; with ?file=PATH that file's text
GET /env         the chosen environment alone
GET /bytes?n=    n bytes, the same every time
POST /sum        length and SHA-256 of the body
GET /sleep?s=    answers after so many seconds
GET /ready       "ok", for probes

Which variables are shown: those that ECHO_VARIABLES names, separated by commas.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATTERN = bytes(range(251)) * 256
"""What /bytes repeats; its length is a prime times a power of two, so that shifted data does not look right."""


def chosen_environment() -> dict[str, str | None]:
    names = os.environ.get("ECHO_VARIABLES", "").split(",")
    return {name: os.environ.get(name) for name in names if name}


class Echo(BaseHTTPRequestHandler):
    """One connection; kept alive between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if url.path == "/ready":
            self.answer(b"ok\n", "text/plain")
        elif url.path == "/env":
            self.answer_json(chosen_environment())
        elif url.path == "/bytes":
            self.answer_bytes(int(query.get("n", "0")))
        elif url.path == "/sleep":
            time.sleep(float(query.get("s", "0")))
            self.answer_json({"slept": float(query.get("s", "0"))})
        else:
            self.answer_json(self.seen(query.get("file")))

    def do_POST(self) -> None:
        digest, length = hashlib.sha256(), 0
        for chunk in self.body():
            digest.update(chunk)
            length += len(chunk)
        if urlsplit(self.path).path == "/sum":
            self.answer_json({"length": length, "sha256": digest.hexdigest()})
        else:
            self.answer_json({**self.seen(None), "length": length})

    do_HEAD = do_GET  # noqa: N815 (a name that http.server looks for)
    do_PUT = do_POST  # noqa: N815

    def seen(self, file: str | None) -> dict[str, object]:
        answer: dict[str, object] = {
            "answered_by": f"pod {socket.gethostname()}",
            "method": self.command,
            "path": self.path,
            "headers": dict(self.headers.items()),
            "environment": chosen_environment(),
        }
        if file is not None:
            try:
                with open(file, encoding="utf-8") as opened:
                    answer["file"] = opened.read()
            except OSError as error:
                answer["file_error"] = str(error)
        return answer

    def body(self):
        """Yield the request's body in parts, whether its length is given or it is chunked."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", "0"))
        while left and (part := self.rfile.read(min(left, 65536))):
            left -= len(part)
            yield part

    def answer_json(self, value: object) -> None:
        self.answer(json.dumps(value, indent=1).encode() + b"\n", "application/json")

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_bytes(self, count: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(count))
        self.end_headers()
        while count > 0:
            self.wfile.write(PATTERN[:count])
            count -= len(PATTERN)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if self.path != "/ready":
            print(f"{self.command} {self.path} {int(code)}", flush=True)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    port = int(os.environ.get("PORT", "8080"))
    server = Server(("", port), Echo)
    print(f"echo listens on {port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
