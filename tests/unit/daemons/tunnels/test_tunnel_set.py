"""Tunnels serve exactly the intercepts there are, and come back by themselves."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from telelens_daemons.kube.bytestream import ByteStream
from telelens_daemons.kube.errors import ForbiddenError
from telelens_daemons.session.make_certificate import make_certificate
from telelens_daemons.tunnels import agent as room
from telelens_daemons.tunnels import delivery
from telelens_daemons.tunnels.identity import TunnelIdentity
from telelens_daemons.tunnels.lane import DEAD
from telelens_daemons.tunnels.paths import AgentAddress, Paths, Transport
from telelens_daemons.tunnels.tunnel_set import TunnelSet
from telelens_schemas.resources import Intercept
from unit.daemons.fake_agent import FakeAgent, Received
from unit.waiting import until


class NoForwarder:
    """A user who may not forward ports."""

    async def dial(self, *, namespace: str, pod: str, port: int) -> ByteStream:
        raise ForbiddenError("you may not create pods/portforward")


def intercept(agent: FakeAgent, local_port: int, *, certificate: str = "") -> Intercept:
    pod = {"name": "echo-1", "uid": "pod-1", "ip": "127.0.0.1", "certificate": certificate or agent.certificate}
    document: dict[str, Any] = {
        "metadata": {"name": "echo", "namespace": "shop", "uid": "uid-1"},
        "spec": {
            "owner": "ada",
            "session": {"name": "s", "uid": "session-1"},
            "workload": {"kind": "Deployment", "name": "echo"},
            "ports": [{"localPort": local_port}],
        },
        "status": {"phase": "ACTIVE", "ports": [{"containerPort": 8080}], "pods": [pod]},
    }
    return Intercept.from_object(document)


def other(agent: FakeAgent) -> Intercept:
    """A second intercept that the same agent serves."""
    first = intercept(agent, 2)
    return replace(first, metadata=replace(first.metadata, uid="uid-2"))


@pytest.fixture
def identity(tmp_path: Path) -> TunnelIdentity:
    folder = tmp_path / "desk"
    folder.mkdir()
    make_certificate(folder)
    return TunnelIdentity("session-1", folder / "certificate.pem", folder / "key.pem", "test")


@pytest.fixture
async def agent(tmp_path: Path, identity: TunnelIdentity) -> AsyncIterator[FakeAgent]:
    async with FakeAgent(tmp_path / "agent").running(tmp_path / "desk") as running:
        yield running


@pytest.fixture
async def tunnels(agent: FakeAgent, identity: TunnelIdentity) -> AsyncIterator[TunnelSet]:
    made = TunnelSet(identity=identity, paths=Paths(NoForwarder(), port=agent.port))
    yield made
    await made.close("the test is over")


@pytest.fixture
async def handler() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A local program that answers each read with itself in capitals."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            seen.append(data)
            writer.write(data.upper())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


async def test_a_connection_reaches_the_handler_and_its_answer_comes_back(
    agent: FakeAgent, tunnels: TunnelSet, handler: tuple[int, list[bytes]]
) -> None:
    tunnels.update([intercept(agent, handler[0])])
    await agent.connected()
    assert agent.hellos[0].workstation.session_uid == "session-1"
    received = agent.open("uid-1", 8080, b"at once")
    await until(lambda: received.bytes == b"AT ONCE")
    tunnel = tunnels.tunnel("pod-1")
    assert tunnel is not None
    await until(lambda: tunnel.connected)
    assert tunnel.transport is Transport.DIRECT


async def test_nothing_listens(agent: FakeAgent, tunnels: TunnelSet) -> None:
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    received = agent.open("uid-1", 8080, b"x")
    await until(lambda: received.reason is not None)
    assert received.reason == "nothing is listening on 127.0.0.1:1"
    assert tunnels.destinations.problem("uid-1") == received.reason


async def test_who_called_in_vain_is_logged_once(
    agent: FakeAgent, tunnels: TunnelSet, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    for _ in range(2):
        received = agent.open("uid-1", 8080, b"x")
        await until(lambda received=received: received.reason is not None)
    assert [one.levelname for one in caplog.records if "10.1.2.3:51000" in one.getMessage()] == ["INFO"]


async def test_what_is_not_ours_is_refused(agent: FakeAgent, tunnels: TunnelSet) -> None:
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    for uid, port in (("uid-2", 8080), ("uid-1", 9090)):
        received = agent.open(uid, port, b"x")
        await until(lambda received=received: received.reason is not None)  # type: ignore[misc]
        assert received.reason == "this workstation has no such intercept"


async def test_the_environment_comes_from_the_agent(agent: FakeAgent, tunnels: TunnelSet) -> None:
    one = intercept(agent, 1)
    tunnels.update([one])
    tunnel = tunnels.tunnel("pod-1")
    assert tunnel is not None
    await until(lambda: tunnel.connected)
    assert dict((await tunnels.environment(one)).environment) == {"GREETING": "hello"}


async def test_the_environment_waits_for_the_tunnel(agent: FakeAgent, tunnels: TunnelSet) -> None:
    one = intercept(agent, 1)
    asking = asyncio.create_task(tunnels.environment(one))
    await asyncio.sleep(0.05)
    tunnels.update([one])
    assert dict((await asking).environment) == {"GREETING": "hello"}


async def test_a_lost_tunnel_comes_back_by_itself(agent: FakeAgent, tunnels: TunnelSet) -> None:
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    agent.cut()
    await agent.connected()
    tunnel = tunnels.tunnel("pod-1")
    assert tunnel is not None
    await until(lambda: tunnel.connected and not tunnel.problem)


async def test_a_dead_connection_is_noticed_when_the_network_was_away(agent: FakeAgent, tunnels: TunnelSet) -> None:
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    tunnel = tunnels.tunnel("pod-1")
    assert tunnel is not None
    await until(lambda: tunnel.connected)
    agent.mute()
    tunnels.hurry()
    await agent.connected(2)
    await until(lambda: tunnel.connected)


class SlowNetwork(Paths):
    """Nobody can be dialled until it is there."""

    def __init__(self, port: int) -> None:
        super().__init__(NoForwarder(), port=port)
        self.there = asyncio.Event()
        self.there.set()
        self.dialled = 0

    async def dial(self, agent: AgentAddress) -> tuple[Transport, ByteStream]:
        self.dialled += 1
        await self.there.wait()
        return await super().dial(agent)


async def answered_once(agent: FakeAgent, tunnels: TunnelSet, port: int) -> Received:
    """A caller whose connection stays open."""
    tunnels.update([intercept(agent, port)])
    await agent.connected()
    caller = agent.open("uid-1", 8080, b"one")
    await until(lambda: caller.bytes == b"ONE")
    return caller


async def test_a_network_that_comes_back_slowly_costs_nobody_a_connection(
    agent: FakeAgent, identity: TunnelIdentity, handler: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SUSPECT_SECONDS", 0.5)
    network = SlowNetwork(agent.port)
    tunnels = TunnelSet(identity=identity, paths=network)
    waiting = await answered_once(agent, tunnels, handler[0])
    agent.hold()
    network.there.clear()
    tunnels.hurry()
    await until(lambda: network.dialled == 2)
    await asyncio.sleep(0.6)
    network.there.set()
    await asyncio.sleep(0.1)  # what was lost meanwhile is sent anew later than a new connection is made
    agent.release()
    await asyncio.sleep(0.6)
    assert waiting.reason is None
    assert len(agent.hellos) == 1
    await tunnels.close("the test is over")


@pytest.mark.parametrize(("cut_off", "tunnels_made"), [(60.0, 1), (0.3, 2)], ids=["it lives", "it was cut"])
async def test_what_was_silent_has_as_long_again_unless_the_agent_has_cut_it_by_now(
    agent: FakeAgent,
    identity: TunnelIdentity,
    handler: tuple[int, list[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    cut_off: float,
    tunnels_made: int,
) -> None:
    """What is lost is sent anew ever more seldom."""
    monkeypatch.setattr(room, "SUSPECT_SECONDS", 0.05)
    monkeypatch.setattr(room, "CUT_OFF_SECONDS", cut_off)
    monkeypatch.setattr(room, "CUT_OFF_SUSPECT_SECONDS", 0.05)
    tunnels = TunnelSet(identity=identity, paths=SlowNetwork(agent.port))
    waiting = await answered_once(agent, tunnels, handler[0])
    agent.hold()
    await asyncio.sleep(1)
    tunnels.hurry()
    await asyncio.sleep(0.5)
    agent.release()
    await until(lambda: len(agent.hellos) == tunnels_made)
    await asyncio.sleep(0.8)
    assert len(agent.hellos) == tunnels_made
    assert (waiting.reason is None) is (tunnels_made == 1)
    await tunnels.close("the test is over")


async def test_an_agent_that_stands_still_is_waited_for(
    agent: FakeAgent, identity: TunnelIdentity, handler: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its kernel takes new connections nevertheless."""
    monkeypatch.setattr(room, "SUSPECT_SECONDS", 0.05)
    network = SlowNetwork(agent.port)
    tunnels = TunnelSet(identity=identity, paths=network)
    waiting = await answered_once(agent, tunnels, handler[0])
    agent.hold(all_of_it=True)
    tunnels.hurry()
    await until(lambda: network.dialled == 2)
    await asyncio.sleep(0.3)
    agent.release()
    await asyncio.sleep(0.2)
    assert waiting.reason is None
    assert len(agent.hellos) == 1
    await tunnels.close("the test is over")


async def test_what_is_neither_answered_nor_reached_goes_at_last(
    agent: FakeAgent, identity: TunnelIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LONGEST_SUSPICION", 0.1)
    network = SlowNetwork(agent.port)
    tunnels = TunnelSet(identity=identity, paths=network)
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    tunnel = tunnels.tunnel("pod-1")
    assert tunnel is not None
    await until(lambda: tunnel.connected)
    agent.mute()
    network.there.clear()
    tunnels.hurry()
    await until(lambda: tunnel.problem == DEAD)
    assert not tunnel.connected
    await tunnels.close("the test is over")


async def test_who_no_longer_wants_to_know_learns_nothing_about_the_way(agent: FakeAgent) -> None:
    paths = Paths(NoForwarder(), port=agent.port)
    address = AgentAddress("shop", "echo-1", "pod-1", "127.0.0.1", b"")
    dialling = asyncio.create_task(paths.dial(address))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    dialling.cancel()
    await asyncio.wait((dialling,))
    transport, stream = await paths.dial(address)
    stream.abort()
    assert transport is Transport.DIRECT


async def test_one_that_is_dead_goes_when_another_can_be_had(
    agent: FakeAgent, identity: TunnelIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SUSPECT_SECONDS", 0.05)
    network = SlowNetwork(agent.port)
    tunnels = TunnelSet(identity=identity, paths=network)
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    agent.mute()
    network.there.clear()
    tunnels.hurry()
    await until(lambda: network.dialled == 2)
    network.there.set()
    await agent.connected(2)
    await tunnels.close("the test is over")


async def test_it_ends_while_it_is_suspected(agent: FakeAgent, tunnels: TunnelSet) -> None:
    before = asyncio.all_tasks()
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    agent.hold(all_of_it=True)
    tunnels.hurry()
    await asyncio.sleep(0.05)
    await tunnels.close("the test is over")
    assert asyncio.all_tasks() == before


async def test_it_ends_with_the_intercept(agent: FakeAgent, tunnels: TunnelSet) -> None:
    tunnels.update([intercept(agent, 1)])
    tunnel = await agent.connected()
    tunnels.update([])
    await until(lambda: not tunnel.connected)
    assert tunnels.tunnel("pod-1") is None


async def test_an_agent_with_another_certificate_is_not_spoken_to(
    agent: FakeAgent, tunnels: TunnelSet, tmp_path: Path
) -> None:
    stranger = FakeAgent(tmp_path / "stranger")
    tunnels.update([intercept(agent, 1, certificate=stranger.certificate)])
    tunnel = tunnels.tunnel("pod-1")
    assert tunnel is not None
    await until(lambda: "TLS" in tunnel.problem or "port-forward" in tunnel.problem)
    assert not agent.tunnels
    assert ssl.PEM_cert_to_DER_cert(stranger.certificate) == tunnel.address.pin


async def test_callers_wait_for_a_handler_that_is_being_started(agent: FakeAgent, tunnels: TunnelSet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    tunnels.destinations.hold("uid-1")
    tunnels.update([intercept(agent, port)])
    await agent.connected()
    received = agent.open("uid-1", 8080, b"early")
    await asyncio.sleep(0.1)
    assert received.reason is None

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read(1000)).upper())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        await until(lambda: received.bytes == b"EARLY")
    again = agent.open("uid-1", 8080, b"late")
    await until(lambda: again.reason is not None)
    assert again.reason == f"nothing is listening on 127.0.0.1:{port}"


async def test_nobody_waits_for_a_handler_whose_intercept_has_ended(agent: FakeAgent, tunnels: TunnelSet) -> None:
    tunnels.destinations.hold("uid-1")
    tunnels.update([intercept(agent, 1), other(agent)])
    await agent.connected()
    received = agent.open("uid-1", 8080, b"x")
    await asyncio.sleep(0.05)
    assert received.reason is None
    tunnels.update([other(agent)])
    await until(lambda: received.reason is not None)
    assert received.reason == "nothing is listening on 127.0.0.1:1"


async def test_waiting_for_a_handler_ends(
    agent: FakeAgent, tunnels: TunnelSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DIAL_SECONDS", 0.1)
    tunnels.destinations.hold("uid-1")
    tunnels.update([intercept(agent, 1)])
    await agent.connected()
    received = agent.open("uid-1", 8080, b"x")
    await until(lambda: received.reason is not None)
    assert received.reason == "nothing is listening on 127.0.0.1:1"
    assert tunnels.destinations.problem("uid-1") == received.reason
