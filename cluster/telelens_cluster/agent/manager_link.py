"""The agent's one connection to the traffic manager: configurations come, status goes.

Traffic never waits for it: while the manager is away the last configuration stays in force.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from typing import Final

from telelens_schemas.wire.errors import HelloRefused, StreamRefused
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration, AgentStatus, Control, Hello

from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.errors import AgentError
from telelens_cluster.agent.liveness import Liveness
from telelens_cluster.agent.settings import Settings

CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 30.0
FIRST_DELAY: Final = 0.2
LONGEST_DELAY: Final = 5.0


class ManagerLink:
    """Connects, says hello, reconnects; ``run`` ends only by cancellation."""

    __slots__ = ("_configured", "_connected", "_context", "_ended", "_hello", "_settings", "_status")

    def __init__(
        self,
        settings: Settings,
        *,
        hello: Callable[[], Hello],
        status: Callable[[], AgentStatus],
        configured: Callable[[AgentConfiguration], None],
    ) -> None:
        self._settings = settings
        self._hello = hello
        self._status = status
        self._configured = configured
        self._context = _context(settings.manager_ca)
        self._connected: Tunnel | None = None
        self._ended = ""

    def report(self) -> None:
        """Send the status, where there is somebody to send it to; the next hello is followed by one anyway."""
        if self._connected is not None:
            self._connected.send_control(Control(agent_status=self._status()))

    async def run(self) -> None:
        """Keep the connection up."""
        delay, said = 0.0, ""
        while True:
            accepted, reason = await self._once()
            if reason != said:  # the same reason once, not every few seconds
                _say(f"manager {self._settings.manager_host}: {reason}")
                said = reason
            if accepted:
                delay, said = 0.0, ""
            await asyncio.sleep(delay * (0.5 + os.urandom(1)[0] / 512))  # jitter without the random module
            delay = min(max(delay * 2, FIRST_DELAY), LONGEST_DELAY)

    async def _once(self) -> tuple[bool, str]:
        """One connection, until its end: whether the manager let us in, and why it ended."""
        loop = asyncio.get_running_loop()
        self._ended = ""
        ended: asyncio.Future[None] = loop.create_future()
        visit = _Conversation(self, ended)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, carrier = await loop.create_connection(
                    lambda: TunnelCarrier(visit.begin), self._settings.manager_host, self._settings.manager_port
                )
        except TimeoutError:
            return False, "no connection within 10 s"
        except OSError as error:
            return False, f"cannot be reached: {error}"
        hello_due = loop.call_later(CONNECT_SECONDS, visit.give_up, carrier)
        liveness = Liveness(carrier, silence=SILENCE_SECONDS)
        try:
            await ended
        finally:
            liveness.stop()
            hello_due.cancel()
            self._connected = None
            if carrier.tunnel is not None:
                carrier.tunnel.close("the agent ends")
        return visit.accepted, self._ended

    # For the conversation.

    def make_tunnel(self, carrier: TunnelCarrier, listener: _Conversation) -> Tunnel:
        """The tunnel of a connection that is up."""
        tls = TlsChannel(self._context, server_side=False, server_hostname=self._settings.manager_host)
        return Tunnel(side=Side.DIALER, hello=self._hello(), listener=listener, carrier=carrier, tls=tls)

    def connected(self, tunnel: Tunnel) -> None:
        """The manager answered."""
        self._connected = tunnel
        _say(f"manager {self._settings.manager_host}: connected")
        self.report()

    def configured(self, message: AgentConfiguration) -> None:
        """The manager says what to do."""
        self._configured(message)

    def closed(self, reason: str) -> None:
        """The connection is gone."""
        self._connected = None
        self._ended = reason


class _Conversation:
    """The listener of one connection's tunnel."""

    __slots__ = ("_ended", "_link", "accepted", "up")

    def __init__(self, link: ManagerLink, ended: asyncio.Future[None]) -> None:
        self._link = link
        self._ended = ended
        self.up = False
        self.accepted = False
        """Whether the manager believed the hello: it refuses a bad token only after its own hello."""

    def begin(self, carrier: TunnelCarrier) -> Tunnel:
        return self._link.make_tunnel(carrier, self)

    def give_up(self, carrier: TunnelCarrier) -> None:
        if not self.up and carrier.tunnel is not None:
            carrier.tunnel.close("no hello within 10 s")

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        if hello.WhichOneof("identity") != "manager":
            raise HelloRefused("this is not a traffic manager")
        self.up = True
        self._link.connected(tunnel)

    def control(self, tunnel: Tunnel, control: Control) -> None:
        if control.WhichOneof("message") == "agent_configuration":
            self.accepted = True
            self._link.configured(control.agent_configuration)

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        raise StreamRefused("an agent takes no streams from the manager")

    def pong(self, tunnel: Tunnel, payload: bytes) -> None:
        pass  # any byte counts as life

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        self._link.closed(reason)
        if not self._ended.done():
            self._ended.set_result(None)


def _context(authority: str) -> ssl.SSLContext:
    """Trusts the manager's own authority and nobody else. Raises AgentError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(cadata=authority)
    except (ssl.SSLError, ValueError) as error:
        raise AgentError(f"the manager's authority cannot be read: {error}") from error
    return context


def _say(text: str) -> None:
    print(f"telelens-agent: {text}", flush=True)
