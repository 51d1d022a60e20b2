"""Requests of HTTP/2 without TLS at an agent as a process in a pod's network.

Each is compared, field by field, with the same one to the same application where nobody intercepts.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from agentbench import AgentBench, make_identity
from fixtures.hpack import Fields
from fixtures.http2_mirror import Http2Caller, Message, MirrorAtDesk, serve_mirror
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
            await bench.serve(port, partial(serve_mirror, "app"))
        await bench.start_agent()
        people = [make_identity(tmp_path, name) for name in PERSONS if name]
        bench.manager.say(*(http(one.name, one.name, one, by_header("x-dev", one.name), port=PORT) for one in people))
        await bench.manager.applied()
        for one in people:
            await join(bench, one, partial(MirrorAtDesk, one.name))
        assert list(bench.manager.status.http_ports) == [PORT]
        yield bench


@dataclass(frozen=True)
class Asked:
    """A request, without whose it is."""

    line: str = "GET /seen"
    fields: Fields = field(default_factory=list)
    parts: tuple[bytes, ...] = ()
    trailers: Fields = field(default_factory=list)
    one_by_one: bool = False
    authority: str = "web:8080"

    async def on(self, caller: Http2Caller, person: str) -> Message:
        method, _, path = self.line.partition(" ")
        pseudo = [(":method", method), (":scheme", "http"), (":authority", self.authority), (":path", path)]
        own = [("x-dev", person)] if person else []
        head = [*pseudo, *self.fields, *own]
        return await caller.ask(head, *self.parts, trailers=self.trailers, one_by_one=self.one_by_one)


REQUESTS = {
    "get": Asked("GET /seen?a=%20b&c=d;e", [("user-agent", "Test/1"), ("etag", "x"), ("x-empty", "")]),
    "repeated": Asked(fields=[("accept", "b"), ("x-twice", "1"), ("accept", "a, c"), ("x-twice", "2")]),
    "post": Asked("POST /seen", [("content-length", "5")], (b"\x00\r\n\xffx",)),
    "post-in-parts": Asked("POST /seen", [("content-type", "text/plain")], (b"one", b"2" * 16384, b"", b"three")),
    "odd-method": Asked("PURGE /seen"),
    "head": Asked("HEAD /seen"),
    "20-kb-headers": Asked(fields=[(f"x-{n}", str(n) * 4000) for n in range(5)]),
    "many-headers": Asked(fields=[(f"x-{n}", str(n)) for n in range(300)]),
    "long-path": Asked(f"GET /seen/{'p' * 20000}"),
    "events": Asked("POST /events", parts=tuple(b"%d" % n for n in range(10)), one_by_one=True),
    "trailers": Asked("POST /seen", [("te", "trailers")], (b"body",), [("x-check", "1"), ("x-other", "A b")]),
    "not-modified": Asked("GET /empty", [("if-none-match", '"x"')]),
    "large-answer": Asked("GET /large"),
}


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
