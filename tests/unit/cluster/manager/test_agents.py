"""Agents at the door: who is let in, and what is heard before."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from telelens_cluster.manager import agents as room
from telelens_cluster.manager.agents import AgentConnection, AgentListener, Agents, pem
from telelens_cluster.manager.certificates import make_authority, make_server
from telelens_cluster.manager.errors import AgentRefused
from telelens_cluster.manager.identity import ProvenAgent
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.metrics import Metrics
from telelens_cluster.manager.refusals import Refusals
from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.tls import TlsChannel
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import (
    AgentConfiguration,
    AgentIdentity,
    AgentStatus,
    Control,
    ManagerIdentity,
    WorkstationIdentity,
)
from unit.cluster.manager.fake_api import FakeApi
from unit.waiting import until

KEY = WorkloadKey("shop", "Deployment", "echo")


class Wire(asyncio.Transport):
    """A transport that ends in the other side's protocol."""

    def __init__(self, address: str = "10.2.0.2") -> None:
        super().__init__()
        self.address = address
        self.deliver: Any = None
        self.closed = False

    def write(self, data: Any) -> None:
        if not self.closed:
            asyncio.get_running_loop().call_soon(self.deliver, data)

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self.address, 1)


class FakeAgent:
    """The far end of one connection."""

    def __init__(self, listener: AgentListener, *, uid: str = "pu", hello: Any = None) -> None:
        self.call_soon = asyncio.get_running_loop().call_soon
        said = make_hello("1")
        said.agent.CopyFrom(AgentIdentity(pod_name="echo-1", pod_uid=uid))
        self.heard: list[AgentConfiguration] = []
        self.reason = ""
        self.is_connected = False
        tls = TlsChannel(trusting(), server_side=False)
        self.tunnel = Tunnel(side=Side.DIALER, hello=hello or said, listener=self, carrier=self, tls=tls)
        self.connection = AgentConnection(listener)
        self.wire = Wire()
        self.wire.deliver = self.tunnel.feed
        self.connection.connection_made(self.wire)

    # carrier
    def write(self, data: bytes) -> None:
        self.call_soon(self.connection.data_received, data)

    def close(self) -> None:
        self.connection.connection_lost(None)

    # listener
    def connected(self, *_: object) -> None:
        self.is_connected = True

    def pong(self, *_: object) -> None: ...

    def opened(self, *_: object) -> Any:
        raise AssertionError("the manager opens no streams")

    def control(self, tunnel: Tunnel, control: Control) -> None:
        self.heard.append(control.agent_configuration)

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        self.reason = reason


class Door:
    """A listener whose proofs are given by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext) -> None:
        self.metrics = Metrics()
        self.changed: list[WorkloadKey] = []
        self.agents = Agents(self.changed.append)
        hello = make_hello("1")
        hello.manager.CopyFrom(ManagerIdentity(pod_name="m"))
        self.listener = AgentListener(
            FakeApi().as_api(),
            self.agents,
            hello=hello,
            context=context,
            refusals=Refusals(self.metrics, clock=lambda: 0.0),
        )
        self.proof = asyncio.Event()
        self.refusal = ""
        monkeypatch.setattr(room, "prove", self._prove)

    async def _prove(self, _: object, claim: AgentIdentity) -> ProvenAgent:
        await self.proof.wait()
        if self.refusal:
            raise AgentRefused(self.refusal)
        return ProvenAgent(claim.pod_uid, claim.pod_name, KEY, b"der")

    async def agent(self, **options: Any) -> FakeAgent:
        made = FakeAgent(self.listener, **options)
        made.tunnel.start()
        # Before that nothing of what it says is sent.
        await until(lambda: made.is_connected or made.wire.closed)
        return made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """As the manager's authority makes it."""
    now = datetime.now(UTC)
    pair = make_server(make_authority(now), ["manager"], now)
    path = tmp_path_factory.mktemp("server") / "server.pem"
    path.write_bytes(pair.key + pair.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch, server: ssl.SSLContext) -> AsyncIterator[Door]:
    made = Door(monkeypatch, server)
    yield made
    await made.listener.__aexit__()


async def test_what_is_said_before_the_proof_counts_only_after_it(door: Door) -> None:
    one = await door.agent()
    one.tunnel.send_control(Control(agent_status=AgentStatus(redirected_tcp_ports=[8080])))
    await asyncio.sleep(0.01)
    assert len(door.agents) == 0
    assert door.changed == []
    door.proof.set()
    await until(lambda: len(door.agents) == 1)
    (agent,) = door.agents
    await until(lambda: agent.status is not None)
    assert agent.status is not None
    assert list(agent.status.redirected_tcp_ports) == [8080]
    assert door.changed == [KEY]


async def test_a_configuration_reaches_the_agent(door: Door) -> None:
    door.proof.set()
    one = await door.agent()
    await until(lambda: len(door.agents) == 1)
    next(iter(door.agents)).configure(AgentConfiguration(generation=3))
    await until(lambda: [told.generation for told in one.heard] == [3])


async def test_one_that_cannot_prove_itself_is_sent_away(door: Door) -> None:
    door.refusal = "its token was issued for another pod"
    door.proof.set()
    one = await door.agent()
    await until(lambda: one.wire.closed)
    assert len(door.agents) == 0


async def test_somebody_who_is_no_agent_is_sent_away(door: Door) -> None:
    hello = make_hello("1")
    hello.workstation.CopyFrom(WorkstationIdentity(session_uid="s"))
    one = await door.agent(hello=hello)
    await until(lambda: one.wire.closed)


async def test_garbage_ends_the_connection(door: Door) -> None:
    one = FakeAgent(door.listener)
    one.connection.data_received(b"GET / HTTP/1.1\r\n\r\n")
    assert one.wire.closed


async def test_no_proof_in_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PROOF_SECONDS", 1)
    one = await door.agent()
    assert not one.wire.closed
    await until(lambda: one.wire.closed)


async def test_the_unproven_are_bounded(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_UNPROVEN", 2)
    guests = [FakeAgent(door.listener, uid=str(number)) for number in range(3)]
    assert [one.wire.closed for one in guests] == [True, False, False]


async def test_who_opens_many_keeps_nobody_else_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_UNPROVEN", 4)
    first = await door.agent()
    for _ in range(20):
        AgentConnection(door.listener).connection_made(Wire("10.2.0.66"))
    last = await door.agent(uid="last")
    assert not first.wire.closed
    assert not last.wire.closed
    door.proof.set()
    await until(lambda: len(door.agents) == 2)


async def test_those_who_do_not_even_shake_hands_are_counted_and_sent_away(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_UNPROVEN", 2)
    monkeypatch.setattr(room, "PROOF_SECONDS", 1)
    for _ in range(2):
        AgentConnection(door.listener).connection_made(Wire())
    late = await door.agent()
    assert not late.wire.closed
    assert 'refusals_total{reason="crowd"} 1' in door.metrics.text()
    await until(lambda: 'refusals_total{reason="silent"} 2' in door.metrics.text())


async def test_large_frames_are_for_the_proven(door: Door) -> None:
    large = Control(agent_status=AgentStatus(table_message="x" * (65 << 10)))
    stranger = await door.agent()
    stranger.tunnel.send_control(large)
    await until(lambda: stranger.wire.closed)
    door.proof.set()
    await asyncio.sleep(0.01)
    assert len(door.agents) == 0, "its proof comes too late, though the transport has not ended yet"
    one = await door.agent()
    await until(lambda: len(door.agents) == 1)
    one.tunnel.send_control(large)
    (agent,) = door.agents
    await until(lambda: agent.status is not None)
    assert not one.wire.closed


async def test_a_pod_that_connects_anew_takes_its_own_place(door: Door) -> None:
    door.proof.set()
    first = await door.agent()
    second = await door.agent()
    await until(lambda: first.wire.closed)
    assert not second.wire.closed
    assert len(door.agents) == 1
    first.close()
    assert len(door.agents) == 1, "the old connection's end is not the agent's"
    second.close()
    assert len(door.agents) == 0


def test_a_certificate_s_text_form() -> None:
    assert ssl.PEM_cert_to_DER_cert(pem(b"x" * 200)) == b"x" * 200
