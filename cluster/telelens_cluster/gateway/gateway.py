"""The gateway as one web application. It listens to strangers: who does not know a preview's name learns nothing.

A request is sent on as it came, streamed both ways; nothing of it is kept.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import aiohttp
from aiohttp import web
from telelens_schemas.resources import Intercept, Phase
from yarl import URL

from telelens_cluster.gateway.banner import Bannered
from telelens_cluster.gateway.headers import forwarded, returned
from telelens_cluster.gateway.websockets import LARGEST_MESSAGE, relay
from telelens_cluster.preview.domain import Domain, host_of
from telelens_cluster.preview.upstream import NoPreview, Upstream, upstream_of

_log = logging.getLogger(__name__)
_CONNECT_SECONDS: Final = 5.0
_OWN_HEADERS: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""What the client would add where a visitor sent none."""
_PIECE: Final = 64 << 10
_ALTERED: Final = frozenset({"accept-ranges", "content-length", "etag"})
"""What does not hold any longer of a page that got a banner."""

Find = Callable[[str], Intercept | None]
"""The intercept whose preview has a host name."""
Locate = Callable[[str, str], Awaitable[str]]
"""The address of a Service, by namespace and name. Raises NoPreview."""


class Gateway:
    """An owner of connections to Services; an async context manager."""

    def __init__(self, domain: Domain, *, find: Find, locate: Locate) -> None:
        self._domain = domain
        self._find = find
        self._locate = locate
        self._client: aiohttp.ClientSession

    async def __aenter__(self) -> Gateway:
        self._client = aiohttp.ClientSession(
            auto_decompress=False,
            # Whoever serves this counts callers. A connection that is kept could have been opened before an intercept.
            connector=aiohttp.TCPConnector(limit=0, force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_OWN_HEADERS,
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
        try:
            upstream = upstream_of(intercept)
            address = await self._locate(upstream.namespace, upstream.service)
            if _is_websocket(request):
                return await self._connect_websocket(request, upstream, address)
            banner = intercept.spec.preview is not None and intercept.spec.preview.banner
            return await self._forward(request, upstream, address, banner=banner)
        except NoPreview as error:
            return _said(502, f"This preview leads nowhere: {error}.")
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            if isinstance(error, aiohttp.ClientConnectionResetError):
                raise
            _log.info("a preview of %s failed: %s", intercept.metadata.name, str(error) or type(error).__name__)
            return _said(502, "The service behind this preview does not answer.")

    async def _forward(
        self, request: web.Request, upstream: Upstream, address: str, *, banner: bool
    ) -> web.StreamResponse:
        headers = self._headers(request, upstream)
        # A page can be altered only as it is; everything else may be compressed.
        page = banner and request.method == "GET" and "text/html" in request.headers.get("Accept", "")
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
        ) as found:
            return await self._send_back(request, upstream, found, page=page and _is_page(found))

    async def _send_back(
        self, request: web.Request, upstream: Upstream, found: aiohttp.ClientResponse, *, page: bool
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=found.status, reason=found.reason)
        for name, value in returned(found.headers.items(), upstream):
            if not (page and name.lower() in _ALTERED):
                response.headers.add(name, value)
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
            ) as there:
                here = web.WebSocketResponse(
                    protocols=[there.protocol] if there.protocol else (), max_msg_size=LARGEST_MESSAGE
                )
                await here.prepare(request)
                await relay(here, there)
                return here
        except aiohttp.WSServerHandshakeError as refused:
            return _said(refused.status if refused.status >= 400 else 502, "The service takes no WebSocket there.")

    def _headers(self, request: web.Request, upstream: Upstream) -> list[tuple[str, str]]:
        return forwarded(
            request.headers.items(),
            upstream,
            host=request.host,
            scheme=self._domain.scheme,
            remote=request.remote or "unknown",
        )


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


def _is_page(found: aiohttp.ClientResponse) -> bool:
    return found.status == 200 and found.content_type == "text/html" and "Content-Encoding" not in found.headers


def _said(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n", headers={"Cache-Control": "no-store"})
