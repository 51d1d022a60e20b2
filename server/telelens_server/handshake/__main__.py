"""Writes down what the server can do: ``python -m telelens_server.handshake``."""

from __future__ import annotations

import json
from typing import Any

from telelens_server.handshake.capabilities import WRITTEN
from telelens_server.server import create_server


class ServerProper:
    """The whole server, to be asked for its handshake."""

    def __init__(self) -> None:
        self._protocol = create_server().protocol
        self._protocol.set_writer(self)
        self._heard: list[dict[str, Any]] = []

    def initialize(self, capabilities: dict[str, Any]) -> dict[str, Any]:
        """The result for a client of these capabilities."""
        params = {"processId": None, "rootUri": None, "capabilities": capabilities}
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
        self._protocol.handle_message(json.loads(request, object_hook=self._protocol.structure_message))
        result: dict[str, Any] = self._heard.pop()["result"]
        return result

    def write(self, data: bytes) -> None:
        """What the server says to its client."""
        self._heard.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        """Nothing to close."""


def render(result: dict[str, Any]) -> str:
    """The file's text."""
    return json.dumps(result, indent=2) + "\n"


if __name__ == "__main__":
    WRITTEN.write_text(render(ServerProper().initialize({})))
