"""An agent's tunnel listener, with the real wire: the far end of our tunnels."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from telelens_daemons.session.make_certificate import make_certificate
from telelens_schemas.wire.errors import WireError
from telelens_schemas.wire.hello import make_hello
from telelens_schemas.wire.stream import Stream
from telelens_schemas.wire.tls import TlsChannel, pinned_context
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import Control, Hello, Open


class Received:
    """Collects what one stream brings."""

    def __init__(self) -> None:
        self.bytes = b""
        self.reason: str | None = None
        self.changed = asyncio.Event()

    def data(self, stream: Stream, data: bytes) -> None:
        self.bytes += data
        stream.consumed(len(data))
        self.changed.set()

    def finished(self, stream: Stream) -> None:
        self.changed.set()

    def was_reset(self, stream: Stream, reason: str) -> None:
        self.reason = reason
        self.changed.set()

    def writable_changed(self, stream: Stream) -> None:
        return


class FakeAgent:
    """Listens on a port of 127.0.0.1; ``tunnels`` are those whose hello was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.hellos: list[Hello] = []
        self.tunnels: list[Tunnel] = []
        self.environment = {"GREETING": "hello"}
        self.stands_still = False
        self._changed = asyncio.Event()
        self._transports: list[asyncio.Transport] = []
        self._connections: list[_Connection] = []
        folder.mkdir(exist_ok=True)
        make_certificate(folder)

    @property
    def certificate(self) -> str:
        return (self.folder / "certificate.pem").read_text()

    @asynccontextmanager
    async def running(self, client: Path, port: int = 0) -> AsyncIterator[FakeAgent]:
        """Serve whoever shows the certificate in the folder ``client``."""
        pin = ssl.PEM_cert_to_DER_cert((client / "certificate.pem").read_text())
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self, pin), "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await server.wait_closed()

    def cut(self) -> None:
        """End every connection at once."""
        for transport in self._transports:
            transport.abort()
        self._transports.clear()
        self.tunnels.clear()

    def mute(self) -> None:
        """Connections of this moment are answered no more, and not closed either."""
        for connection in self._connections:
            connection.muted = True

    def hold(self, *, all_of_it: bool = False) -> None:
        """What comes over connections of this moment, or also over later ones, is on its way until `release`."""
        self.stands_still = all_of_it
        for connection in self._connections:
            connection.held = []

    def release(self) -> None:
        """All of that arrives."""
        self.stands_still = False
        for connection in self._connections:
            held, connection.held = connection.held, None
            for data in held or ():
                connection.data_received(data)

    async def connected(self, count: int = 1) -> Tunnel:
        """Wait for tunnels; return the last."""
        async with asyncio.timeout(5):
            while len(self.tunnels) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.tunnels[-1]

    def open(self, intercept_uid: str, port: int, data: bytes) -> Received:
        """Bring one intercepted connection and its first bytes, in one write."""
        received = Received()
        request = Open(intercept_uid=intercept_uid, container_port=port, source_address="10.1.2.3", source_port=51000)
        stream = self.tunnels[-1].open(request.SerializeToString(), received)
        stream.write(data)
        return received

    # TunnelListener

    def connected_by(self, tunnel: Tunnel, hello: Hello) -> None:
        self.hellos.append(hello)
        self.tunnels.append(tunnel)
        self._changed.set()

    def control(self, tunnel: Tunnel, control: Control) -> None:
        reply = Control()
        reply.environment_reply.id = control.environment_request.id
        reply.environment_reply.environment.update(self.environment)
        tunnel.send_control(reply)


class _Connection(asyncio.Protocol):
    def __init__(self, agent: FakeAgent, pin: bytes) -> None:
        self._agent = agent
        self._pin = pin
        self.muted = False
        self.held: list[bytes] | None = [] if agent.stands_still else None
        agent._connections.append(self)

    def connection_made(self, transport: Any) -> None:
        folder, pins = self._agent.folder, [self._pin]
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        context = pinned_context(server_side=True, certificate=certificate, key=key, pins=pins)
        self._agent._transports.append(transport)
        self.write, self.close = transport.write, transport.close
        self.call_soon = asyncio.get_running_loop().call_soon
        self._tunnel = Tunnel(
            side=Side.LISTENER,
            hello=make_hello("test"),
            listener=self,
            carrier=self,
            tls=TlsChannel(context, server_side=True),
        )
        self._tunnel.start()

    def data_received(self, data: bytes) -> None:
        if self.muted:
            return
        if self.held is not None:
            self.held.append(data)
            return
        try:
            self._tunnel.feed(data)
        except WireError as error:
            self._tunnel.fail(error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._tunnel.connection_lost("lost")

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self._agent.connected_by(tunnel, hello)

    def control(self, tunnel: Tunnel, control: Control) -> None:
        self._agent.control(tunnel, control)

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> Received:
        return Received()

    def pong(self, tunnel: Tunnel, payload: bytes) -> None:
        return

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        return
