"""Tells a tunnel whose other end vanished (a closed lid, a lost node) from one on which nothing happens."""

from __future__ import annotations

import asyncio
from typing import Final

from telelens_cluster.agent.carrier import TunnelCarrier

_PINGS: Final = 3
"""In the time of a whole silence."""


class Liveness:
    """Pings the other end of one carrier until ``stop``, and closes the tunnel after ``silence`` seconds of nothing.

    Any byte counts as life; an end that talks is not pinged.
    """

    __slots__ = ("_carrier", "_loop", "_pause", "_silence", "_timer")

    def __init__(self, carrier: TunnelCarrier, *, silence: float) -> None:
        self._carrier = carrier
        self._silence = silence
        self._pause = silence / _PINGS
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(self._pause, self._look)

    def stop(self) -> None:
        """The tunnel is gone."""
        self._timer.cancel()

    def _look(self) -> None:
        tunnel = self._carrier.tunnel
        if tunnel is None:
            return
        silent = self._loop.time() - self._carrier.heard
        if silent >= self._silence:
            tunnel.close(f"the other end was silent for {silent:.0f} s")
            return
        pause = self._pause
        if silent >= pause / 2:
            tunnel.ping()
            pause = min(pause, self._silence - silent)
        self._timer = self._loop.call_later(pause, self._look)
