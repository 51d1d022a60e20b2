"""The tunnel listener: lets in the workstations whose certificate the manager named, and nobody else.

A stranger costs a bounded number of connections for a bounded time (see strangers.py). Who cannot name a session with
an intercept here is answered with a TLS alert or the end of the connection, and nothing else. Who can, but has not its
key, sees the agent's certificate too, which is no secret, and then the alert: TLS 1.3 shows it before it asks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from telelens_schemas.wire.errors import HelloRefused, StreamRefused
from telelens_schemas.wire.stream import Stream, StreamReceiver
from telelens_schemas.wire.tls import PinnedListener, TlsChannel
from telelens_schemas.wire.tunnel import Side, Tunnel
from telelens_schemas.wire.tunnel_pb2 import Control, EnvironmentReply, EnvironmentRequest, Hello

from telelens_cluster.agent.carrier import TunnelCarrier
from telelens_cluster.agent.certificate import OwnCertificate
from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.liveness import Liveness
from telelens_cluster.agent.strangers import Strangers
from telelens_cluster.agent.workstations import CONTROL_LANE, Workstations

SILENCE_SECONDS: Final = 15.0
"""What is promised for a closed lid: after that, traffic goes to the application, with or without a manager; somewhat
later where the agent stood still itself."""
LANES: Final = 16
"""Tunnels of one session."""
Answer = Callable[[EnvironmentRequest, str], EnvironmentReply]


class Gate:
    """Makes the protocol of each accepted connection; ``answer`` makes the reply to a session's request."""

    __slots__ = ("_answer", "_configuration", "_hello", "_listener", "_strangers", "_workstations")

    def __init__(
        self,
        *,
        certificate: OwnCertificate,
        hello: Hello,
        configuration: Callable[[], Configuration],
        workstations: Workstations,
        answer: Answer,
    ) -> None:
        self._hello = hello
        self._listener = PinnedListener(
            certificate=certificate.certificate, key=certificate.key, pins=lambda: configuration().pins
        )
        self._configuration = configuration
        self._workstations = workstations
        self._answer = answer
        self._strangers = Strangers(turn_away=_turn_away)

    def protocol(self) -> TunnelCarrier:
        """For ``loop.create_server``."""
        return TunnelCarrier(self._tunnel)

    def _tunnel(self, carrier: TunnelCarrier) -> Tunnel | None:
        if not self._configuration().pins:
            return None
        self._strangers.add(carrier)
        tls = self._listener.channel()
        return Tunnel(
            side=Side.LISTENER, hello=self._hello, listener=Visit(self, carrier, tls), carrier=carrier, tls=tls
        )

    # For visits.

    def recognised(self, carrier: TunnelCarrier) -> None:
        """No stranger any more: let in, or gone."""
        self._strangers.remove(carrier)

    def admit(self, tls: TlsChannel, hello: Hello) -> tuple[str, int]:
        """Session and lane of a peer whose handshake is over. Raises HelloRefused."""
        session_uid = tls.peer_name
        # The configuration may have changed since the handshake began.
        if not session_uid or self._configuration().pins.get(session_uid) != tls.peer_certificate:
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

    __slots__ = ("_carrier", "_gate", "_lane", "_leave", "_liveness", "_session_uid", "_tls")

    def __init__(self, gate: Gate, carrier: TunnelCarrier, tls: TlsChannel) -> None:
        self._gate = gate
        self._carrier = carrier
        self._tls = tls
        self._liveness: Liveness | None = None
        self._session_uid = ""
        self._lane = CONTROL_LANE
        self._leave: Callable[[], None] | None = None

    def connected(self, tunnel: Tunnel, hello: Hello) -> None:
        self._session_uid, self._lane = self._gate.admit(self._tls, hello)
        self._gate.recognised(self._carrier)
        self._liveness = Liveness(self._carrier, silence=SILENCE_SECONDS)
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
        if self._liveness is not None:
            self._liveness.stop()
        if self._leave is not None:
            self._leave()
            self._leave = None


def _turn_away(carrier: TunnelCarrier) -> None:
    if carrier.tunnel is not None:
        carrier.tunnel.close("nothing was said")
