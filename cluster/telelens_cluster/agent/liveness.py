"""Tells a tunnel whose other end vanished (a closed lid, a lost node) from one on which nothing happens."""

from __future__ import annotations

import asyncio
from typing import Final

from telelens_cluster.agent.carrier import TunnelCarrier

PING_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 25.0
"""Two pings went unanswered."""


class Liveness:
    """Pings the other end of one carrier until ``stop``, and closes the tunnel when nothing comes back."""

    __slots__ = ("_carrier", "_loop", "_timer")

    def __init__(self, carrier: TunnelCarrier) -> None:
        self._carrier = carrier
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(PING_SECONDS, self._look)

    def stop(self) -> None:
        """The tunnel is gone."""
        self._timer.cancel()

    def _look(self) -> None:
        tunnel = self._carrier.tunnel
        if tunnel is None:
            return
        silent = self._loop.time() - self._carrier.heard
        if silent >= SILENCE_SECONDS:
            tunnel.close(f"the other end was silent for {silent:.0f} s")
            return
        tunnel.ping()
        self._timer = self._loop.call_later(PING_SECONDS, self._look)
