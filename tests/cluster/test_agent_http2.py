"""Requests of HTTP/2 without TLS at an agent as a process in a pod's network.

Each is compared, field by field, with the same one to the same application where nobody intercepts.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from agentbench import AgentBench, make_identity, until
from fixtures.http2_bytes import Http2AtDesk
from fixtures.http2_caller import REQUESTS, Asked, Http2Caller
from fixtures.http2_mirror import Mirror
from fixtures.http2_server import serve
from fixtures.pod import NEEDS_ROOT
from httpbench import by_header, http, join
from podnet import PodNetwork

pytestmark = [pytest.mark.cluster, NEEDS_ROOT]

PORT, TWIN = 8091, 8092
PERSONS = ("", "ada", "grace")
"""Whose header a request has; nobody's: a passer-by's."""


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path) -> AsyncIterator[AgentBench]:
    """Ada and Grace, each with an intercept by a header of hers."""
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        for port in (PORT, TWIN):
            await bench.serve(port, partial(serve, partial(Mirror, "app")))
        await bench.start_agent()
        people = [make_identity(tmp_path, name) for name in PERSONS if name]
        bench.manager.say(*(http(one.name, one.name, one, by_header("x-dev", one.name), port=PORT) for one in people))
        await bench.manager.applied()
        for one in people:
            await join(bench, one, partial(Http2AtDesk, partial(Mirror, one.name)))
        assert list(bench.manager.status.http_ports) == [PORT]
        yield bench


@asynccontextmanager
async def both(bench: AgentBench) -> AsyncIterator[tuple[Http2Caller, Http2Caller]]:
    """A connection to the application, and one to its twin."""
    line, twin = [Http2Caller(*await bench.connect(port)) for port in (PORT, TWIN)]
    try:
        yield line, twin
    finally:
        line.close()
        twin.close()


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
async def test_every_request_of_http2_passes_as_it_was(bench: AgentBench, person: str) -> None:
    async with both(bench) as (line, twin):
        for kind, asked in REQUESTS.items():
            heard, direct = await asked.on(line, person), await asked.on(twin, person)
            assert heard.value("x-who") == (person or "app"), kind
            assert heard.anonymous == direct.anonymous, kind


async def test_the_version_is_found_out_by_asking_the_application(bench: AgentBench) -> None:
    await until(lambda: dict(bench.manager.status.http2) == {PORT: True})


@pytest.mark.parametrize("person", PERSONS, ids=["passer-by", "ada", "grace"])
async def test_what_haproxy_says_otherwise_in_http2_means_the_same(bench: AgentBench, person: str) -> None:
    """A default port is left out (RFC 9110, 4.2.3), and cookies are joined (RFC 9113, 8.2.3)."""
    asked = Asked(fields=[("cookie", "a"), ("accept", "b"), ("cookie", "c,d")], authority="web:80")
    async with both(bench) as (line, twin):
        heard, direct = [json.loads((await asked.on(one, person)).body)[0] for one in (line, twin)]
    said = ([":authority", "web:80"], ["cookie", "a"], ["cookie", "c,d"])
    assert all(one in direct for one in said)
    rest = [one for one in direct if one not in said]
    assert heard == [*rest[:2], [":authority", "web"], *rest[2:], ["cookie", "a; c,d"]]
