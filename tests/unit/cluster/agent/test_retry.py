"""What failed is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from telelens_cluster.agent.http.retry import LONGEST_DELAY, Retry


@dataclass
class Timer:
    """One of the loop's, which goes off when the test says so."""

    delay: float
    go_off: Callable[[], None]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


@pytest.fixture
async def timers(monkeypatch: pytest.MonkeyPatch) -> list[Timer]:
    """All there have been."""
    made: list[Timer] = []

    def call_later(delay: float, callback: Callable[[], None]) -> Timer:
        made.append(Timer(delay, callback))
        return made[-1]

    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", call_later)
    return made


async def test_it_is_time_once_however_often_one_failed_and_later_each_time(timers: list[Timer]) -> None:
    woken: list[float] = []
    retry = Retry(lambda: woken.append(timers[-1].delay))
    for number in (1, 2, 3):
        for _ in range(number):
            retry.later("it ended")
        assert retry.is_waiting
        assert retry.reason == "it ended"
        assert [one for one in timers if not one.is_cancelled] == timers[-1:], "no other one goes off"
        timers[-1].go_off()
        timers.pop()
        assert len(woken) == number
        assert not retry.is_waiting
        assert retry.reason == "it ended", "until it succeeds"
    first, second, third = woken
    assert first == 0 < second < third
    for _ in range(10):
        retry.later()
    assert timers[-1].delay == LONGEST_DELAY


async def test_after_a_success_nothing_is_tried_and_what_fails_next_is_at_once(timers: list[Timer]) -> None:
    woken: list[None] = []
    retry = Retry(lambda: woken.append(None))
    for _ in range(10):
        retry.later("it ended")
    retry.succeeded()
    assert not retry.is_waiting
    assert not retry.reason
    assert all(one.is_cancelled for one in timers)
    retry.later("it ended")
    assert timers[-1].delay == 0
    timers[-1].go_off()
    assert len(woken) == 1
