"""How names of headers are written in answers, at an agent as a process in a pod's network: as the application does.

Each answer is compared, byte by byte, with what the same request brings while nothing is intercepted.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from agentbench import PATIENCE, AgentBench, Echo, Identity, make_identity, until
from fixtures.pod import NEEDS_ROOT
from httpbench import by_header, conversation, http, join
from podnet import PodNetwork
from telelens_cluster.agent.switches import LOWER_NAMES
from telelens_cluster.agent.table import TABLE
from telelens_schemas.wire.stream import Stream

pytestmark = [pytest.mark.cluster, NEEDS_ROOT]

PORT = 8094
CAPITALS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: X\r\nX-Who: %b\r\nContent-Length: 2\r\n\r\nOk"
"""As Go, Java's servers, nginx and Node write it."""
LOWER_CASE = CAPITALS.lower().replace(b"http/1.1", b"HTTP/1.1")
"""As uvicorn, hyper and Envoy do."""
REFUSED = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
"""By what reads requests, before the application has anything to say."""
ASKING_HTTP2 = b"PRI * HTTP/2.0\r\n"

Answers = Callable[[bytes], bytes]


def lower_case(who: bytes, _: bytes) -> bytes:
    return LOWER_CASE % who


def capitals(who: bytes, _: bytes) -> bytes:
    return CAPITALS % who


def capitals_behind_lower_case(who: bytes, head: bytes) -> bytes:
    return REFUSED if head.startswith(ASKING_HTTP2) else CAPITALS % who


def lower_case_that_hangs_up(who: bytes, head: bytes) -> bytes:
    return b"" if head.startswith(ASKING_HTTP2) else LOWER_CASE % who


APPLICATIONS = [lower_case, capitals, capitals_behind_lower_case, lower_case_that_hangs_up]


async def serve(answers: Answers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An application; one that says nothing hangs up."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while said := answers(await reader.readuntil(b"\r\n\r\n")):
            writer.write(said)
    writer.close()


class Handler(Echo):
    """The same program on the desk."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(b"")
        self._answers = answers

    def data(self, stream: Stream, data: bytes) -> None:
        stream.consumed(len(data))
        stream.write(self._answers(data))


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path) -> AsyncIterator[AgentBench]:
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        await bench.start_agent()
        yield bench


@pytest.fixture
def ada(tmp_path: Path) -> Identity:
    return make_identity(tmp_path, "ada")


async def heard(bench: AgentBench, host: str, dev: str) -> list[bytes]:
    """Two answers on one connection, in the caller's own ways of writing."""
    async with conversation(bench, host, PORT) as talk:
        found = []
        for text in (f"GET / HTTP/1.1\r\nHost: echo\r\nX-Dev: {dev}\r\n\r\n",) * 2:
            talk.writer.write(text.encode())
            async with asyncio.timeout(PATIENCE):
                found.append(await talk.reader.readuntil(b"\r\n\r\n") + await talk.reader.readexactly(2))
        return found


def lower_names(bench: AgentBench) -> str:
    """The table's set, as text: of a server that hangs up when asked for HTTP/2 no status tells anything."""
    return bench.network.pod.run("nft", "list", "set", "inet", TABLE, LOWER_NAMES.set_name)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("application", APPLICATIONS)
async def test_an_answer_is_written_as_the_application_does(
    bench: AgentBench, ada: Identity, application: Callable[[bytes, bytes], bytes], version: int
) -> None:
    for host in (bench.network.pod.ip, bench.network.pod.ip6):
        await bench.serve(PORT, partial(serve, partial(application, b"app")), host)
    host = bench.network.pod.ip if version == 4 else bench.network.pod.ip6
    direct = await heard(bench, host, "ada")
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada"), port=PORT))
    await bench.manager.applied()
    await join(bench, ada, lambda: Handler(partial(application, b"ada")))
    lower = application in (lower_case, lower_case_that_hangs_up)
    await until(lambda: str(PORT) in lower_names(bench) if lower else PORT in bench.manager.status.http2)

    assert await heard(bench, host, "other") == direct
    assert await heard(bench, host, "ada") == [one.replace(b"app", b"ada") for one in direct]
