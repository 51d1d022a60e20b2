"""Who has not shown who he is takes no place of another source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from telelens_cluster.agent import strangers as module
from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.strangers import ELSEWHERE, POD_SHARE, SHARE, Strangers


class Door:
    """Strangers, and those who were turned away."""

    def __init__(self) -> None:
        self.turned_away: list[TunnelCarrier] = []
        self.strangers = Strangers(self.turned_away.append)
        self.here: list[TunnelCarrier] = []

    def come(self, source: str = "") -> TunnelCarrier:
        carrier = TunnelCarrier(lambda _: None)
        carrier.source = source
        self.strangers.add(carrier)
        self.here.append(carrier)
        return carrier


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    yield door
    for carrier in door.here:
        door.strangers.remove(carrier)
    assert len(door.strangers) == 0


async def test_the_oldest_of_a_source_gives_way(door: Door) -> None:
    first = [door.come("10.0.0.1") for _ in range(SHARE)]
    assert not door.turned_away
    door.come("10.0.0.1")
    assert door.turned_away == first[:1]
    assert len(door.strangers) == SHARE


async def test_a_crowd_takes_no_others_place(door: Door) -> None:
    owner, other = door.come(), door.come("10.0.0.2")
    for _ in range(1000):
        door.come("10.0.0.1")
    assert not {owner, other} & set(door.turned_away)
    for _ in range(1000):
        door.come()
    assert other not in door.turned_away
    assert owner in door.turned_away, "in the pod there is one share"
    assert len(door.strangers) == POD_SHARE + SHARE + 1


async def test_many_sources_take_from_the_greediest(door: Door) -> None:
    owner = door.come()
    greedy = [door.come("10.0.0.1") for _ in range(SHARE)]
    for number in range(ELSEWHERE - 1):
        door.come(f"10.0.1.{number}")
    assert door.turned_away == greedy[: SHARE - 1]
    assert len(door.strangers) == ELSEWHERE + 1
    assert owner not in door.turned_away


async def test_who_was_let_in_is_none_any_more(door: Door) -> None:
    for _ in range(POD_SHARE * 2):
        door.strangers.remove(door.come())
    assert not door.turned_away
    assert len(door.strangers) == 0


async def test_time_is_limited(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDSHAKE_SECONDS", 0.05)
    late = door.come()
    await asyncio.sleep(0.2)
    assert door.turned_away == [late]
    assert len(door.strangers) == 0
