"""Connections that have not shown who they are: few, for a short time, and none at the expense of another source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from telelens_cluster.agent.carrier import TunnelCarrier

HANDSHAKE_SECONDS: Final = 5.0
POD_SHARE: Final = 32
"""Of the pod itself: every port-forward comes from there, whoever asked for it."""
SHARE: Final = 16
"""Of one address elsewhere."""
ELSEWHERE: Final = 64
"""Of all addresses elsewhere together."""


class Strangers:
    """Each source has its share, in which the oldest gives way to one more.

    When all addresses elsewhere together are too many, the oldest of the greediest gives way. Nobody elsewhere can
    take the pod's own share, and nobody in the pod another's.
    """

    __slots__ = ("_shares", "_turn_away")

    def __init__(self, turn_away: Callable[[TunnelCarrier], None]) -> None:
        self._turn_away = turn_away
        self._shares: dict[str, dict[TunnelCarrier, asyncio.TimerHandle]] = {}

    def __len__(self) -> int:
        return sum(len(share) for share in self._shares.values())

    def add(self, carrier: TunnelCarrier) -> None:
        """Give it a place and HANDSHAKE_SECONDS."""
        source = carrier.source
        share = self._shares.get(source, {})
        if len(share) >= (SHARE if source else POD_SHARE):
            self._oldest_goes(share)
        elif source and len(self) - len(self._shares.get("", {})) >= ELSEWHERE:
            self._oldest_goes(max((s for name, s in self._shares.items() if name), key=len))
        timer = asyncio.get_running_loop().call_later(HANDSHAKE_SECONDS, self._late, carrier)
        self._shares.setdefault(source, {})[carrier] = timer

    def remove(self, carrier: TunnelCarrier) -> None:
        """No stranger any more: let in, or gone. Twice is once."""
        share = self._shares.get(carrier.source, {})
        timer = share.pop(carrier, None)
        if timer is not None:
            timer.cancel()
            if not share:
                del self._shares[carrier.source]

    def _oldest_goes(self, share: dict[TunnelCarrier, asyncio.TimerHandle]) -> None:
        self._late(next(iter(share)))

    def _late(self, carrier: TunnelCarrier) -> None:
        self.remove(carrier)
        self._turn_away(carrier)
