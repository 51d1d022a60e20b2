"""The echo of your desk: what you would be working on. It knows nothing of Telelens, of Kubernetes or of a debugger.

It takes its port and its settings from the environment, as the echo in the cluster does; set a breakpoint in
``greet`` and ask the shop: ``/?customer=Ada``.
"""

from __future__ import annotations

import json
import os
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def greet(customer: str) -> dict[str, str]:
    greeting = os.environ.get("GREETING", "no greeting: the environment of the pod is missing")
    answer = f"{greeting}, {customer}"
    return {
        "answered_by": f"your program on {socket.gethostname()}",
        "answer": answer,
        "motto": os.environ.get("MOTTO", ""),
    }


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        customer = parse_qs(urlsplit(self.path).query).get("customer", ["stranger"])[0]
        body = json.dumps(greet(customer), indent=1).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        print(format % arguments, flush=True)


if __name__ == "__main__":
    address = "127.0.0.1", int(os.environ["PORT"])
    print(f"your echo listens on {address[0]}:{address[1]}", flush=True)
    ThreadingHTTPServer(address, Echo).serve_forever()
