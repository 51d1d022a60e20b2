"""What becomes another protocol on a connection of HTTP/1.1, at an agent as a process in a pod's network."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from agentbench import PATIENCE, AgentBench, Identity, http_answer, make_identity
from fixtures.http2_frames import PREFACE
from fixtures.pod import NEEDS_ROOT
from httpbench import by_header, conversation, http, join
from podnet import PodNetwork

pytestmark = [pytest.mark.cluster, NEEDS_ROOT]

PORT = 8092
SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %b\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"  # what RFC 6455 says for its sample key
)


async def upgrading(who: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that takes every offer of another protocol (of HTTP/2 by RFC 7540, 3.2); else it gives the head back."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while head := await reader.readuntil(b"\r\n\r\n"):
            fields = [line.partition(b": ") for line in head.lower().split(b"\r\n")]
            offered = next((value for name, _, value in fields if name == b"upgrade"), b"")
            if not offered:
                writer.write(http_answer(who, head))
                continue
            writer.write(SWITCHING % offered)
            while data := await reader.read(65536):
                writer.write(who + b" unjudged:" + data)
    writer.close()


@pytest.fixture
async def bench(network: PodNetwork, tmp_path: Path) -> AsyncIterator[AgentBench]:
    async with AgentBench(network, tmp_path) as bench:
        bench.install_table()
        await bench.serve(PORT, partial(upgrading, b"app"))
        await bench.start_agent()
        yield bench


@pytest.fixture
async def ada(bench: AgentBench, tmp_path: Path) -> Identity:
    """Has the requests with her header."""
    ada = make_identity(tmp_path, "ada")
    bench.manager.say(http("a", "ada", ada, by_header("x-dev", "ada"), port=PORT))
    await bench.manager.applied()
    await join(bench, ada)
    return ada


def offer(*fields: str) -> bytes:
    return "\r\n".join(["GET / HTTP/1.1", "Host: echo", *fields, "", ""]).encode()


SETTINGS = ("Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
ESCAPES = {
    "http2": ("Upgrade: h2c", *SETTINGS),
    "lower-case": ("upgrade: H2C", "connection: http2-settings, upgrade", "http2-settings: AAMAAABk"),
    "among-others": ("Upgrade: foo/1, h2c", *SETTINGS),
    "twice": ("Upgrade: foo", "Upgrade: h2c", *SETTINGS),
    "tls": ("Upgrade: TLS/1.2, HTTP/1.1", "Connection: Upgrade"),
    "draft": ("Upgrade: h2c-14", *SETTINGS),
    "draft-by-its-name": ("Upgrade: HTTP-draft-09/2.0", "Connection: Upgrade"),
    "http2-by-its-name": ("Upgrade: HTTP/2.0", "Connection: Upgrade"),
}


async def test_the_server_of_these_tests_takes_such_an_offer(bench: AgentBench) -> None:
    """Nothing is intercepted: as without us."""
    async with conversation(bench, port=PORT) as talk:
        talk.writer.write(offer(*ESCAPES["http2"]))
        async with asyncio.timeout(PATIENCE):
            assert (await talk.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
            talk.writer.write(PREFACE)
            said = b"app unjudged:" + PREFACE
            assert await talk.reader.readexactly(len(said)) == said


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("kind", ESCAPES)
async def test_no_connection_becomes_one_whose_requests_nobody_judges(bench: AgentBench, kind: str) -> None:
    """The offer is never made, so the server answers as one that ignores it, and the next request is judged again."""
    async with conversation(bench, port=PORT) as talk:
        talk.writer.write(offer(*ESCAPES[kind]))
        assert await talk.answer() == ("app", b"GET / HTTP/1.1\r\nHost: echo\r\n\r\n")
        assert (await talk.ask(X_Dev="ada"))[0] == "ada"
        talk.writer.write(offer(*ESCAPES[kind], "X-Dev: ada"))
        assert await talk.answer() == ("ada", b"GET / HTTP/1.1\r\nHost: echo\r\nX-Dev: ada\r\n\r\n")
        assert (await talk.ask())[0] == "app"
        talk.writer.write(offer("Upgrade: h2c", "Connection: Upgrade, close"))
        assert (await talk.answer())[0] == "app"
        async with asyncio.timeout(PATIENCE):
            assert await talk.reader.read() == b""


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("protocol", ["websocket", "WebSocket", "spdy/3.1", "foo"])
async def test_other_protocols_are_taken(bench: AgentBench, protocol: str) -> None:
    """They carry no requests."""
    key = ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13")
    async with conversation(bench, port=PORT) as talk:
        talk.writer.write(offer(f"Upgrade: {protocol}", "Connection: Upgrade", *key))
        async with asyncio.timeout(PATIENCE):
            head = await talk.reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
            assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head
            assert b"\r\nUpgrade: " + protocol.lower().encode() in head
            talk.writer.write(b"\0\xff X")
            assert await talk.reader.readexactly(17) == b"app unjudged:\0\xff X"
