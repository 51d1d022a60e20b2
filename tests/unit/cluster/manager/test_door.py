"""The way in: bounded whatever strangers do, open for those who ask."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop
from aiohttp import ClientSession, web
from telelens_cluster.manager import door
from telelens_cluster.manager.certificates import make_authority, make_server

Scenario = Callable[[], Coroutine[None, None, None]]


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Callable[[Scenario], None]:
    """Runs a scenario under either loop; the manager's is uvloop."""

    def run(scenario: Scenario) -> None:
        async def whole() -> None:
            try:
                await scenario()
            finally:
                while KEPT:
                    KEPT.pop().close()

        request.param(whole())

    return run


@asynccontextmanager
async def house(
    context: ssl.SSLContext | None = None, *, asked: asyncio.Event | None = None, visitors: bool = False
) -> AsyncIterator[int]:
    """Its port; ``asked`` is set by the first request."""

    async def answer(request: web.Request) -> web.Response:
        if asked is not None:
            asked.set()
        await asyncio.sleep(float(request.query.get("wait", "0")))
        return web.Response(text=await request.text() or "ok")

    application = web.Application()
    application.router.add_route("*", "/", answer)
    async with door.serving(application, 0, host="127.0.0.1", context=context, visitors=visitors) as port:
        yield port


KEPT: list[socket.socket] = []


async def stranger(port: int, said: bytes = b"") -> socket.socket:
    made = socket.socket()
    KEPT.append(made)
    made.setblocking(False)
    await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
    await asyncio.get_running_loop().sock_sendall(made, said)
    return made


async def ended(connection: socket.socket, within: float = 30) -> bool:
    try:
        async with asyncio.timeout(within):
            while await asyncio.get_running_loop().sock_recv(connection, 4096):
                pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    now = datetime.now(UTC)
    pair = make_server(make_authority(now), ["manager"], now)
    path: Path = tmp_path_factory.mktemp("server") / "server.pem"
    path.write_bytes(pair.key + pair.certificate)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path)
    return made


def test_requests_are_answered_plain_and_with_tls(play: Callable[[Scenario], None], context: ssl.SSLContext) -> None:
    async def scenario() -> None:
        async with ClientSession() as session:
            async with house() as port, session.get(f"http://127.0.0.1:{port}/") as response:
                assert await response.text() == "ok"
            async with house(context) as port:
                for body in (b"", b"x" * 500_000):
                    async with session.post(f"https://127.0.0.1:{port}/", data=body, ssl=False) as response:
                        assert await response.read() == (body or b"ok")

    play(scenario)


def test_those_who_do_not_ask_make_room_for_who_does(
    play: Callable[[Scenario], None], monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext
) -> None:
    monkeypatch.setattr(door, "MOST_CALLERS", 4)

    async def scenario() -> None:
        async with house(context) as port, ClientSession() as session:
            crowd = [await stranger(port) for _ in range(10)]
            async with session.get(f"https://127.0.0.1:{port}/", ssl=False) as response:
                assert response.status == 200
            assert [await ended(one) for one in crowd[:6]] == [True] * 6
            assert [await ended(one, 0.01) for one in crowd[-3:]] == [False] * 3

    play(scenario)


def test_who_is_being_answered_is_not_sent_away(
    play: Callable[[Scenario], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MOST_CALLERS", 2)

    async def scenario() -> None:
        asked = asyncio.Event()
        async with house(asked=asked) as port:
            asking = await stranger(port, b"GET /?wait=0.3 HTTP/1.1\r\nHost: x\r\n\r\n")
            await asked.wait()
            for _ in range(5):
                await stranger(port)
            answer = await asyncio.get_running_loop().sock_recv(asking, 4096)
            assert answer.startswith(b"HTTP/1.1 200")

    play(scenario)


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nA: ", b"\x16\x03\x01\x02\x00"])
def test_a_first_request_takes_seconds_at_most(
    play: Callable[[Scenario], None], monkeypatch: pytest.MonkeyPatch, context: ssl.SSLContext, said: bytes
) -> None:
    monkeypatch.setattr(door, "FIRST_REQUEST_SECONDS", 0.2)

    async def scenario() -> None:
        for one in (None, context):
            async with house(one) as port:
                assert await ended(await stranger(port, said))

    play(scenario)


@pytest.mark.parametrize(
    "said",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"\x00\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ],
)
def test_broken_requests_fill_no_log(
    play: Callable[[Scenario], None], caplog: pytest.LogCaptureFixture, said: bytes
) -> None:
    async def scenario() -> None:
        async with house() as port:
            for _ in range(5):
                (await stranger(port, said)).shutdown(socket.SHUT_WR)
                await asyncio.sleep(0.02)
                KEPT.pop().close()
            await asyncio.sleep(0.05)

    play(scenario)
    assert len([one for one in caplog.records if one.levelname not in ("DEBUG", "INFO")]) <= 1


def test_garbage_instead_of_a_handshake(play: Callable[[Scenario], None], context: ssl.SSLContext) -> None:
    async def scenario() -> None:
        async with house(context) as port:
            assert await ended(await stranger(port, b"GET / HTTP/1.1\r\n\r\n"))

    play(scenario)


def test_where_answers_are_slow_the_first_one_may_be(
    play: Callable[[Scenario], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "FIRST_REQUEST_SECONDS", 1.0)

    async def scenario() -> None:
        async with house(visitors=True) as port, ClientSession() as session:
            idle = await stranger(port)
            async with session.get(f"http://127.0.0.1:{port}/?wait=2") as response:
                assert await response.text() == "ok"
            assert await ended(idle), "who does not ask goes all the same"

    play(scenario)
