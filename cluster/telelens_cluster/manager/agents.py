"""The agents that are connected, and the listener that they connect to.

Anybody in the cluster's network reaches the listener. Until a connection has proved whose it is, there may be a bounded
number of them, counted from the accept on (each tunnel does its own TLS, so that the handshake counts, too), for a
bounded time, and none is believed to need large frames. Where they are too many, the oldest of the address that has
most of them goes, so that no pod keeps the agents of others out.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, cast

from telelens_schemas.names import MANAGER_AGENTS_PORT
from telelens_schemas.wire.errors import HelloRefused, StreamRefused, WireError
from telelens_schemas.wire.frames import MAX_CONTROL
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration, AgentStatus, Control, Hello

from telelens_cluster.manager.api import Api
from telelens_cluster.manager.errors import AgentRefused, ManagerError
from telelens_cluster.manager.identity import ProvenAgent, prove
from telelens_cluster.manager.keys import WorkloadKey
from telelens_cluster.manager.refusals import Refusals, quoted
from telelens_cluster.manager.tasks import Tasks

_log = logging.getLogger(__name__)
PROOF_SECONDS: Final = 5.0
"""For handshake, hello and proof together."""
MOST_UNPROVEN: Final = 256
LARGEST_UNPROVEN: Final = 64 << 10
"""Bytes in one frame of a peer that has not proved itself: its hello and its first status."""
_PING_EVERY: Final = 15.0
_SILENCE: Final = 40.0
_LARGEST_BACKLOG: Final = 4 << 20


class Agent:
    """One connected agent that has proved itself."""

    def __init__(self, proven: ProvenAgent, tunnel: Tunnel) -> None:
        self.pod_uid = proven.pod_uid
        self.pod_name = proven.pod_name
        self.workload = proven.workload
        self.certificate = pem(proven.certificate)
        self.status: AgentStatus | None = None
        """What it said last; None until it has said anything."""
        self.configuration: AgentConfiguration | None = None
        """What it was told last on this connection."""
        self._tunnel = tunnel

    def configure(self, configuration: AgentConfiguration) -> None:
        """Tell it everything that it must do."""
        self.configuration = configuration
        self._tunnel.send_control(Control(agent_configuration=configuration))

    def dismiss(self, reason: str) -> None:
        """End the connection."""
        self._tunnel.close(reason)


class Agents:
    """Every agent that is connected to this replica, by the UID of its pod."""

    def __init__(self, changed: Callable[[WorkloadKey], None]) -> None:
        self._agents: dict[str, Agent] = {}
        self._changed = changed

    def __len__(self) -> int:
        return len(self._agents)

    def __iter__(self) -> Iterator[Agent]:
        return iter(list(self._agents.values()))

    def of(self, workload: WorkloadKey) -> dict[str, Agent]:
        """Those of one workload, by pod UID."""
        return {uid: agent for uid, agent in self._agents.items() if agent.workload == workload}

    def add(self, agent: Agent) -> None:
        """A later connection of the same pod takes the place of the earlier one."""
        former = self._agents.get(agent.pod_uid)
        self._agents[agent.pod_uid] = agent
        if former:
            former.dismiss("the agent has connected anew")
        self._changed(agent.workload)

    def remove(self, agent: Agent) -> None:
        """Its connection ended."""
        if self._agents.get(agent.pod_uid) is agent:
            del self._agents[agent.pod_uid]
            self._changed(agent.workload)

    def heard(self, agent: Agent, status: AgentStatus) -> None:
        """It said how it is."""
        agent.status = status
        if self._agents.get(agent.pod_uid) is agent:
            self._changed(agent.workload)


class AgentListener:
    """Accepts agents; an async context manager."""

    def __init__(self, api: Api, agents: Agents, *, hello: Hello, context: ssl.SSLContext, refusals: Refusals) -> None:
        self.api = api
        self.refusals = refusals
        self.agents = agents
        self.hello = hello
        self.tasks = Tasks()
        self.context = context
        self._server: asyncio.Server | None = None
        self._connections: set[AgentConnection] = set()
        self._unproven: dict[AgentConnection, None] = {}
        """The oldest first."""

    async def __aenter__(self) -> AgentListener:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: AgentConnection(self),
            port=MANAGER_AGENTS_PORT,
            host=None,
            backlog=512,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.tunnel.close("the traffic manager goes; another takes over")
        await self.tasks.cancel()

    def joined(self, connection: AgentConnection) -> None:
        """One more that has not proved itself yet; another may have to go for it."""
        self._connections.add(connection)
        self._unproven[connection] = None
        if len(self._unproven) > MOST_UNPROVEN:
            ((greediest, _),) = Counter(one.source for one in self._unproven).most_common(1)
            oldest = next(one for one in self._unproven if one.source == greediest)
            self.proved(oldest)
            oldest.crowded_out()

    def proved(self, connection: AgentConnection) -> None:
        """It does not count among those any more."""
        self._unproven.pop(connection, None)

    def left(self, connection: AgentConnection) -> None:
        """The connection is closed."""
        self._connections.discard(connection)
        self.proved(connection)


class AgentConnection(asyncio.Protocol):
    """One TCP connection: carrier and listener of its tunnel."""

    def __init__(self, listener: AgentListener) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._proof: asyncio.Task[None] | None = None
        self._heard = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._early: AgentStatus | None = None
        self.agent: Agent | None = None
        self.call_soon = self._loop.call_soon
        tls = TlsChannel(listener.context, server_side=True)
        self.tunnel = Tunnel(side=Side.LISTENER, hello=listener.hello, listener=self, carrier=self, tls=tls)
        self.tunnel.limit_frames(LARGEST_UNPROVEN)

    @property
    def source(self) -> str:
        """The address that it comes from; ``?`` once it is gone."""
        address = self._transport.get_extra_info("peername") if self._transport else None
        return str(address[0]) if address else "?"

    def crowded_out(self) -> None:
        """It has not proved itself, as too many others have not."""
        self._refused("crowd", f"more than {MOST_UNPROVEN} connections have not proved themselves yet")
        self.tunnel.close("too many have not proved themselves yet")
        assert self._transport
        self._transport.abort()

    # The transport's side (asyncio.Protocol).

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._timer = self._loop.call_later(PROOF_SECONDS, self._expired)
        self.tunnel.start()
        self._listener.joined(self)

    def data_received(self, data: bytes) -> None:
        self._heard = self._loop.time()
        try:
            self.tunnel.feed(data)
        except WireError as error:
            self._refused("protocol", error)
            self.tunnel.fail(error)

    def pause_writing(self) -> None:
        self.tunnel.carrier_paused()

    def resume_writing(self) -> None:
        self.tunnel.carrier_resumed()

    def connection_lost(self, exc: Exception | None) -> None:
        self._listener.left(self)
        if self._timer:
            self._timer.cancel()
        if self._proof:
            self._proof.cancel()
        self.tunnel.connection_lost(str(exc or "the agent closed the connection"))

    # The tunnel's carrier.

    def write(self, data: bytes) -> None:
        assert self._transport
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > _LARGEST_BACKLOG:
            self._refused("unread", "it does not read what it is sent")
            self._transport.abort()

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    # The tunnel's listener.

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        if hello.WhichOneof("identity") != "agent":
            raise HelloRefused("this listener is for agents")
        self._proof = self._listener.tasks.start(self._prove(hello), name=f"proof of {self.source}")

    def control(self, tunnel: Tunnel, control: Control) -> None:
        if control.WhichOneof("message") != "agent_status":
            return
        if self.agent:
            self._listener.agents.heard(self.agent, control.agent_status)
        else:
            self._early = control.agent_status  # counts once it has proved itself

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        raise StreamRefused("the traffic manager takes no streams from agents")

    def pong(self, tunnel: Tunnel, payload: bytes) -> None:
        """Any byte counts as a sign of life; see ``data_received``."""

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        if self.agent:
            _log.info("agent of pod %s left: %s", self.agent.pod_name, quoted(reason))
            self._listener.agents.remove(self.agent)

    # Inside.

    async def _prove(self, hello: Hello) -> None:
        try:
            proven = await prove(self._listener.api, hello.agent)
        except AgentRefused as refusal:
            self._refused("unproven", refusal)
            self.tunnel.close(f"refused: {refusal}")
            return
        except ManagerError as error:
            self._refused("unchecked", error)
            self.tunnel.close("the traffic manager cannot check the token now; try again")
            return
        if self.tunnel.closed:
            return  # Sent away meanwhile: nothing would ever take it from the agents again.
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(_PING_EVERY, self._keep_alive)
        self.tunnel.limit_frames(MAX_CONTROL)
        self.agent = Agent(proven, self.tunnel)
        self.agent.status = self._early
        self._listener.proved(self)
        version = quoted(hello.version)
        _log.info("agent of pod %s (%s, version %s) connected", proven.pod_name, proven.workload, version)
        self._listener.agents.add(self.agent)

    def _expired(self) -> None:
        if not self.tunnel.closed:  # and the reason is noted
            self._refused("silent", f"no proof within {PROOF_SECONDS:g} s")
        self.tunnel.close("no proof of identity in time")
        if self._transport:
            self._transport.abort()

    def _keep_alive(self) -> None:
        if self._loop.time() - self._heard > _SILENCE:
            self.tunnel.close("silent for too long")
            if self._transport:
                self._transport.abort()
            return
        self.tunnel.ping()
        self._timer = self._loop.call_later(_PING_EVERY, self._keep_alive)

    def _refused(self, reason: str, text: object) -> None:
        self._listener.refusals.note(reason, f"an agent from {self.source}", text)


def pem(der: bytes) -> str:
    """A certificate's text form."""
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
