"""The gateway as one web application. It listens to strangers: who does not know a preview's name learns nothing.

A request is sent on as it came, streamed both ways; nothing of it is kept.
"""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import aiohttp
from aiohttp import web
from telelens_schemas.resources import Intercept, Phase
from yarl import URL

from telelens_cluster.gateway.banner import Bannered
from telelens_cluster.gateway.headers import Visit, forwarded, returned
from telelens_cluster.gateway.websockets import LARGEST_MESSAGE, relay
from telelens_cluster.preview.domain import Domain, host_of
from telelens_cluster.preview.upstream import NoPreview, Upstream, upstream_of

_CONNECT_SECONDS: Final = 5.0
_OWN_HEADERS: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What the client would add where a visitor sent none."""
_SERVER: Final = "telelens"
_PIECE: Final = 64 << 10
_LONGEST_FIELD: Final = 64 << 10
"""Bytes of one header, as everywhere on an intercept's path."""
MOST_OF_ONE: Final = 64
"""Requests of one preview that are answered at a time: no preview keeps the others from being served."""
_HEARTBEAT_SECONDS: Final = 30.0
"""After which a silent visitor's WebSocket is asked whether it is there; not so the program: it may be stopped."""
_ALTERED: Final = frozenset({"accept-ranges", "content-length", "etag"})
"""What does not hold any longer of a page that got a banner."""

Find = Callable[[str], Intercept | None]
"""The intercept whose preview has a host name."""
Locate = Callable[[str, str], Awaitable[str]]
"""The address of a Service, by namespace and name. Raises NoPreview."""
Note = Callable[[str, str, object], None]
"""Counts a failure by a word, and logs some: of what, and what it was."""


class Gateway:
    """An owner of connections to Services; an async context manager."""

    def __init__(
        self, domain: Domain, *, find: Find, locate: Locate, note: Note, tls: ssl.SSLContext | None = None
    ) -> None:
        """``tls`` says whose certificates are believed; absent: those that the image's authorities vouch for."""
        self._domain = domain
        self._find = find
        self._locate = locate
        self._note = note
        self._tls = tls or ssl.create_default_context()
        self._answering: Counter[str] = Counter()
        self._client: aiohttp.ClientSession

    async def __aenter__(self) -> Gateway:
        self._client = aiohttp.ClientSession(
            auto_decompress=False,
            # Whoever serves this counts callers. A connection that is kept could have been opened before an intercept.
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_OWN_HEADERS,
            max_line_size=_LONGEST_FIELD,
            max_field_size=_LONGEST_FIELD,
            # A request may stand at a breakpoint for as long as its visitor waits.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    def application(self) -> web.Application:
        """To be served without TLS: the cluster's own way in ends it."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        intercept = self._find(host_of(request.host))
        if intercept is None:
            return _said(404, "There is no such preview.")
        if intercept.status.phase is not Phase.ACTIVE:
            return _said(503, "The workstation behind this preview is not there at the moment.")
        if not request.raw_path.startswith("/"):
            return _said(400, "A preview is asked for paths.")
        uid = intercept.metadata.uid or ""
        if self._answering[uid] >= MOST_OF_ONE:
            return _said(503, f"More than {MOST_OF_ONE} requests of this preview are waiting for their answers.")
        self._answering[uid] += 1
        try:
            return await self._answer_for(intercept, request)
        finally:
            self._answering[uid] -= 1
            if not self._answering[uid]:
                del self._answering[uid]

    async def _answer_for(self, intercept: Intercept, request: web.Request) -> web.StreamResponse:
        try:
            upstream = upstream_of(intercept)
            address = await self._locate(upstream.namespace, upstream.service)
            if _is_websocket(request):
                return await self._connect_websocket(request, upstream, address)
            banner = intercept.spec.preview is not None and intercept.spec.preview.banner
            return await self._forward(request, upstream, address, banner=banner)
        except NoPreview as error:
            return _said(502, f"This preview leads nowhere: {error}.")
        except aiohttp.ClientConnectionResetError:  # the visitor has left
            raise
        except (aiohttp.ClientError, TimeoutError) as error:
            of = f"a preview of {intercept.metadata.namespace}/{intercept.metadata.name}"
            self._note("upstream", of, str(error) or type(error).__name__)
            return _said(502, _explained(error))

    async def _forward(
        self, request: web.Request, upstream: Upstream, address: str, *, banner: bool
    ) -> web.StreamResponse:
        headers = self._headers(request, upstream)
        # A page can be altered only as it is; everything else may be compressed.
        page = banner and _asks_for_page(request)
        if page:
            headers = [(name, value) for name, value in headers if name.lower() != "accept-encoding"]
            headers.append(("Accept-Encoding", "identity"))
        async with self._client.request(
            request.method,
            _url(upstream, address, request.raw_path),
            headers=headers,
            data=_pieces(request) if request.body_exists else None,
            allow_redirects=False,
            server_hostname=_name_of_tls(upstream),
            ssl=self._tls,
        ) as found:
            return await self._send_back(request, upstream, found, page=page and _is_page(found))

    async def _send_back(
        self, request: web.Request, upstream: Upstream, found: aiohttp.ClientResponse, *, page: bool
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=found.status, reason=found.reason)
        for name, value in returned(found.headers.items(), upstream, self._visit(request)):
            if not (page and name.lower() in _ALTERED):
                response.headers.add(name, value)
        response.headers.setdefault("Server", _SERVER)
        bannered = Bannered() if page else None
        await response.prepare(request)
        try:
            async for data in found.content.iter_any():
                for piece in bannered.feed(data) if bannered else (data,):
                    await response.write(piece)
            for piece in bannered.end() if bannered else ():
                await response.write(piece)
        except aiohttp.ClientError:
            # The head is out: only a connection that breaks says that the rest is missing.
            if request.transport:
                request.transport.abort()
            return response
        await response.write_eof()
        return response

    async def _connect_websocket(self, request: web.Request, upstream: Upstream, address: str) -> web.StreamResponse:
        offered = [one.strip() for one in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if one.strip()]
        try:
            async with self._client.ws_connect(
                _url(upstream, address, request.raw_path),
                headers=self._headers(request, upstream),
                protocols=offered,
                max_msg_size=LARGEST_MESSAGE,
                server_hostname=_name_of_tls(upstream),
                ssl=self._tls,
            ) as there:
                here = web.WebSocketResponse(
                    protocols=[there.protocol] if there.protocol else (),
                    max_msg_size=LARGEST_MESSAGE,
                    heartbeat=_HEARTBEAT_SECONDS,
                )
                await here.prepare(request)
                await relay(here, there)
                return here
        except aiohttp.WSServerHandshakeError as refused:
            return _said(refused.status if refused.status >= 400 else 502, "The service takes no WebSocket there.")

    def _headers(self, request: web.Request, upstream: Upstream) -> list[tuple[str, str]]:
        return forwarded(request.headers.items(), upstream, self._visit(request))

    def _visit(self, request: web.Request) -> Visit:
        return Visit(request.host, self._domain.scheme, request.remote or "unknown")


def _url(upstream: Upstream, address: str, target: str) -> URL:
    shown = f"[{address}]" if ":" in address else address
    return URL(f"{upstream.scheme}://{shown}:{upstream.port}{target}", encoded=True)


def _name_of_tls(upstream: Upstream) -> str | None:
    """What stands in the certificate, in place of the address that is connected to."""
    return host_of(upstream.host) if upstream.tls else None


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    while data := await request.content.readany():
        for start in range(0, len(data), _PIECE):
            yield data[start : start + _PIECE]


def _is_websocket(request: web.Request) -> bool:
    return request.method == "GET" and request.headers.get("Upgrade", "").lower() == "websocket"


def _asks_for_page(request: web.Request) -> bool:
    """For a window, not for a frame in one."""
    asked = request.headers
    return (
        request.method == "GET"
        and "text/html" in asked.get("Accept", "")
        and asked.get("Sec-Fetch-Dest", "document") == "document"
    )


def _is_page(found: aiohttp.ClientResponse) -> bool:
    return found.status == 200 and found.content_type == "text/html" and "Content-Encoding" not in found.headers


def _said(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n", headers={"Cache-Control": "no-store", "Server": _SERVER})


def _explained(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "The certificate of the service behind this preview is not one that is believed here."
    if isinstance(error, aiohttp.ClientResponseError):
        return "The service behind this preview does not answer in HTTP/1.1."
    return "The service behind this preview does not answer."
