"""The agent as a process in a pod's network: every decision about a connection, every way in, every end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agentbench import APPLICATION, PATIENCE, SHADOW, AgentBench, Identity, intercept, make_identity, until
from fixtures.pod import NEEDS_ROOT
from podnet import PodNetwork
from telelens_cluster.agent.gate import SILENCE_SECONDS
from telelens_schemas.names import AGENT_PORT, REDIRECT_PORT, START_MARK
from telelens_schemas.wire.tunnel_pb2 import ALL, IDLE, TCP, Drain, Open, RedirectedPort

pytestmark = [
    pytest.mark.cluster,
    NEEDS_ROOT,
]


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path) -> AsyncIterator[AgentBench]:
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        await bench.start_agent()
        yield bench


@pytest.fixture
def alice(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "alice")


@pytest.fixture
def bob(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "bob")


async def test_hello_proves_the_pod(bench: AgentBench) -> None:
    hello = bench.manager.hellos[0]
    assert (hello.agent.pod_uid, hello.agent.pod_ip) == ("pod-uid", bench.network.pod.ip)
    assert hello.agent.certificate
    await until(lambda: bench.manager.statuses)
    assert bench.manager.status.table_present
    assert (bench.run / "agent.key").stat().st_mode & 0o777 == 0o600


async def test_a_request_goes_to_its_owner_and_else_to_the_application(bench: AgentBench, alice: Identity) -> None:
    assert await bench.ask() == b"app:?"
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    assert list(bench.manager.status.redirected_tcp_ports) == [APPLICATION]
    # Nobody is there yet: the application answers, reached at the pod's own address.
    assert await bench.ask() == b"app:?"
    assert bench.application_callers[-1] == bench.network.pod.ip

    lane = await bench.join("alice", alice)
    await until(lambda: bench.manager.status.intercepts[0].tunnel_connected)
    assert await bench.ask() == b"desk:?"
    opened = Open.FromString(lane.streams[0][0])
    assert (opened.intercept_uid, opened.container_port) == ("i", APPLICATION)
    assert opened.source_address == bench.network.neighbour.ip
    assert await bench.ask(port=SHADOW) == b"app:?", "a probe"

    bench.manager.say(intercept("i", "alice", alice, away=True))
    await bench.manager.applied()
    assert await bench.ask() == b"app:?"


async def test_a_pod_has_started_when_whoever_it_starts_for_is_reached(bench: AgentBench, alice: Identity) -> None:
    mark = bench.run / START_MARK
    assert not mark.exists(), "the manager has not spoken"
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    assert not mark.exists(), "nobody is there yet"
    await bench.join("alice", alice)
    await until(mark.exists)


@pytest.mark.parametrize("away", [False, True], ids=["nobody", "away"])
async def test_a_pod_waits_for_nobody_who_does_not_come(bench: AgentBench, alice: Identity, away: bool) -> None:
    bench.manager.say(*([intercept("i", "alice", alice, away=True)] if away else []))
    await until((bench.run / START_MARK).exists)


@pytest.mark.timeout(30)  # what is not cut is waited for
async def test_when_an_intercept_ends_what_it_opened_is_cut(bench: AgentBench, alice: Identity, bob: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice), intercept("j", "alice", alice, port=9999))
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    reader, writer = await bench.connect()
    writer.write(b"1")
    assert await reader.readexactly(6) == b"desk:1"
    bench.manager.say(
        intercept("j", "alice", alice, port=9999),
        lingering=[RedirectedPort(container_port=APPLICATION, protocol=TCP)],
    )
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    await until(lambda: lane.streams[0][1].reset)
    assert lane.streams[0][1].reset == "the intercept has ended"
    assert lane.up, "its other intercept goes on"
    assert APPLICATION in bench.manager.status.redirected_tcp_ports, "the redirect lingers"
    assert await bench.ask() == b"app:?"
    assert bench.application_callers[-1] == bench.network.pod.ip, "through the agent"
    bench.manager.say()
    await until(lambda: lane.end is not None)
    assert await bench.ask() == b"app:?"
    assert bench.application_callers[-1] == bench.network.neighbour.ip, "not through the agent"


async def test_a_tunnel_that_dies_fails_open(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    reader, writer = await bench.connect()
    writer.write(b"1")
    assert await reader.readexactly(6) == b"desk:1"
    assert lane.tunnel
    lane.tunnel.close("gone")
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    assert await bench.ask() == b"app:?"
    await until(lambda: not bench.manager.status.intercepts[0].tunnel_connected)


@pytest.mark.parametrize(("drain", "seconds"), [(ALL, 10), (IDLE, 30)], ids=["all", "idle"])
async def test_who_came_before_the_tunnel_comes_again_when_it_is_up(
    bench: AgentBench, alice: Identity, drain: Drain, seconds: float
) -> None:
    bench.manager.say(intercept("i", "alice", alice, drain=drain))
    await bench.manager.applied()
    reader, writer = await bench.connect()
    writer.write(b"1")
    assert await reader.readexactly(5) == b"app:1"
    await bench.join("alice", alice)
    async with asyncio.timeout(seconds):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
    await until(lambda: not bench.manager.status.intercepts[0].old_connections)


async def test_who_came_before_the_tunnel_is_counted_where_nothing_is_drained(
    bench: AgentBench, alice: Identity
) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    reader, writer = await bench.connect()
    await bench.join("alice", alice)
    await until(lambda: bench.manager.status.intercepts[0].old_connections == 1)
    writer.write(b"1")
    assert await reader.readexactly(5) == b"app:1"
    writer.close()
    await until(lambda: not bench.manager.status.intercepts[0].old_connections)


async def test_who_is_away_keeps_no_caller_waiting(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    reader, writer = await bench.connect()
    writer.write(b"1")
    assert await reader.readexactly(6) == b"desk:1"
    bench.manager.say(intercept("i", "alice", alice, away=True))
    async with asyncio.timeout(8):
        with pytest.raises(ConnectionResetError):
            await reader.read()
    writer.close()
    await until(lambda: lane.streams[0][1].reset)
    assert lane.up, "the place is kept"
    assert await bench.ask() == b"app:?"
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    assert await bench.ask() == b"desk:?"


async def test_a_closed_lid_is_noticed_without_the_manager(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    lanes = [await bench.join("alice", alice, lane=number) for number in range(2)]
    callers = [await bench.connect() for _ in range(2)]
    for reader, writer in callers:
        writer.write(b"1")
        assert await reader.readexactly(6) == b"desk:1"
    bench.manager_server.close()
    assert bench.manager.tunnel
    bench.manager.tunnel.close("away")
    for lane in lanes:
        lane.close_lid()
    began = asyncio.get_running_loop().time()
    for reader, writer in callers:
        writer.write(b"2")
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionResetError):
                await reader.read()
        writer.close()
    assert asyncio.get_running_loop().time() - began < 25
    assert await bench.ask() == b"app:?"


async def test_a_quiet_tunnel_stays(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    await asyncio.sleep(18)
    assert lane.up
    assert len(bench.manager.hellos) == 1
    assert await bench.ask() == b"desk:?"


async def test_new_streams_take_the_least_loaded_lane(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    lanes = [await bench.join("alice", alice, lane=number) for number in range(3)]
    callers = [await bench.connect() for _ in range(9)]
    for reader, writer in callers:
        writer.write(b"1")
        await reader.readexactly(6)
    assert [len(lane.streams) for lane in lanes] == [3, 3, 3]
    again = await bench.join("alice", alice, lane=0)
    await until(lambda: lanes[0].end is not None)
    assert await bench.ask() == b"desk:?"
    assert len(again.streams) == 1
    assert bench.manager.status.intercepts[0].tunnel_connected
    for _, writer in callers:
        writer.close()


async def test_the_lanes_of_a_session_are_counted(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    assert (await bench.join("alice", alice, lane=15)).up
    one_more = await bench.join("alice", alice, lane=16)
    await until(lambda: one_more.end is not None)
    assert "at most 16 lanes" in str(one_more.end)
    assert await bench.ask() == b"desk:?", "the others stay"


async def test_strangers_are_refused(bench: AgentBench, alice: Identity, bob: Identity, tmp_path: Path) -> None:
    assert not (await bench.join("alice", alice)).up, "before there is any intercept"
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    assert not (await bench.join("bob", bob)).up, "a certificate that nobody named"
    child = make_identity(tmp_path, "child", signer=alice)
    assert not (await bench.join("alice", child)).up, "signed by one that somebody named"
    pretender = await bench.join("alice", alice, claims="bob")
    await until(lambda: pretender.end is not None)
    assert await bench.ask() == b"app:?"


@pytest.mark.parametrize("copied", [False, True], ids=["same-subject", "copied-certificate"])
async def test_two_sessions_do_not_stand_in_each_others_way(
    bench: AgentBench, alice: Identity, tmp_path: Path, copied: bool
) -> None:
    """OpenSSL finds a trust anchor by its subject; and a certificate is public, so that anybody may carry it."""
    (tmp_path / "second").mkdir()
    other = make_identity(tmp_path / "second", "alice")
    his = alice if copied else other
    intercepts = [intercept("i", "alice", alice), intercept("j", "bob", his, port=9999)]
    for said in (intercepts, intercepts[::-1]):
        bench.manager.say(*said)
        await bench.manager.applied()
        hers = await bench.join("alice", alice)
        assert hers.up
        visit = await bench.join("bob", other)
        assert visit.up is not copied
        assert await bench.ask() == b"desk:?"
        assert hers.up
        assert not (await bench.join("alice", other)).up


async def test_a_certificate_that_is_none_concerns_its_own_session(
    bench: AgentBench, alice: Identity, bob: Identity
) -> None:
    broken = intercept("j", "bob", bob, port=9999)
    broken.session_certificate = b"garbage"
    bench.manager.say(broken, intercept("i", "alice", alice))
    await bench.manager.applied()
    assert (await bench.join("alice", alice)).up
    assert not (await bench.join("bob", bob)).up


async def test_a_revoked_session_is_disconnected_at_once(bench: AgentBench, alice: Identity, bob: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice), intercept("j", "bob", bob, port=9999))
    await bench.manager.applied()
    hers, his = await bench.join("alice", alice), await bench.join("bob", bob)
    bench.manager.say(intercept("j", "bob", bob, port=9999))
    await until(lambda: hers.end is not None)
    assert his.up
    assert not (await bench.join("alice", alice)).up


async def test_the_environment_is_for_the_owner_who_may_see_it(
    bench: AgentBench, alice: Identity, bob: Identity
) -> None:
    bench.manager.say(
        intercept("i", "alice", alice, environment_allowed=True),
        intercept("j", "bob", bob, port=9999, environment_denied_reason="you may not exec there"),
    )
    await bench.manager.applied()
    hers, his = await bench.join("alice", alice), await bench.join("bob", bob)
    reply = await hers.environment("i")
    assert dict(reply.environment) == {"GREETING": "hello $(SECRET)\n$5", "SECRET": "$(NOT_EXPANDED)"}
    assert (await his.environment("j")).denied_reason == "you may not exec there"
    denied = await his.environment("i")
    assert denied.denied_reason
    assert not denied.environment


async def test_the_canary_is_answered_by_the_agent(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(
        intercept("i", "alice", alice), canary_sources=[bench.network.neighbour.ip], canary_answer=b"tweet"
    )
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    assert await bench.ask(b"GET / HTTP/1.1\r\n\r\n") == b"tweet"
    assert not lane.streams


async def test_old_connections_are_counted(bench: AgentBench, alice: Identity) -> None:
    callers = [await bench.connect() for _ in range(3)]
    for reader, _ in callers:
        await reader.readexactly(4)
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    assert bench.manager.status.intercepts[0].old_connections == 3
    callers.pop()[1].close()
    await until(lambda: bench.manager.status.intercepts[0].old_connections == 2)
    for _, writer in callers:
        writer.close()
    await until(lambda: bench.manager.status.intercepts[0].old_connections == 0)


@pytest.mark.parametrize("at_the_desk", [True, False], ids=["desk", "application"])
async def test_large_bodies_are_exact_both_ways(bench: AgentBench, alice: Identity, at_the_desk: bool) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    if at_the_desk:
        await bench.join("alice", alice)
    body = os.urandom(1 << 20) * 8

    async def exchange() -> bytes:
        reader, writer = await bench.connect()

        async def send() -> None:
            writer.write(body)
            writer.write_eof()
            await writer.drain()

        async with asyncio.TaskGroup() as group:
            group.create_task(send())
            received = group.create_task(reader.read())
        writer.close()
        return received.result()

    for received in await asyncio.gather(*(exchange() for _ in range(4))):
        assert received == (b"desk:" if at_the_desk else b"app:") + body
    assert bench.resident_kilobytes() < 60 * 1024


async def test_an_agent_that_was_killed_goes_on_without_the_manager(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    bench.manager_server.close()
    assert bench.manager.tunnel
    bench.manager.tunnel.close("away")
    await bench.join("alice", alice)
    assert await bench.ask() == b"desk:?"
    before = bench.agent
    bench.stop_agent(signal.SIGKILL)
    await until(lambda: bench.agent not in (0, before))
    await until(lambda: f":{AGENT_PORT:04X} 00000000" in Path(f"/proc/{bench.agent}/net/tcp").read_text())
    assert await bench.ask() == b"app:?"
    assert (await bench.join("alice", alice)).up, "the same certificate, the same pins"
    assert await bench.ask() == b"desk:?"
    await bench.start_manager()
    bench.manager.hellos.clear()
    await until(lambda: bench.manager.hellos)


async def kill(bench: AgentBench) -> None:
    before = bench.agent
    bench.stop_agent(signal.SIGKILL)
    await until(lambda: bench.agent != before)


async def test_a_crash_loop_stays_polite(bench: AgentBench) -> None:
    await kill(bench)
    await until(lambda: bench.agent)
    began = asyncio.get_running_loop().time()
    await kill(bench)
    assert await bench.ask() == b"app:?"
    await until(lambda: bench.agent)
    assert asyncio.get_running_loop().time() - began > 0.9, "it waits"
    assert "was ended by SIGKILL; next start in 1 s" in bench.log.read_text()


async def test_the_end_of_a_pod(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    await bench.join("alice", alice)
    reader, writer = await bench.connect()
    writer.write(b"1")
    assert await reader.readexactly(6) == b"desk:1"
    os.kill(bench.supervisor, signal.SIGTERM)
    while bench.application_callers[-1:] != [bench.network.neighbour.ip]:  # until it is not through the agent any more
        assert await bench.ask() in (b"app:?", b"desk:?")
        writer.write(b".")
        assert await reader.readexactly(1) == b".", "still in use"
    writer.write(b"2")
    assert await reader.readexactly(1) == b"2", "what was taken on is still answered"
    await until(bench.ended)
    writer.close()


async def test_a_port_called_by_its_number_is_reset(bench: AgentBench) -> None:
    with pytest.raises(ConnectionResetError):  # whenever it comes: the caller may still be connecting
        reader, writer = await bench.connect(REDIRECT_PORT)
        try:
            await reader.read()
        finally:
            writer.close()


async def test_who_says_nothing_at_the_gate_is_turned_away(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    silent = [await bench.connect(AGENT_PORT) for _ in range(80)]
    assert (await bench.join("alice", alice)).up, "the crowd does not keep the owner out"
    assert bench.descriptors() < 100
    async with asyncio.timeout(PATIENCE):
        for reader, _ in silent:
            assert await reader.read() == b""
    for _, writer in silent:
        writer.close()


async def test_a_crowd_from_elsewhere_does_not_take_a_port_forwards_place(bench: AgentBench, alice: Identity) -> None:
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    slow = bench.network.pod.connect("127.0.0.1", AGENT_PORT)
    slow.setblocking(False)
    crowd = [await bench.connect(AGENT_PORT) for _ in range(80)]
    await asyncio.sleep(0.2)
    assert (await bench.join("alice", alice, over=slow)).up
    for _, writer in crowd:
        writer.close()


async def test_who_is_at_a_breakpoint_stays_there_while_the_agent_stands_still(
    bench: AgentBench, alice: Identity
) -> None:
    """As a machine that is paused, or has no processor to spare, makes it; the workstation did not fall silent."""
    bench.manager.say(intercept("i", "alice", alice))
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    reader, writer = await bench.connect()
    writer.write(b"1")
    assert await reader.readexactly(6) == b"desk:1"
    os.kill(bench.agent, signal.SIGSTOP)
    try:
        await asyncio.sleep(SILENCE_SECONDS + 1)
    finally:
        os.kill(bench.agent, signal.SIGCONT)
    writer.write(b"2")
    async with asyncio.timeout(PATIENCE):
        assert await reader.readexactly(1) == b"2"
    writer.close()
    # New connections have been the application's meanwhile.
    async with asyncio.timeout(PATIENCE):
        while await bench.ask() != b"desk:?":
            assert lane.end is None


async def test_without_a_table_probes_are_answered_and_it_is_said(network: PodNetwork, tmp_path: Path) -> None:
    async with AgentBench(network, tmp_path) as bench:
        (bench.run / "table.json").write_text('{"present": false, "message": "nft refused the table"}')
        await bench.start_agent()
        await until(lambda: bench.manager.statuses)
        assert bench.manager.status.table_message == "nft refused the table"
        assert await bench.ask(port=SHADOW) == b"app:?"
        assert bench.application_callers[-1] == network.pod.ip


@pytest.mark.slow
@pytest.mark.parametrize("at_the_desk", [True, False], ids=["desk", "application"])
async def test_thirty_thousand_connections_leave_nothing(bench: AgentBench, alice: Identity, at_the_desk: bool) -> None:
    bench.manager.say(intercept("i", "alice", alice, away=not at_the_desk))
    await bench.manager.applied()
    lane = await bench.join("alice", alice)
    answer = b"desk:?" if at_the_desk else b"app:?"

    # Each leaves a port of the caller in TIME_WAIT for a minute, and one of the agent that reached the application.
    for host in (bench.network.neighbour, bench.network.pod):
        host.run("sysctl", "-w", "net.ipv4.ip_local_port_range=1024 65535")

    async def some(count: int) -> None:
        for _ in range(count):
            assert await bench.ask() == answer

    async def many(count: int) -> None:
        await asyncio.gather(*(some(count // 20) for _ in range(20)))
        lane.streams.clear()

    await many(3000)
    memory, descriptors = bench.resident_kilobytes(), bench.descriptors()
    await many(30_000)
    await until(lambda: bench.descriptors() <= descriptors)
    assert bench.resident_kilobytes() < memory + 2048
