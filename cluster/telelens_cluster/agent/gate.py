"""The tunnel listener: lets in the workstations whose certificate the manager named, and nobody else.

A stranger costs a bounded number of connections for a bounded time, and learns nothing but a TLS alert.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import Final

from telelens_schemas.wire.errors import HelloRefused, StreamRefused
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import TlsChannel, pinned_context
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import Control, EnvironmentReply, EnvironmentRequest, Hello

from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.certificate import OwnCertificate
from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.workstations import CONTROL_LANE, Workstations

STRANGERS: Final = 64
"""Connections that have not shown who they are; the oldest gives way to one more."""
HANDSHAKE_SECONDS: Final = 5.0
LANES: Final = 16
"""Tunnels of one session."""
Answer = Callable[[EnvironmentRequest, str], EnvironmentReply]


class Gate:
    """Makes the protocol of each accepted connection; ``answer`` makes the reply to a session's request."""

    __slots__ = ("_answer", "_certificate", "_configuration", "_hello", "_strangers", "_workstations")

    def __init__(
        self,
        *,
        certificate: OwnCertificate,
        hello: Hello,
        configuration: Callable[[], Configuration],
        workstations: Workstations,
        answer: Answer,
    ) -> None:
        self._certificate = certificate
        self._hello = hello
        self._configuration = configuration
        self._workstations = workstations
        self._answer = answer
        self._strangers: dict[TunnelCarrier, asyncio.TimerHandle] = {}

    @property
    def strangers(self) -> int:
        """Connections that have not shown who they are."""
        return len(self._strangers)

    def protocol(self) -> TunnelCarrier:
        """For ``loop.create_server``."""
        return TunnelCarrier(self._tunnel)

    def _tunnel(self, carrier: TunnelCarrier) -> Tunnel | None:
        pins = self._configuration().pins
        if not pins:
            return None
        if len(self._strangers) >= STRANGERS:
            self._turn_away(next(iter(self._strangers)))
        try:
            context = pinned_context(
                server_side=True,
                certificate=self._certificate.certificate,
                key=self._certificate.key,
                pins=tuple(pins),
            )
        except ssl.SSLError:  # a pin that is no certificate; the manager's status names the session
            return None
        self._strangers[carrier] = asyncio.get_running_loop().call_later(HANDSHAKE_SECONDS, self._turn_away, carrier)
        return Tunnel(
            side=Side.LISTENER,
            hello=self._hello,
            listener=Visit(self, carrier),
            carrier=carrier,
            tls=TlsChannel(context, server_side=True, pins=tuple(pins)),
        )

    def _turn_away(self, carrier: TunnelCarrier) -> None:
        self.recognised(carrier)
        if carrier.tunnel is not None:
            carrier.tunnel.close("nothing was said")

    # For visits.

    def recognised(self, carrier: TunnelCarrier) -> None:
        """No stranger any more: let in, or gone."""
        timer = self._strangers.pop(carrier, None)
        if timer is not None:
            timer.cancel()

    def admit(self, tunnel: Tunnel, hello: Hello) -> tuple[str, int]:
        """Session and lane of a peer whose handshake is over. Raises HelloRefused."""
        # The configuration may have changed since the handshake began.
        session_uid = self._configuration().pins.get(tunnel.peer_certificate)
        if session_uid is None:
            raise HelloRefused("this session has no intercept here")
        if hello.WhichOneof("identity") != "workstation" or hello.workstation.session_uid != session_uid:
            raise HelloRefused("the certificate belongs to another session")
        if hello.workstation.lane >= LANES:
            raise HelloRefused(f"a session has at most {LANES} lanes")
        return session_uid, hello.workstation.lane

    def environment(self, request: EnvironmentRequest, session_uid: str) -> Control:
        """The answer to a session's request."""
        return Control(environment_reply=self._answer(request, session_uid))

    @property
    def workstations(self) -> Workstations:
        """Whom visits join."""
        return self._workstations


class Visit:
    """One accepted connection, as its tunnel's listener."""

    __slots__ = ("_carrier", "_gate", "_lane", "_leave", "_session_uid")

    def __init__(self, gate: Gate, carrier: TunnelCarrier) -> None:
        self._gate = gate
        self._carrier = carrier
        self._session_uid = ""
        self._lane = CONTROL_LANE
        self._leave: Callable[[], None] | None = None

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self._session_uid, self._lane = self._gate.admit(tunnel, hello)
        self._gate.recognised(self._carrier)
        self._leave = partial(self._gate.workstations.leave, self._session_uid, self._lane, tunnel)
        self._gate.workstations.join(self._session_uid, self._lane, tunnel)

    def control(self, tunnel: Tunnel, control: Control) -> None:
        if self._lane == CONTROL_LANE and control.WhichOneof("message") == "environment_request":
            tunnel.send_control(self._gate.environment(control.environment_request, self._session_uid))

    def opened(self, tunnel: Tunnel, stream: Stream, payload: bytes) -> StreamReceiver:
        raise StreamRefused("an agent opens streams, it does not take them")

    def pong(self, tunnel: Tunnel, payload: bytes) -> None:
        pass  # any byte counts as life; see liveness.py

    def closed(self, tunnel: Tunnel, reason: str) -> None:
        self._gate.recognised(self._carrier)
        if self._leave is not None:
            self._leave()
            self._leave = None
