"""The gateway before a real HTTP server. Which intercept a name means, and where a Service is, the test says."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telelens_cluster.gateway import gateway as room
from telelens_cluster.gateway.banner import MARK
from telelens_cluster.gateway.gateway import Gateway
from telelens_cluster.manager import door
from telelens_cluster.manager.certificates import Pair, make_authority, make_server
from telelens_cluster.preview.domain import Domain
from telelens_cluster.preview.upstream import NoPreview
from telelens_schemas.resources import Intercept, Phase, PreviewIngress, PreviewRequest
from unit.cluster.preview.scene import HOST, intercept, match
from unit.waiting import until
from yarl import URL

PAGE = b"<html><body><p>hello</p></body></html>"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PLAIN = PreviewRequest(banner=False)


@dataclass
class House:
    """An application, and a gateway before it."""

    gateway: str = ""
    port: int = 0
    found: Intercept | None = None
    missing: str = ""
    requests: list[web.Request] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    client: aiohttp.ClientSession = field(init=False)

    async def ask(
        self,
        path: str = "/",
        *,
        host: str = HOST,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        data: Any = None,
    ) -> tuple[aiohttp.ClientResponse, bytes]:
        url = URL(f"{self.gateway}{path}", encoded=True)
        all_headers = {"Host": host, **(headers or {})}
        async with self.client.request(method, url, headers=all_headers, data=data, allow_redirects=False) as response:
            return response, await response.read()

    def last(self) -> web.Request:
        return self.requests[-1]


async def answer(request: web.Request) -> web.StreamResponse:
    """What an application does."""
    match request.path:
        case "/page":
            return web.Response(body=PAGE, content_type="text/html", headers={"ETag": '"1"'})
        case "/packed":
            headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
            return web.Response(body=gzip.compress(PAGE), headers=headers)
        case "/elsewhere":
            return web.Response(status=302, headers={"Location": request.query["to"]})
        case "/cookies":
            response = web.Response(text="two")
            response.headers.add("Set-Cookie", "a=1")
            response.headers.add("Set-Cookie", "b=2")
            response.headers["Connection"] = "X-Hop"
            response.headers["X-Hop"] = "of this connection"
            return response
        case "/body":
            return web.Response(body=await request.read(), headers={"X-Length": str(request.content_length)})
        case "/nothing":
            return web.Response(status=204)
        case "/events":
            stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await stream.prepare(request)
            await stream.write(b"data: 1\n\n")
            await asyncio.Event().wait()
            return stream
        case "/broken":
            stream = web.StreamResponse(headers={"Content-Length": "100"})
            await stream.prepare(request)
            await stream.write(b"part")
            assert request.transport
            request.transport.abort()
            return stream
        case "/socket":
            there = web.WebSocketResponse(protocols=("chat",))
            await there.prepare(request)
            async for message in there:
                if message.data == "bye":
                    await there.close(code=4001)
                elif message.type is aiohttp.WSMsgType.TEXT:
                    await there.send_str(f"{request.headers.get('x-user')}: {message.data}")
                else:
                    await there.send_bytes(message.data)
            return there
    return web.Response(text="ok")


@asynccontextmanager
async def serving(handler: Handler, *, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    async with _running(application, context) as port:
        yield port


@asynccontextmanager
async def _running(application: web.Application, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=0.1,
        handler_cancellation=True,
        max_line_size=1 << 20,
        max_field_size=1 << 20,
    )
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        await web.SockSite(runner, listener, ssl_context=context).start()
        yield listener.getsockname()[1]
    finally:
        await runner.cleanup()


@pytest.fixture(scope="module")
def authority() -> Pair:
    return make_authority(datetime.now(UTC))


@pytest.fixture(scope="module")
def trust(authority: Pair) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.certificate.decode())


@pytest.fixture
async def house(trust: ssl.SSLContext) -> AsyncIterator[House]:
    made = House()

    async def remembered(request: web.Request) -> web.StreamResponse:
        made.requests.append(request)
        return await answer(request)

    async def locate(namespace: str, name: str) -> str:
        if made.missing:
            raise NoPreview(made.missing)
        assert (namespace, name) == ("shop", "echo")
        return "127.0.0.1"

    domain = Domain.parse("https://*.preview.test")

    def note(word: str, _of: str, _what: object) -> None:
        made.noted.append(word)

    async with (
        serving(remembered) as port,
        Gateway(
            domain, find=lambda host: made.found if host == HOST else None, locate=locate, note=note, tls=trust
        ) as gateway,
        door.serving(gateway.application(), 0, host="127.0.0.1", visitors=True) as front,
        aiohttp.ClientSession(auto_decompress=False) as client,
    ):
        made.port, made.client, made.gateway = port, client, f"http://127.0.0.1:{front}"
        made.found = intercept(port=port, matched=match(x_user="ada"), preview=PLAIN)
        yield made


async def test_a_request_gets_what_the_intercept_matches(house: House) -> None:
    response, body = await house.ask("/a%2Fb?q=%20", headers={"X-User": "eve", "X-Own": "kept"})
    assert (response.status, body) == (200, b"ok")
    got = house.last()
    assert got.raw_path == "/a%2Fb?q=%20", "as it was written"
    assert got.headers.getall("X-User") == ["ada"]
    assert got.headers["X-Own"] == "kept"
    assert got.headers["Host"] == f"echo.shop:{house.port}"


async def test_the_application_learns_who_asked_for_what(house: House) -> None:
    await house.ask(headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "evil.test"})
    got = house.last().headers
    assert got["X-Forwarded-For"] == "192.0.2.1, 127.0.0.1"
    assert got.getall("X-Forwarded-Host") == [HOST]
    assert got["X-Forwarded-Proto"] == "https", "as the domain says"
    await house.ask(headers={"X-Forwarded-Proto": "http"})
    assert house.last().headers.getall("X-Forwarded-Proto") == ["http"], "as the way in says"


@pytest.mark.parametrize("host", ["guess.preview.test", "preview.test", "localhost", f"x.{HOST}", "[", "a\u2100b"])
async def test_who_does_not_know_a_name_learns_nothing(house: House, host: str) -> None:
    response, body = await house.ask(host=host)
    assert (response.status, body) == (404, b"There is no such preview.\n")
    assert not house.requests


@pytest.mark.parametrize("phase", [Phase.AWAY, Phase.WAITING, Phase.NO_AGENT])
async def test_whoever_is_away_has_no_preview_meanwhile(house: House, phase: Phase) -> None:
    house.found = intercept(port=house.port, phase=phase)
    response, _ = await house.ask()
    assert response.status == 503
    assert not house.requests, "the application's own answer would be taken for the preview"


async def test_a_service_that_is_gone_is_said(house: House) -> None:
    house.missing = "there is no Service echo in namespace shop"
    response, body = await house.ask()
    assert (response.status, house.missing in body.decode()) == (502, True)


async def test_a_service_that_does_not_answer_is_said(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        free = nobody.getsockname()[1]
    house.found = intercept(port=free)
    assert (await house.ask())[0].status == 502


async def test_a_page_says_that_it_is_a_preview(house: House) -> None:
    house.found = intercept(port=house.port)
    response, page = await house.ask("/page", headers={"Accept": "text/html,*/*", "Accept-Encoding": "br"})
    assert MARK in page
    assert page.endswith(b"<p>hello</p></body></html>")
    assert "ETag" not in response.headers
    assert house.last().headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("path", "accept"), [("/page", "*/*"), ("/packed", "text/html"), ("/", "text/html"), ("/nothing", "text/html")]
)
async def test_nothing_but_a_page_is_altered(house: House, path: str, accept: str) -> None:
    _, plain = await house.ask(path, headers={"Accept": accept})
    house.found = intercept(port=house.port)
    assert (await house.ask(path, headers={"Accept": accept}))[1] == plain


async def test_without_a_banner_a_page_stays_as_it_is(house: House) -> None:
    response, page = await house.ask("/page", headers={"Accept": "text/html"})
    assert (page, response.headers["ETag"]) == (PAGE, '"1"')


async def test_a_redirect_to_the_service_stays_in_the_preview(house: House) -> None:
    response, _ = await house.ask(f"/elsewhere?to=http://echo.shop:{house.port}/next")
    assert (response.status, response.headers["Location"]) == (302, f"https://{HOST}/next")


async def test_answers_pass_as_they_are_but_for_their_connection(house: House) -> None:
    response, _ = await house.ask("/cookies")
    assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]
    assert "X-Hop" not in response.headers
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin", "whoever is linked to does not learn the name"


@pytest.mark.parametrize("chunked", [False, True])
async def test_bodies_pass_both_ways(house: House, chunked: bool) -> None:
    sent = bytes(range(256)) * 4096

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sent), 100_000):
            yield sent[start : start + 100_000]

    response, body = await house.ask("/body", method="POST", data=pieces() if chunked else sent)
    assert body == sent
    assert response.headers["X-Length"] == ("None" if chunked else str(len(sent)))


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "QUERY"])
async def test_every_method_passes(house: House, method: str) -> None:
    response, body = await house.ask(method=method)
    assert (response.status, house.last().method) == (200, method)
    assert body == (b"" if method == "HEAD" else b"ok")


async def test_a_stream_arrives_as_it_comes(house: House) -> None:
    async with house.client.get(f"{house.gateway}/events", headers={"Host": HOST}) as response:
        assert await asyncio.wait_for(response.content.readline(), 10) == b"data: 1\n"


async def test_an_answer_that_breaks_is_seen_to_break(house: House) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await house.ask("/broken")


async def test_a_websocket_passes_both_ways(house: House) -> None:
    async with house.client.ws_connect(
        f"{house.gateway}/socket", headers={"Host": HOST}, protocols=["other", "chat"]
    ) as socket_:
        assert socket_.protocol == "chat"
        await socket_.send_str("hello")
        assert await socket_.receive_str() == "ada: hello"
        await socket_.send_bytes(b"\x00\xff")
        assert await socket_.receive_bytes() == b"\x00\xff"
        await socket_.send_str("bye")
        assert (await socket_.receive()).data == 4001


async def test_a_websocket_that_the_service_does_not_take_is_refused_as_it_does(house: House) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await house.client.ws_connect(f"{house.gateway}/page", headers={"Host": HOST})
    assert refused.value.status == 502


async def test_who_leaves_ends_the_request_behind(house: House) -> None:
    came, left = asyncio.Event(), asyncio.Event()

    async def waits(_: web.Request) -> web.StreamResponse:
        came.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()
        raise AssertionError

    async with serving(waits) as port:
        house.found = intercept(port=port)
        asking = asyncio.create_task(house.ask())
        await asyncio.wait_for(came.wait(), 10)
        asking.cancel()
        await asyncio.wait_for(left.wait(), 10)


@asynccontextmanager
async def within_tls(pair: Pair, folder: Path) -> AsyncIterator[int]:
    path = folder / "server.pem"
    path.write_bytes(pair.key + pair.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    async with serving(answer, context=context) as port:
        yield port


@pytest.mark.parametrize(("l5host", "status"), [("shop.example.com", 200), ("other.example.com", 502)])
async def test_a_service_within_tls_must_be_who_is_asked_for(
    house: House, authority: Pair, tmp_path: Path, l5host: str, status: int
) -> None:
    pair = make_server(authority, ["shop.example.com"], datetime.now(UTC))
    async with within_tls(pair, tmp_path) as port:
        ingress = PreviewIngress(host="echo", port=port, tls=True, l5host=l5host)
        house.found = intercept(preview=PreviewRequest(ingress=ingress))
        response, body = await house.ask()
        assert response.status == status
        assert (b"certificate" in body) is (status == 502)


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(house: House, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    async with within_tls(make_server(make_authority(now), ["echo"], now), tmp_path) as port:
        ingress = PreviewIngress(host="echo", port=port, tls=True, l5host="echo")
        house.found = intercept(preview=PreviewRequest(ingress=ingress))
        response, body = await house.ask()
        assert (response.status, b"certificate" in body) == (502, True)
        assert house.noted == ["upstream"]


@asynccontextmanager
async def saying(answered: bytes, *, after: bytes = b"") -> AsyncIterator[int]:
    """A server of few words: says them once it has heard ``after``."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(after or b"\r\n\r\n")
            writer.write(answered)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("said", [b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, b"garbage\r\n\r\n"])
async def test_who_does_not_speak_http_1_is_said(house: House, said: bytes) -> None:
    async with saying(said) as port:
        house.found = intercept(port=port)
        response, body = await house.ask()
        assert (response.status, b"HTTP/1.1" in body) == (502, True)


async def test_a_body_is_sent_though_the_application_never_asks_for_it(house: House) -> None:
    """Whoever expects to be asked is asked by the gateway."""
    async with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", after=b"the body") as port:
        house.found = intercept(port=port)
        response, body = await house.ask(method="POST", data=b"the body", headers={"Expect": "100-continue"})
        assert (response.status, body) == (200, b"ok")


async def test_a_large_cookie_passes(house: House) -> None:
    response, _ = await house.ask(headers={"Cookie": f"a={'x' * 60_000}"})
    assert response.status == 200
    assert len(house.last().headers["Cookie"]) > 60_000


async def test_no_preview_keeps_the_others_from_being_served(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_OF_ONE", 2)
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(house.client.get(f"{house.gateway}/events", headers={"Host": HOST}))
        assert (await house.ask())[0].status == 503

    async def is_free() -> bool:
        return (await house.ask())[0].status == 200

    await until(is_free)
