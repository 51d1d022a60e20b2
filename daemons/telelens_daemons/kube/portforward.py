"""Port-forward to a pod over a WebSocket to the API server; see ``codecs`` for the two things said inside."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, cast
from urllib.parse import urlsplit

from picows import WSError, WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from telelens_daemons.kube.bytestream import ByteListener
from telelens_daemons.kube.client import CONNECT_SECONDS, KubeClient, status_error, unreachable
from telelens_daemons.kube.codecs import ChannelCodec, PortForwardCodec, SpdyCodec
from telelens_daemons.kube.errors import KubeError
from telelens_daemons.kube.resources import PODS
from telelens_daemons.kube.tls import server_hostname

logger = logging.getLogger(__name__)

# What an API server answers that does not know the subprotocol; others are refusals for reasons of their own.
_UNKNOWN_SUBPROTOCOL: Final = frozenset((400, 405, 426, 500, 501, 502))


class PortForward(WSListener):
    """One connection to one port of a pod: a ByteStream."""

    def __init__(self, codec: PortForwardCodec, port: int) -> None:
        self._codec = codec
        self._port = port
        self._transport: WSTransport | None = None
        self._listener: ByteListener | None = None
        self._reason = ""
        self._lost = False

    def attach(self, listener: ByteListener) -> None:
        self._listener = listener
        if self._lost:
            listener.lost(self._reason)

    def write(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or self._lost:
            return
        largest, encode = self._codec.largest, self._codec.encode
        if len(data) <= largest:
            transport.send(WSMsgType.BINARY, encode(data))
            return
        for start in range(0, len(data), largest):
            transport.send(WSMsgType.BINARY, encode(data[start : start + largest]))

    def close(self) -> None:
        if self._transport is not None and not self._lost:
            self._transport.send_close()
            self._transport.disconnect()

    def abort(self) -> None:
        if self._transport is not None and not self._lost:
            self._transport.disconnect(False)

    # The codec calls these.

    def arrived(self, data: memoryview) -> None:
        if self._listener is not None:
            # A view: the tunnel's TLS copies it at once.
            self._listener.received(cast("bytes", data))

    def reply(self, message: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.BINARY, message)

    def ended(self, reason: str) -> None:
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.disconnect()

    # picows calls these.

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        if opening := self._codec.opening(self._port):
            transport.send(WSMsgType.BINARY, opening)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is WSMsgType.BINARY or kind is WSMsgType.CONTINUATION:
            self._codec.decode(frame.get_payload_as_memoryview(), self)
        elif kind is WSMsgType.CLOSE:
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._lost = True
        if self._listener is not None:
            self._listener.lost(self._reason or "the port-forward ended")

    def pause_writing(self) -> None:
        if self._listener is not None:
            self._listener.paused()

    def resume_writing(self) -> None:
        if self._listener is not None:
            self._listener.resumed()


class PortForwarder:
    """Dials ports of pods through the API server."""

    def __init__(self, client: KubeClient) -> None:
        self._client = client
        self._codecs: list[type[PortForwardCodec]] = [SpdyCodec, ChannelCodec]
        self._unwanted: set[asyncio.Future[tuple[object, object]]] = set()

    async def dial(self, *, namespace: str, pod: str, port: int) -> PortForward:
        """Open a port-forward. Raises KubeError; a refusal by the pod itself comes later, as ``lost``."""
        while True:
            codec = self._codecs[0]
            try:
                return await self._connect(codec(), namespace, pod, port)
            except WSHandshakeError as error:
                status = int(error.response.status) if error.response is not None else 0
                if status not in _UNKNOWN_SUBPROTOCOL or len(self._codecs) == 1:
                    raise self._refusal(error, namespace) from error
                if self._codecs[0] is codec:
                    self._codecs.pop(0)
                logger.info("the API server does not know %s", codec.subprotocol)

    async def _connect(self, codec: PortForwardCodec, namespace: str, pod: str, port: int) -> PortForward:
        client = self._client
        path = PODS.path(namespace, pod, "portforward")
        url = client.server.replace("http", "ws", 1) + path + codec.query.format(port=port)
        context = await client.ssl_context()
        options: dict[str, Any] = {}
        if context is not None:
            options["server_hostname"] = server_hostname(client.access) or _host(client.server)
        headers = [*(await client.credentials.headers()), ("Sec-WebSocket-Protocol", codec.subprotocol)]
        dialling = asyncio.ensure_future(
            ws_connect(
                lambda: PortForward(codec, port),
                url,
                ssl_context=context,
                extra_headers=headers,
                proxy=client.proxy,
                websocket_handshake_timeout=CONNECT_SECONDS,
                max_frame_size=64 * 1024 * 1024,
                read_buffer_init_size=64 * 1024,
                **options,
            )
        )
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                forward = await self._uncancelled(dialling)
        except WSHandshakeError:
            raise
        except (WSError, OSError, TimeoutError) as error:
            raise unreachable(client.server, error, proxy=client.proxy) from error
        return forward

    async def _uncancelled(self, dialling: asyncio.Future[tuple[Any, Any]]) -> PortForward:
        """Wait for a dial; when nobody wants it any more it goes on to its end, and what it brings is closed.

        Cancelled in the middle of the TLS handshake, picows closes the socket while uvloop still watches its
        descriptor. The next socket gets the same number, and its events are lost: it hangs for ever.
        """
        try:
            _, forward = await asyncio.shield(dialling)
        except asyncio.CancelledError:
            self._unwanted.add(dialling)
            dialling.add_done_callback(self._discard)
            raise
        return cast("PortForward", forward)

    def _discard(self, dialling: asyncio.Future[tuple[Any, Any]]) -> None:
        self._unwanted.discard(dialling)
        if not dialling.cancelled() and dialling.exception() is None:
            cast("PortForward", dialling.result()[1]).abort()

    def _refusal(self, error: WSHandshakeError, namespace: str) -> KubeError:
        if error.response is None:
            return unreachable(self._client.server, error, proxy=self._client.proxy)
        return status_error(
            int(error.response.status),
            error.raw_body or b"",
            server=self._client.server,
            # Below Kubernetes 1.35 a WebSocket asks for "get", from there on for "create" as well.
            verb="get and create",
            resource=PODS.describe(namespace, "portforward"),
        )


def _host(server: str) -> str:
    return urlsplit(server).hostname or ""
