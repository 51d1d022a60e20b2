"""What is meant for a moment only is not begun; what stays is, once, however much is meant."""

from __future__ import annotations

import asyncio

import pytest
from telelens_server.cluster import patience as module
from telelens_server.cluster.patience import MOST, Patience


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REST_SECONDS", 0.02)


async def test_it_is_over_for_what_is_still_meant_when_told_again() -> None:
    told = asyncio.Event()
    patience = Patience(told.set)
    assert not patience.is_over("shop")
    assert not patience.is_over("shop")
    await told.wait()
    assert patience.is_over("shop")


async def test_what_was_meant_long_ago_waits_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FORGOTTEN_SECONDS", 0.03)
    patience = Patience(lambda: None)
    assert not patience.is_over("shop")
    await asyncio.sleep(0.05)
    assert not patience.is_over("shop")


async def test_of_too_much_the_first_come_to_an_end() -> None:
    told = asyncio.Event()
    patience = Patience(told.set)
    meant = range(3 * MOST)
    assert [one for one in meant if patience.is_over(one)] == []
    await told.wait()
    await asyncio.sleep(0.02)
    assert [one for one in meant if patience.is_over(one)] == list(range(MOST))
