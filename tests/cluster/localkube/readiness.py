"""Asking a cluster whether it works: its API, its node, and a name through a Service."""

import json
import random
import socket
import ssl
import struct
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

NAME = "kubernetes.default.svc.cluster.local"


class Api:
    """A few questions to the API server, as the administrator."""

    def __init__(self, url: str, certificates: Path) -> None:
        self._url = url
        self._certificates = certificates

    def _get(self, path: str) -> bytes | None:
        """The answer's body, or None when there is no good answer."""
        try:
            context = ssl.create_default_context(cafile=str(self._certificates / "ca.crt"))
            context.load_cert_chain(
                self._certificates / "kubelet-client.crt", self._certificates / "kubelet-client.key"
            )
            handler = urllib.request.HTTPSHandler(context=context)
            # No proxy from the environment: the address is on this machine.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)
            with opener.open(f"{self._url}{path}", timeout=2) as answer:
                body: bytes = answer.read()
                return body
        except (OSError, urllib.error.URLError):
            return None

    def ready(self) -> bool:
        return self._get("/readyz") == b"ok"

    def node_ready(self, node: str) -> bool:
        body = self._get(f"/api/v1/nodes/{node}")
        if body is None:
            return False
        conditions: list[dict[str, Any]] = json.loads(body)["status"].get("conditions", [])
        return any(entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions)

    def exists(self, path: str) -> bool:
        return self._get(path) is not None


def resolves(server: str, expected: str) -> bool:
    """Whether the DNS Service answers `expected` for the API's own name.

    One datagram shows all that matters: that a pod runs, a Service leads to it and names resolve.
    """
    number = random.randrange(1 << 16)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in NAME.split("."))
    question = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.5)
        try:
            asking.connect((server, 53))
            asking.send(question)
            answer = asking.recv(512)
        except OSError:
            return False
    return answer[:2] == struct.pack("!H", number) and answer.endswith(socket.inet_aton(expected))
