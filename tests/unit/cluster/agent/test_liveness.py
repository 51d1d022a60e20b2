"""Whose other end is silent is cut in time; who answers, or talks, is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.liveness import Liveness

SILENCE = 0.3


class Tunnel:
    """Counts pings; ``answer`` is what the other end does about one."""

    def __init__(self, answer: Callable[[], None] = lambda: None) -> None:
        self.pings = 0
        self.reason = ""
        self._answer = answer

    def ping(self) -> None:
        self.pings += 1
        self._answer()

    def close(self, reason: str) -> None:
        self.reason = reason


def carrier_of(tunnel: Tunnel) -> TunnelCarrier:
    carrier = TunnelCarrier(lambda _: None)
    carrier.tunnel = tunnel  # type: ignore[assignment]
    return carrier


async def test_silence_is_the_end() -> None:
    tunnel = Tunnel()
    liveness = Liveness(carrier_of(tunnel), silence=SILENCE)
    await asyncio.sleep(SILENCE * 0.9)
    assert not tunnel.reason
    await asyncio.sleep(SILENCE * 0.3)
    assert "was silent" in tunnel.reason
    assert tunnel.pings == 2
    liveness.stop()


async def test_an_answer_is_life() -> None:
    loop = asyncio.get_running_loop()
    tunnel = Tunnel(lambda: setattr(carrier, "heard", loop.time()))
    carrier = carrier_of(tunnel)
    liveness = Liveness(carrier, silence=SILENCE)
    await asyncio.sleep(SILENCE * 3)
    assert not tunnel.reason
    assert tunnel.pings
    liveness.stop()


async def test_who_talks_is_not_asked() -> None:
    tunnel = Tunnel()
    carrier = carrier_of(tunnel)
    liveness = Liveness(carrier, silence=SILENCE)
    for _ in range(20):
        carrier.heard = asyncio.get_running_loop().time()
        await asyncio.sleep(SILENCE / 10)
    assert (tunnel.pings, tunnel.reason) == (0, "")
    liveness.stop()
    await asyncio.sleep(SILENCE * 2)
    assert tunnel.pings == 0, "stopped"
