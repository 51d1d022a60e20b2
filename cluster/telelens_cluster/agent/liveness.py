"""Tells a tunnel whose other end vanished (a closed lid, a lost node) from one on which nothing happens."""

from __future__ import annotations

import asyncio
from typing import Final

from telelens_cluster.agent.carrier import TunnelCarrier

_PINGS: Final = 3
"""In the time of a whole silence."""


class Liveness:
    """Pings the other end of one carrier until ``stop``, and closes the tunnel after ``silence`` seconds of nothing.

    Any byte counts as life; an end that talks is not pinged. Who stood still itself, on a node without a processor to
    spare, has not read yet what came meanwhile: it asks and looks again, once.
    """

    __slots__ = ("_carrier", "_due", "_forgiven", "_loop", "_pause", "_silence", "_timer")

    def __init__(self, carrier: TunnelCarrier, *, silence: float) -> None:
        self._carrier = carrier
        self._silence = silence
        self._pause = silence / _PINGS
        self._loop = asyncio.get_running_loop()
        self._forgiven = False
        self._look_in(self._pause)

    def stop(self) -> None:
        """The tunnel is gone."""
        self._timer.cancel()

    def _look(self) -> None:
        tunnel = self._carrier.tunnel
        if tunnel is None:
            return
        now = self._loop.time()
        silent = now - self._carrier.heard
        stood_still = now - self._due >= self._pause
        if silent >= self._silence and (self._forgiven or not stood_still):
            tunnel.close(f"the other end was silent for {silent:.0f} s")
            return
        self._forgiven = silent >= self._silence
        pause = self._pause
        if silent >= pause / 2:
            tunnel.ping()
            pause = min(pause, self._silence - silent) if silent < self._silence else pause
        self._look_in(pause)

    def _look_in(self, seconds: float) -> None:
        self._due = self._loop.time() + seconds
        self._timer = self._loop.call_later(seconds, self._look)
