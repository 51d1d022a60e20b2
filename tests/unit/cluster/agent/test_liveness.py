"""Whose other end is silent is cut in time; who answers, or talks, is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.liveness import Liveness

SILENCE = 30.0


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


class Timer:
    def __init__(self, due: float, call: Callable[[], None]) -> None:
        self.due = due
        self.call = call
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """An event loop's clock and timers, moved by the test."""

    def __init__(self) -> None:
        self._now = 0.0
        self._timers: list[Timer] = []

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, call: Callable[[], None]) -> Timer:
        self._timers.append(Timer(self._now + delay, call))
        return self._timers[-1]

    def wait(self, seconds: float) -> None:
        end = self._now + seconds
        while due := [one for one in self._timers if not one.cancelled and one.due <= end]:
            first = min(due, key=lambda one: one.due)
            self._timers.remove(first)
            self._now = first.due
            first.call()
        self._now = end

    def stand_still(self, seconds: float) -> None:
        """What was due meanwhile is late; nothing else happens."""
        self._now += seconds
        due = [one for one in self._timers if not one.cancelled and one.due <= self._now]
        for one in due:
            self._timers.remove(one)
            one.call()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


def carrier_of(tunnel: Any) -> TunnelCarrier:
    carrier = TunnelCarrier(lambda _: tunnel)
    carrier.tunnel = tunnel
    return carrier


def test_silence_is_the_end(clock: Clock) -> None:
    tunnel = Tunnel()
    Liveness(carrier_of(tunnel), silence=SILENCE)
    clock.wait(SILENCE * 0.99)
    assert not tunnel.reason
    clock.wait(SILENCE * 0.02)
    assert "was silent for 30 s" in tunnel.reason
    assert tunnel.pings == 2


def test_an_answer_is_life(clock: Clock) -> None:
    tunnel = Tunnel(lambda: setattr(carrier, "heard", clock.time()))
    carrier = carrier_of(tunnel)
    Liveness(carrier, silence=SILENCE)
    clock.wait(SILENCE * 3)
    assert not tunnel.reason
    assert tunnel.pings


def test_who_talks_is_not_asked(clock: Clock) -> None:
    tunnel = Tunnel()
    carrier = carrier_of(tunnel)
    liveness = Liveness(carrier, silence=SILENCE)
    for _ in range(20):
        carrier.heard = clock.time()
        clock.wait(SILENCE / 10)
    assert (tunnel.pings, tunnel.reason) == (0, "")
    liveness.stop()
    clock.wait(SILENCE * 2)
    assert tunnel.pings == 0, "stopped"


def test_who_stood_still_asks_before_the_other_end_is_called_silent(clock: Clock) -> None:
    tunnel = Tunnel()
    carrier = carrier_of(tunnel)
    Liveness(carrier, silence=SILENCE)
    clock.stand_still(SILENCE + 5)
    assert (tunnel.pings, tunnel.reason) == (1, "")
    carrier.heard = clock.time()
    clock.wait(SILENCE / 2)
    assert tunnel.reason == ""
    clock.stand_still(SILENCE + 5)
    assert tunnel.reason == ""
    clock.stand_still(SILENCE)
    assert tunnel.reason, "it was forgiven once"
