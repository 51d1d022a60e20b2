"""Switches redirect and drain on and off: the agent's only means, without any privilege, to change the pod's table."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from telelens_schemas.names import TOGGLE_ADDRESS

from telelens_cluster.agent.switches import Switch

REFRESH_SECONDS: Final = 1.0
Ports = Mapping[Switch, frozenset[int]]


class Sender(Protocol):
    """Sends one empty datagram from ``source_port`` to each of ``ports``. Raises OSError."""

    def __call__(self, source_port: int, ports: Iterable[int]) -> None: ...


def send_datagrams(source_port: int, ports: Iterable[int]) -> None:
    """The real sender. The socket lives for the moment only: the application may want that port for itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind((TOGGLE_ADDRESS, source_port))
        for port in ports:
            datagrams.sendto(b"", (TOGGLE_ADDRESS, port))


class Toggle:
    """Keeps the table's sets equal to the ports it was given last, for as long as ``refresh`` runs.

    When ``set`` returns, the kernel has already changed its mind: the rule runs within ``sendto``.
    """

    __slots__ = ("_ports", "_send", "error")

    def __init__(self, send: Sender = send_datagrams) -> None:
        self._send = send
        self._ports: Ports = {}
        self.error = ""
        """Why the last datagrams could not be sent; empty when they were."""

    def set(self, ports: Ports) -> None:
        """From now on exactly ``ports``."""
        before, self._ports = self._ports, ports
        self.error = ""
        # A port that moves from one set to another is in both for a moment, never in none.
        self._add()
        for switch in before:
            self._try(switch.delete_port, before[switch] - ports.get(switch, frozenset()))

    def off(self) -> None:
        """Everything off: new connections go to the application. Those that were redirected stay as they are."""
        self.set({})

    async def refresh(self) -> None:
        """Say again every second what is on, until cancelled."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            self.error = ""
            self._add()

    def _add(self) -> None:
        for switch, ports in self._ports.items():
            self._try(switch.add_port, ports)

    def _try(self, source_port: int, ports: frozenset[int]) -> None:
        if not ports:
            return
        try:
            self._send(source_port, sorted(ports))
        except OSError as error:
            self.error = f"the redirect cannot be switched (UDP from {TOGGLE_ADDRESS}:{source_port}): {error}"
