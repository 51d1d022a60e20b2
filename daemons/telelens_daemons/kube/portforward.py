"""Port-forward to a pod over a WebSocket (subprotocol ``v4.channel.k8s.io``): one byte of channel before the payload.

Channel 0 carries data, channel 1 an error in words; the first frame of each only repeats the port. Since Kubernetes
1.30 there is a second codec, SPDY inside a WebSocket (``SPDY/3.1+portforward.k8s.io``, KEP-4006): it gets a module of
its own beside this one, behind the same ``dial``.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast
from urllib.parse import urlsplit

from picows import WSError, WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from telelens_daemons.kube.bytestream import ByteListener
from telelens_daemons.kube.client import CONNECT_SECONDS, KubeClient, status_error, unreachable
from telelens_daemons.kube.errors import KubeError
from telelens_daemons.kube.resources import PODS
from telelens_daemons.kube.tls import server_hostname

SUBPROTOCOL: Final = "v4.channel.k8s.io"
DATA_CHANNEL: Final = b"\x00"
LARGEST_FRAME: Final = 1024 * 1024
"""Bytes in one frame that we send; the API server closes the connection at 32 MiB."""


class PortForward(WSListener):
    """One connection to one port of a pod: a ByteStream."""

    def __init__(self) -> None:
        self._transport: WSTransport | None = None
        self._listener: ByteListener | None = None
        self._introduced = [False, False]
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
        if len(data) <= LARGEST_FRAME:
            transport.send(WSMsgType.BINARY, DATA_CHANNEL + data)
            return
        for start in range(0, len(data), LARGEST_FRAME):
            transport.send(WSMsgType.BINARY, DATA_CHANNEL + data[start : start + LARGEST_FRAME])

    def close(self) -> None:
        if self._transport is not None and not self._lost:
            self._transport.send_close()
            self._transport.disconnect()

    def abort(self) -> None:
        if self._transport is not None and not self._lost:
            self._transport.disconnect(False)

    # picows calls these.

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is WSMsgType.BINARY:
            payload = frame.get_payload_as_memoryview()
            channel = payload[0] if payload else 2
            if channel == 0 and self._introduced[0]:
                if self._listener is not None:
                    # A view: the tunnel's TLS copies it at once.
                    self._listener.received(cast("bytes", payload[1:]))
            elif channel < 2 and not self._introduced[channel]:
                self._introduced[channel] = True
            elif channel == 1:
                self._reason = bytes(payload[1:]).decode(errors="replace").strip()
                transport.disconnect()
        elif kind is WSMsgType.CLOSE:
            transport.disconnect()
        elif kind is WSMsgType.CONTINUATION:
            self._reason = "the API server splits messages, which the subprotocol forbids"
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

    async def dial(self, *, namespace: str, pod: str, port: int) -> PortForward:
        """Open a port-forward. Raises KubeError; a refusal by the pod itself comes later, as ``lost``."""
        client = self._client
        path = PODS.path(namespace, pod, "portforward")
        url = client.server.replace("http", "ws", 1) + f"{path}?ports={port}"
        context = await client.ssl_context()
        options: dict[str, Any] = {}
        if context is not None:
            options["server_hostname"] = server_hostname(client.access) or _host(client.server)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, forward = await ws_connect(
                    PortForward,
                    url,
                    ssl_context=context,
                    extra_headers=[
                        *(await client.credentials.headers()),
                        ("Sec-WebSocket-Protocol", SUBPROTOCOL),
                    ],
                    proxy=client.proxy,
                    websocket_handshake_timeout=CONNECT_SECONDS,
                    max_frame_size=64 * 1024 * 1024,
                    read_buffer_init_size=64 * 1024,
                    **options,
                )
        except WSHandshakeError as error:
            raise self._refusal(error, namespace) from error
        except (WSError, OSError, TimeoutError) as error:
            raise unreachable(client.server, error, proxy=client.proxy) from error
        return cast("PortForward", forward)

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
