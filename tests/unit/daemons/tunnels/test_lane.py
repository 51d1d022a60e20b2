"""A lane asks by itself whether the agent is still there."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telelens_daemons.session.make_certificate import make_certificate
from telelens_daemons.tunnels import lane as room
from telelens_daemons.tunnels.delivery import Deliveries
from telelens_daemons.tunnels.destinations import Destinations
from telelens_daemons.tunnels.direct import dial_direct
from telelens_daemons.tunnels.identity import TunnelIdentity
from telelens_daemons.tunnels.lane import Lane
from telelens_schemas.wire.tunnel_pb2 import Control
from unit.daemons.fake_agent import FakeAgent
from unit.waiting import until


class Owner:
    """Has nothing to serve."""

    def __init__(self) -> None:
        self.destinations = Destinations()
        self.deliveries = Deliveries(self.destinations)

    def control(self, control: Control) -> None: ...


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[FakeAgent]:
    (tmp_path / "desk").mkdir()
    make_certificate(tmp_path / "desk")
    async with FakeAgent(tmp_path / "agent").running(tmp_path / "desk") as running:
        yield running


@pytest.fixture
async def lane(agent: FakeAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lane]:
    """Started, and as impatient as the test."""
    monkeypatch.setattr(room, "PING_SECONDS", 0.05)
    monkeypatch.setattr(room, "PONG_SECONDS", 2)
    desk = tmp_path / "desk"
    identity = TunnelIdentity("session-1", desk / "certificate.pem", desk / "key.pem", "test")
    stream = await dial_direct("127.0.0.1", agent.port, timeout=5)
    pin = ssl.PEM_cert_to_DER_cert(agent.certificate)
    made = Lane(stream=stream, hello=identity.hello(0), tls=identity.tls(pin), owner=Owner())
    await made.start()
    yield made
    made.close("the test is over")


async def test_a_silent_agent_is_noticed_though_nobody_says_anything(agent: FakeAgent, lane: Lane) -> None:
    agent.mute()
    await until(lane.gone.done)
    assert lane.gone.result() == "the connection is dead: no answer to a ping"


async def test_one_that_answers_is_asked_again_and_again(agent: FakeAgent, lane: Lane) -> None:
    await asyncio.sleep(0.5)
    assert not lane.gone.done(), "it answers each time"
    agent.mute()
    await until(lane.gone.done)


async def test_the_answer_to_an_earlier_ping_is_none(agent: FakeAgent, lane: Lane) -> None:
    await asyncio.sleep(0.2)
    agent.hold()
    answered = lane.suspect()
    lane.was_answered(b"1")
    await asyncio.sleep(0.05)
    assert not answered.done()
    agent.release()
    await answered
    assert not lane.gone.done()


async def test_who_stood_still_asks_again(agent: FakeAgent, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LATE_SECONDS", 0.5)
    await asyncio.sleep(0.2)
    agent.hold()
    await asyncio.sleep(0.2)  # it has asked
    time.sleep(room.PONG_SECONDS + 1)  # noqa: ASYNC251 (all that is to happen in this process stands still)
    await asyncio.sleep(0.1)
    agent.release()
    await asyncio.sleep(0.2)
    assert not lane.gone.done()
    agent.mute()
    await until(lane.gone.done)


def test_a_dead_connection_is_noticed_within_half_a_minute() -> None:
    assert room.PING_SECONDS + room.PONG_SECONDS <= 30
