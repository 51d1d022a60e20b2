"""The mechanism http of an agent as a process in a pod's network: who gets which request, and what its ends leave."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import stat
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from agentbench import (
    HTTP_APPLICATION,
    PATIENCE,
    AgentBench,
    Echo,
    HttpEcho,
    Identity,
    intercept,
    is_there,
    make_identity,
    until,
)
from fixtures.pod import NEEDS_ROOT
from httpbench import Conversation, by_header, conversation, http, join, who
from podnet import Place, PodNetwork
from telelens_cluster.agent.farewell import GRACE_SECONDS
from telelens_cluster.agent.http.mechanism import IDLE_SECONDS
from telelens_schemas.names import HTTP_PORT
from telelens_schemas.wire.stream import Stream
from telelens_schemas.wire.tunnel_pb2 import (
    PREFIX,
    TCP,
    HttpMatch,
    HttpPath,
    Open,
    RedirectedPort,
)

pytestmark = [
    pytest.mark.cluster,
    NEEDS_ROOT,
]

_NO_ANSWERS = """\
table inet far_away {
  chain input {
    type filter hook input priority 0;
    tcp flags & (syn | ack) == (syn | ack) drop
  }
}
"""
CROWD = 300
_SYN_RECV = " 03 "
"""A connection's state in /proc/net/tcp."""


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path) -> AsyncIterator[AgentBench]:
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        await bench.start_http_application()
        await bench.start_agent()
        yield bench


@pytest.fixture
def ada(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "ada")


@pytest.fixture
def grace(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "grace")


async def test_each_request_of_one_connection_is_judged_by_itself(
    bench: AgentBench, ada: Identity, grace: Identity
) -> None:
    bench.manager.say(
        http("a", "ada", ada, by_header("x-dev", "ada")), http("g", "grace", grace, by_header("x-dev", "grace|hopper"))
    )
    await bench.manager.applied()
    assert list(bench.manager.status.http_ports) == [HTTP_APPLICATION]
    await until(lambda: dict(bench.manager.status.http2) == {HTTP_APPLICATION: False})
    lane = await join(bench, ada)
    await join(bench, grace)
    async with conversation(bench) as talk:
        order = [(await talk.ask(X_Dev=name))[0] for name in ("ada", "bob", "hopper", "ada", "adam", "a,ada")]
        assert order == ["ada", "app", "grace", "ada", "app", "app"]
        assert (await talk.ask())[0] == "app"
    assert bench.http_connections == 2, "one connection of a caller is one of the application; one asked for HTTP/2"
    assert set(bench.application_callers) == {bench.network.pod.ip}
    opened = Open.FromString(lane.streams[0][0])
    assert (opened.intercept_uid, opened.container_port) == ("a", HTTP_APPLICATION)
    assert opened.source_address == bench.network.neighbour.ip


async def test_headers_before_paths_before_the_application(bench: AgentBench, ada: Identity, grace: Identity) -> None:
    path = HttpMatch(path=HttpPath(kind=PREFIX, value="/api"))
    bench.manager.say(http("a", "ada", ada, path), http("g", "grace", grace, by_header("x-dev", "g.*")))
    await bench.manager.applied()
    await join(bench, ada)
    await join(bench, grace)
    assert await who(bench, "/api/1") == "ada"
    assert await who(bench, "/api/1", X_Dev="grace") == "grace", "though the other is older"
    assert await who(bench, "/ap") == "app"


async def test_a_request_passes_as_it_was(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    long = "x" * 15_000
    for dev in ("ada", "other"):
        async with conversation(bench) as talk:
            _, head = await talk.ask(
                "/p?q=%20;a=b", Accept="a, b", X_User=dev, X_Dev=dev, X_Nobody_Knows=long, Cookie=long * 2
            )
        expected = (
            f"GET /p?q=%20;a=b HTTP/1.1\r\nHost: echo\r\nAccept: a, b\r\nX-User: {dev}\r\nX-Dev: {dev}\r\n"
            f"x-nobody-knows: {long}\r\nCookie: {long * 2}\r\n\r\n"
        )
        assert head.decode() == expected, "a name that nobody knows loses its capitals"
    async with conversation(bench) as talk:
        _, head = await talk.ask(accept="*/*", x_dev="ada", user_agent="node")
    # "Host" is written with a capital by this caller.
    assert b"Accept: */*" in head


def lower_case(line: str, dev: str, body: bytes = b"") -> bytes:
    """As Node, hyper and Envoy write it."""
    fields = ["host: echo", "accept: */*", *([f"content-length: {len(body)}"] if body else []), f"x-dev: {dev}"]
    return "\r\n".join([line, *fields, "", ""]).encode() + body


PLAIN = {
    "get": (lower_case("GET / HTTP/1.1", "other"), "app"),
    "get-matched": (lower_case("GET / HTTP/1.1", "ada"), "ada"),
    "post": (lower_case("POST / HTTP/1.1", "other", b"Body: X\nBody: Y"), "app"),
    "post-matched": (lower_case("POST / HTTP/1.1", "ada", b"Body: X\nBody: Y"), "ada"),
    "no-header": (b"GET / HTTP/1.0\r\n\r\n", "app"),
    "options": (b"OPTIONS * HTTP/1.0\r\n\r\n", "app"),
    "short": (b"GET /\r\n\r\n", "app"),
    "blank-lines-first": (b"\r\n\r\n" + lower_case("GET / HTTP/1.1", "ada"), "ada"),
}


async def answer_to(bench: AgentBench, asked: bytes, *, bytewise: bool = False) -> tuple[str, bytes]:
    """Who answers, and the head that arrived there."""
    async with conversation(bench) as talk:
        for part in [asked[at : at + 1] for at in range(len(asked))] if bytewise else [asked]:
            talk.writer.write(part)
            await asyncio.sleep(0.002 if bytewise else 0)
        return await talk.answer()


@pytest.mark.parametrize("bytewise", [False, True], ids=["at-once", "byte-by-byte"])
async def test_a_request_without_capitals_is_answered_at_once(bench: AgentBench, ada: Identity, bytewise: bool) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    for name, (asked, expected) in PLAIN.items():
        found, head = await answer_to(bench, asked, bytewise=bytewise)
        assert found == expected, name
        if b"host" in asked:
            assert head == asked.lstrip()[: len(head)], "not even a capital in a body changes the head"
            assert head.endswith(b"\r\n\r\n")
    lingering = [RedirectedPort(container_port=HTTP_APPLICATION, protocol=TCP, http=True)]
    bench.manager.say(lingering=lingering)
    await bench.manager.applied()
    for name, (asked, _) in PLAIN.items():
        assert (await answer_to(bench, asked, bytewise=bytewise))[0] == "app", name


async def test_a_head_may_take_its_time(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)

    async def slowly(first: bytes, rest: bytes) -> str:
        async with conversation(bench) as talk:
            talk.writer.write(first)
            await asyncio.sleep(6)
            talk.writer.write(rest)
            return (await talk.answer())[0]

    asked = lower_case("GET / HTTP/1.1", "ada")
    assert await asyncio.gather(slowly(asked[:20], asked[20:]), slowly(asked[:5], asked[5:])) == ["ada", "app"]


async def test_who_is_gone_or_away_has_no_requests(bench: AgentBench, ada: Identity) -> None:
    match = by_header("x-dev", "ada")
    bench.manager.say(http("a", "ada", ada, match))
    await bench.manager.applied()
    assert await who(bench, X_Dev="ada") == "app", "no tunnel yet"
    lane = await join(bench, ada)
    async with conversation(bench) as talk:
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
        bench.manager.say(http("a", "ada", ada, match, away=True))
        await bench.manager.applied()
        assert (await talk.ask(X_Dev="ada"))[0] == "app", "on the same connection"
        bench.manager.say(http("a", "ada", ada, match))
        await bench.manager.applied()
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
        assert lane.tunnel
        lane.tunnel.close("gone")
        await until(lambda: not bench.manager.status.intercepts[0].tunnel_connected)
        await asyncio.sleep(0.1)
        assert (await talk.ask(X_Dev="ada"))[0] == "app"


async def test_the_redirect_lingers_by_way_of_haproxy(bench: AgentBench, ada: Identity) -> None:
    """A connection that was opened between two intercepts does not escape the second."""
    match = by_header("x-dev", "ada")
    bench.manager.say(http("a", "ada", ada, match))
    await bench.manager.applied()
    await join(bench, ada)
    lingering = [RedirectedPort(container_port=HTTP_APPLICATION, protocol=TCP, http=True)]
    bench.manager.say(lingering=lingering)
    await bench.manager.applied()
    async with conversation(bench) as talk:
        assert (await talk.ask(X_Dev="ada"))[0] == "app"
        bench.manager.say(http("b", "ada", ada, match))
        await bench.manager.applied()
        await join(bench, ada)
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
    bench.manager.say()
    await bench.manager.applied()
    assert list(bench.manager.status.redirected_tcp_ports) == []
    await until(lambda: not bench.haproxies())
    assert await who(bench, X_Dev="ada") == "app"
    assert bench.application_callers[-1] == bench.network.neighbour.ip, "nothing of ours on the path"


class SlowHttp(HttpEcho):
    """Takes half a second for each answer."""

    def data(self, stream: Stream, data: bytes) -> None:
        asyncio.get_running_loop().call_later(0.5, super().data, stream, data)


@pytest.mark.parametrize("lingers", [True, False])
async def test_who_leaves_answers_what_was_asked(bench: AgentBench, ada: Identity, lingers: bool) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    lane = await join(bench, ada, lambda: SlowHttp(b"ada"))
    lingering = [RedirectedPort(container_port=HTTP_APPLICATION, protocol=TCP, http=True)]
    async with conversation(bench) as talk:
        asking = asyncio.create_task(talk.ask(X_Dev="ada"))
        await until(lambda: lane.streams)
        await asyncio.sleep(0.1)
        bench.manager.say(lingering=lingering if lingers else [])
        await bench.manager.applied()
        assert await who(bench, X_Dev="ada") == "app", "who comes now is not kept waiting"
        assert (await asking)[0] == "ada"
    await until(lambda: lane.end is not None)


LINGERING = [RedirectedPort(container_port=HTTP_APPLICATION, protocol=TCP, http=True)]


@contextlib.asynccontextmanager
async def asking(bench: AgentBench) -> AsyncIterator[list[str]]:
    """Who has answered Ada's requests, which are sent on two connections without a pause; none of them may fail."""
    answered: list[str] = []

    async def ask_on(talk: Conversation) -> None:
        while True:
            answered.append((await talk.ask(X_Dev="ada"))[0])

    async with conversation(bench) as one, conversation(bench) as other:
        tasks = [asyncio.create_task(ask_on(talk)) for talk in (one, other)]
        yield answered
        for task in tasks:
            assert not task.done(), task.exception()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_request_fails_when_somebody_leaves(bench: AgentBench, ada: Identity) -> None:
    match, lanes = by_header("x-dev", "ada"), []
    bench.manager.say(http("a0", "ada", ada, match))
    await bench.manager.applied()
    async with asking(bench) as answered:
        for number in range(4):
            bench.manager.say(http(f"a{number}", "ada", ada, match), lingering=LINGERING)
            await bench.manager.applied()
            if number % 2:
                bench.manager.say(lingering=LINGERING)  # and comes back before anything was cut
                await bench.manager.applied()
                bench.manager.say(http(f"b{number}", "ada", ada, match), lingering=LINGERING)
                await bench.manager.applied()
            if number % 2 == 0 or lanes[-1].end is not None:  # else it comes back before it was cut
                lanes.append(await join(bench, ada))
            await until(lambda: answered[-1] == "ada")
            bench.manager.say(lingering=LINGERING)
            await bench.manager.applied()
            await until(lambda: answered[-1] == "app")
            if number % 2:
                await until(lambda: lanes[-1].end is not None)  # the farewell is over
                assert answered[-1] == "app", number


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.06, 0.12])
async def test_no_request_fails_when_somebody_leaves_an_agent_that_is_held_up(
    bench: AgentBench, ada: Identity, moment: float
) -> None:
    """By a busy node, say, or a limit of its processor time, for longer than it would wait for requests to end."""
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")), lingering=LINGERING)
    await bench.manager.applied()
    lane = await join(bench, ada)
    async with asking(bench) as answered:
        await until(lambda: answered and answered[-1] == "ada")
        bench.manager.say(lingering=LINGERING)
        await asyncio.sleep(moment)
        agent = bench.agent
        os.kill(agent, signal.SIGSTOP)
        try:
            await asyncio.sleep(GRACE_SECONDS + 0.5)
        finally:
            os.kill(agent, signal.SIGCONT)
        await until(lambda: lane.end is not None)
        before = len(answered)
        await until(lambda: len(answered) > before + 10)
        assert answered[-1] == "app"


@contextlib.contextmanager
def far_away(place: Place) -> Iterator[None]:
    """Whoever connects from there hears of it later than the pod does."""
    place.run("nft", "-f", "-", text=_NO_ANSWERS)
    try:
        yield
    finally:
        place.run("nft", "delete", "table", "inet", "far_away")


async def test_many_at_once_reach_the_desk_though_the_agent_is_busy(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    agent, (haproxy,) = bench.agent, bench.haproxies()
    unix_sockets = Path(f"/proc/{haproxy}/net/unix")
    async with contextlib.AsyncExitStack() as stack:
        talks = []
        for _ in range(CROWD):
            talks.append(await stack.enter_async_context(conversation(bench)))
            # One that says nothing for long is the application's.
            assert (await talks[-1].ask())[0] == "app"
        os.kill(agent, signal.SIGSTOP)
        try:
            asked = [asyncio.create_task(talk.ask(X_Dev="ada")) for talk in talks]
            # The one that listens, and those that it has not taken yet.
            await until(lambda: unix_sockets.read_text().count("/desk.sock\n") > CROWD)
        finally:
            os.kill(agent, signal.SIGCONT)
        answered = Counter([(await one)[0] for one in asked])
    assert answered == {"ada": CROWD}


async def test_who_was_about_to_connect_when_nobody_needed_haproxy_any_more(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    with far_away(bench.network.neighbour):
        waiting = asyncio.create_task(
            asyncio.to_thread(bench.network.neighbour.connect, bench.network.pod.ip, HTTP_APPLICATION)
        )
        await until(lambda: _SYN_RECV in bench.network.pod.run("cat", "/proc/net/tcp"))
        bench.manager.say()
        await bench.manager.applied()
        assert list(bench.manager.status.redirected_tcp_ports) == []
    with await waiting as connected:
        connected.sendall(b"GET / HTTP/1.1\r\nHost: echo\r\nConnection: close\r\n\r\n")
        assert b"X-Who: app" in await asyncio.to_thread(connected.recv, 4096)
    await until(lambda: not bench.haproxies())


def variables(process: int) -> set[str]:
    """Names of a process' environment."""
    return {one.partition("=")[0] for one in Path(f"/proc/{process}/environ").read_text().split("\0") if one}


async def test_haproxy_knows_and_shows_nothing(bench: AgentBench, ada: Identity) -> None:
    """The agent's environment is the application's, secrets included; who speaks to HAProxy's sockets rules it."""
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    (process,) = bench.haproxies()
    assert variables(process) == {"PATH"}
    assert variables(bench.agent) > {"PATH"}
    folders = [*bench.run.glob("http-*")]
    own = [one for folder in folders for one in folder.glob("*.sock") if one.name != "desk.sock"]
    assert {one.name for one in own} == {"control.sock", "inward.sock", "inward-lower.sock"}
    assert {stat.S_IMODE(one.stat().st_mode) for one in folders} == {0o700}
    assert {stat.S_IMODE(one.stat().st_mode) for one in own} == {0o600}


async def test_what_an_agent_that_died_left_ends(bench: AgentBench, ada: Identity) -> None:
    """Nobody needs it, and no other one takes its place."""
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    bench.manager.say()
    await bench.manager.applied()
    assert bench.haproxies()
    agent = bench.agent
    os.kill(agent, signal.SIGKILL)
    await until(lambda: not is_there(agent))
    await until(lambda: len(bench.manager.hellos) == 2)
    await until(lambda: not bench.haproxies())


async def test_haproxy_that_is_needed_again_at_once_is_still_there(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    before = bench.haproxies()
    bench.manager.say()
    await bench.manager.applied()
    assert await who(bench, X_Dev="ada") == "app"
    bench.manager.say(http("b", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    assert await who(bench, X_Dev="ada") == "ada"
    await asyncio.sleep(IDLE_SECONDS + 1)  # after which one that nobody needs stops
    assert await who(bench, X_Dev="ada") == "ada"
    assert bench.haproxies() == before


async def test_what_came_before_haproxy_comes_anew(bench: AgentBench, ada: Identity) -> None:
    """The agent relayed it whole: kept alive, it would escape every filter."""
    bench.manager.say(lingering=[RedirectedPort(container_port=HTTP_APPLICATION, protocol=TCP)])
    await bench.manager.applied()
    async with conversation(bench) as early:
        assert (await early.ask(X_Dev="ada"))[0] == "app"
        bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))

        async def come() -> None:
            await bench.manager.applied()
            await join(bench, ada)

        coming = asyncio.create_task(come())
        while not coming.done():  # never silent for a second
            assert (await early.ask(X_Dev="ada"))[0] == "app", "in the middle of something"
            await asyncio.sleep(0.1)
        await coming
        async with asyncio.timeout(PATIENCE):
            assert await early.reader.read() == b""
    assert await who(bench, X_Dev="ada") == "ada"


class Nobody(Echo):
    """No program listens at the desk."""

    def data(self, stream: Stream, data: bytes) -> None:
        stream.reset("connection refused")


async def test_a_desk_without_a_program_is_named(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada, lambda: Nobody(b""))
    found, body = await answer_to(bench, lower_case("GET / HTTP/1.1", "ada"))
    assert found.startswith("HTTP/1.1 502 ")
    assert "text/plain" in found
    said = "telelens: the workstation that intercepts this request did not answer (nothing listens there, or its tunnel"
    assert body.decode() == f"{said} broke)\n"


async def test_a_filter_comes_while_requests_run(bench: AgentBench, ada: Identity, grace: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    (process,) = bench.haproxies()
    async with conversation(bench) as talk:
        assert (await talk.ask())[0] == "app"
        bench.manager.say(
            http("a", "ada", ada, by_header("x-dev", "ada")), http("g", "grace", grace, by_header("x-else", "1"))
        )
        await bench.manager.applied()
        await join(bench, grace)
        assert (await talk.ask(X_Else="1"))[0] == "grace"
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
    assert bench.haproxies() == [process], "nothing was reloaded"
    assert bench.http_connections == 2


async def test_a_pattern_that_the_engine_refuses_hurts_its_owner_alone(
    bench: AgentBench, ada: Identity, grace: Identity
) -> None:
    bench.manager.say(
        http("a", "ada", ada, by_header("x-dev", "(a+)+")), http("g", "grace", grace, by_header("x-dev", "grace"))
    )
    await bench.manager.applied()
    await join(bench, grace)
    words = {one.uid: one.error for one in bench.manager.status.intercepts}
    assert "nested repetitions" in words["a"]
    assert not words["g"]
    assert await who(bench, X_Dev="grace") == "grace"


async def test_the_agent_waits_for_its_turn_and_haproxy_does_not(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    (process,) = bench.haproxies()
    assert [os.sched_getscheduler(one) for one in (bench.agent, process)] == [os.SCHED_BATCH, os.SCHED_OTHER]


async def test_haproxy_killed(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    (process,) = bench.haproxies()
    os.kill(process, signal.SIGKILL)
    answered = [""]
    async with asyncio.timeout(PATIENCE):
        while answered[-1] != "ada":
            answered.append(await who(bench, X_Dev="ada"))
            await asyncio.sleep(0.01)
    assert all(itertools.dropwhile(lambda one: not one, answered)), "once somebody answers, nobody fails any more"
    assert bench.haproxies() != [process]


async def test_agent_killed(bench: AgentBench, ada: Identity) -> None:
    """HAProxy goes on; what it cannot hand over goes to the application; the next agent takes its place."""
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    (process,) = bench.haproxies()
    async with conversation(bench) as talk:
        assert (await talk.ask())[0] == "app"
        agent = bench.agent
        os.kill(agent, signal.SIGKILL)
        await until(lambda: not is_there(agent))
        assert (await talk.ask())[0] == "app", "a connection that was open"
        assert await who(bench, X_Dev="ada") == "app"
        await until(lambda: len(bench.manager.hellos) == 2)
        await bench.manager.applied()
    await until(lambda: bench.haproxies() and process not in bench.haproxies())
    await join(bench, ada)
    assert await who(bench, X_Dev="ada") == "ada"


async def test_connections_of_ipv6(bench: AgentBench, ada: Identity) -> None:
    await bench.start_http_application(host=bench.network.pod.ip6)
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    lane = await join(bench, ada)
    async with conversation(bench, bench.network.pod.ip6) as talk:
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
        assert (await talk.ask())[0] == "app"
    assert bench.application_callers[-1] == bench.network.pod.ip6
    assert Open.FromString(lane.streams[-1][0]).source_address == bench.network.neighbour.ip6


async def test_a_canary_is_answered_by_the_agent_through_haproxy(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(
        http("a", "ada", ada, by_header("x-dev", "ada")),
        canary_sources=[bench.network.neighbour.ip],
        canary_answer=b"tweet",
    )
    await bench.manager.applied()
    reader, writer = await bench.connect(HTTP_APPLICATION)
    async with asyncio.timeout(PATIENCE):
        assert await reader.read() == b"tweet"
    writer.close()


async def test_what_is_no_http_passes_untouched(bench: AgentBench, ada: Identity) -> None:
    """TLS on the port: nobody can be told apart, and nobody is hurt."""
    found = intercept("a", "ada", ada)
    found.mechanism = "http"
    found.match.CopyFrom(by_header("x-dev", "ada"))
    bench.manager.say(found)
    await bench.manager.applied()
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256))
    assert await bench.ask(hello) == b"app:" + hello
    assert bench.application_callers[-1] == bench.network.pod.ip, "by way of HAProxy"


@pytest.mark.parametrize("said", [b"", b"no line yet", b"EHLO somebody\r\n"])
async def test_who_speaks_no_http_is_given_to_the_application(bench: AgentBench, ada: Identity, said: bytes) -> None:
    """The server speaks first, the caller says something else: at once where that shows, else after some seconds."""
    found = intercept("a", "ada", ada)
    found.mechanism = "http"
    found.match.CopyFrom(by_header("x-dev", "ada"))
    bench.manager.say(found)
    await bench.manager.applied()
    reader, writer = await bench.connect()
    writer.write(said)
    async with asyncio.timeout(4 if said.endswith(b"\n") else PATIENCE):
        assert await reader.readexactly(4 + len(said)) == b"app:" + said
    writer.close()


async def test_who_calls_the_engine_by_its_number_gets_nowhere(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, None))
    await bench.manager.applied()
    await join(bench, ada)
    heard = b""
    with bench.network.neighbour.inside(), socket.socket() as caller, contextlib.suppress(ConnectionError):
        caller.settimeout(5)
        caller.connect((bench.network.pod.ip, HTTP_PORT))
        caller.sendall(b"GET / HTTP/1.1\r\nHost: echo\r\n\r\n")
        heard = await asyncio.to_thread(caller.recv, 100)
    assert heard == b""


async def test_an_agent_that_ends_lets_requests_finish(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    async with conversation(bench) as talk:
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
        os.kill(bench.supervisor, signal.SIGTERM)
        await until(bench.ended)
    assert bench.haproxies() == []
    assert await who(bench, X_Dev="ada") == "app"
    assert bench.application_callers[-1] == bench.network.neighbour.ip, "nothing is redirected any more"


async def test_without_such_an_intercept_nothing_of_it_is_there(bench: AgentBench, ada: Identity) -> None:
    bench.manager.say(intercept("i", "ada", ada, port=HTTP_APPLICATION))
    await bench.manager.applied()
    assert bench.haproxies() == []
    before = bench.resident_kilobytes()
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    assert bench.resident_kilobytes() - before < 6000
