"""HAProxy's beginning and end at an agent: while it does not start, everybody is served by the application."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agentbench import (
    APPLICATION,
    HTTP_APPLICATION,
    PATIENCE,
    AgentBench,
    HaproxyPlace,
    Identity,
    intercept,
    make_identity,
    until,
)
from fixtures.pod import NEEDS_ROOT
from httpbench import by_header, http, join, who
from podnet import PodNetwork

pytestmark = [pytest.mark.cluster, NEEDS_ROOT]

REFUSES = "echo '[ALERT] (1) : not on this machine' >&2; exit 1"


@pytest.fixture
def place(tmp_path: Path) -> HaproxyPlace:
    return HaproxyPlace(tmp_path / "programs")


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path, place: HaproxyPlace) -> AsyncIterator[AgentBench]:
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        await bench.start_http_application()
        await bench.start_agent(haproxy=place)
        yield bench


@pytest.fixture
def ada(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "ada")


def errors(bench: AgentBench) -> dict[str, str]:
    return {one.uid: one.error for one in bench.manager.status.intercepts}


async def nothing_is_redirected(bench: AgentBench) -> bool:
    """Whether the application has Ada's requests, too, and nothing of ours is on the path."""
    assert list(bench.manager.status.http_ports) == []
    return await who(bench, X_Dev="ada") == "app" and bench.application_callers[-1] == bench.network.neighbour.ip


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (None, "the image has no haproxy program"),
        (REFUSES, "HAProxy refuses its configuration: [ALERT] (1) : not on this machine"),
        ('[ "$1" = -c ] && exit; exit 3', "HAProxy ended with status 3"),
    ],
    ids=["missing", "refusing", "ending"],
)
async def test_callers_reach_the_application_until_haproxy_starts(
    bench: AgentBench, place: HaproxyPlace, ada: Identity, before: str | None, said: str
) -> None:
    if before is not None:
        place.bring(before)
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")), intercept("t", "ada", ada))
    await bench.manager.applied()
    assert errors(bench) == {"a": said, "t": ""}
    await join(bench, ada)
    await until(lambda: list(bench.manager.status.redirected_tcp_ports) == [APPLICATION])
    assert await nothing_is_redirected(bench)

    place.bring()
    await until(lambda: not any(errors(bench).values()))
    assert await who(bench, X_Dev="ada") == "ada"
    assert list(bench.manager.status.http_ports) == [HTTP_APPLICATION]


async def test_callers_reach_the_application_when_haproxy_cannot_come_again(
    bench: AgentBench, place: HaproxyPlace, ada: Identity
) -> None:
    place.bring()
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada")))
    await bench.manager.applied()
    await join(bench, ada)
    assert await who(bench, X_Dev="ada") == "ada"

    place.bring(REFUSES)
    (process,) = bench.haproxies()
    os.kill(process, signal.SIGKILL)
    await until(lambda: errors(bench)["a"])
    assert await nothing_is_redirected(bench)
    await until(lambda: not list(bench.run.glob("http-*-[0-9]*")))  # what did not start leaves nothing

    place.bring()
    await until(lambda: not errors(bench)["a"])
    assert await who(bench, X_Dev="ada") == "ada"


async def test_a_haproxy_that_nobody_needs_ends_though_somebody_stays(
    bench: AgentBench, place: HaproxyPlace, ada: Identity
) -> None:
    place.bring("""[ "$1" = -c ] && sed -i "s/hard-stop-after 300s/hard-stop-after 4s/" "$3\"""")
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada"), port=APPLICATION))
    await bench.manager.applied()
    reader, writer = await bench.connect()
    writer.write(b"EHLO somebody\r\n")
    async with asyncio.timeout(PATIENCE):
        assert await reader.readuntil(b"\n") == b"app:EHLO somebody\r\n"
        bench.manager.say()
        await bench.manager.applied()
        writer.write(b"QUIT\r\n")
        assert await reader.readuntil(b"\n") == b"QUIT\r\n", "what has begun goes on for a while"
        await until(lambda: not bench.haproxies())
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()
