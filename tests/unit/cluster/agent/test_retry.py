"""What failed is tried again."""

from __future__ import annotations

import asyncio

from telelens_cluster.agent.http.retry import Retry
from unit.waiting import until


async def test_it_is_time_once_however_often_one_failed_and_later_each_time() -> None:
    woken: list[float] = []
    loop = asyncio.get_running_loop()
    retry = Retry(lambda: woken.append(loop.time()))
    began = loop.time()
    for number in (1, 2, 3):
        for _ in range(number):
            retry.later()
        assert retry.is_waiting
        await until(lambda number=number: len(woken) == number)
        assert not retry.is_waiting
    first, second, third = woken
    assert first - began < second - first < third - second
    await asyncio.sleep(0.1)
    assert len(woken) == 3


async def test_after_a_success_nothing_is_tried_and_what_fails_next_is_at_once() -> None:
    woken: list[None] = []
    retry = Retry(lambda: woken.append(None))
    for _ in range(10):
        retry.later()
    retry.succeeded()
    assert not retry.is_waiting
    retry.later()
    await asyncio.sleep(0)
    await until(lambda: woken, seconds=5)
    assert len(woken) == 1
