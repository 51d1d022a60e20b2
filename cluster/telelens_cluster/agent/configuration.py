"""What the manager wants of this agent, and what changes between one configuration and the next. Pure."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from telelens_schemas.wire import tunnel_pb2

from telelens_cluster.agent.switches import ACTIVE_HTTP, ACTIVE_TCP, DRAIN_ALL, DRAIN_IDLE, LOWER_NAMES, Switch

HTTP = "http"


@dataclass(frozen=True, slots=True)
class Intercept:
    """One intercept of this pod's workload."""

    uid: str
    session_uid: str
    container: str = ""
    tcp_ports: frozenset[int] = frozenset()
    drain: Switch | None = None
    environment_allowed: bool = False
    environment_denied_reason: str = ""
    away: bool = False
    http: bool = False
    """Whether its requests are judged one by one."""
    match: tunnel_pb2.HttpMatch | None = None
    """Which ones; None: all."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole of what an agent must do; each one replaces the one before."""

    generation: int = 0
    intercepts: tuple[Intercept, ...] = ()
    pins: Mapping[str, bytes] = field(default_factory=dict)
    """UID of a session → certificate of its workstation (DER). Never the other way: anybody can copy a certificate."""
    lingering: frozenset[int] = frozenset()
    """TCP ports that stay redirected though nobody intercepts them, so that no connection becomes an old one."""
    lingering_http: frozenset[int] = frozenset()
    """The same, by way of HAProxy."""
    canary_sources: frozenset[str] = frozenset()
    canary_answer: bytes = b""

    def intercept_of(self, port: int) -> Intercept | None:
        """Who gets whole connections to ``port``: the older one, where the manager let two through."""
        return next((one for one in self.intercepts if port in one.tcp_ports and not one.http), None)

    def intercept(self, uid: str) -> Intercept | None:
        """The intercept with ``uid``."""
        return next((intercept for intercept in self.intercepts if intercept.uid == uid), None)

    @property
    def http_ports(self) -> frozenset[int]:
        """The ports that HAProxy has; one whose connections somebody takes whole is not among them."""
        whole = frozenset().union(*(one.tcp_ports for one in self.intercepts if not one.http))
        return self.lingering_http.union(*(one.tcp_ports for one in self.intercepts if one.http)) - whole

    def switched(
        self,
        delivers: Callable[[Intercept], bool],
        http: Switch | None = ACTIVE_HTTP,
        lower_names: frozenset[int] = frozenset(),
    ) -> dict[Switch, frozenset[int]]:
        """The ports of each set of the pod's table.

        ``http`` is the set that HAProxy's ports are in while it cannot have them: None for nowhere. An intercept whose
        owner cannot be reached (``delivers``) keeps its place, undrained: whoever is cut would only come to the
        application again, and be cut once more later. Applications at ``lower_names`` write headers without capitals.
        """
        ports: dict[Switch, frozenset[int]] = {ACTIVE_TCP: self.lingering - self.http_ports}
        if http is not None and self.http_ports:
            ports[http] = ports.get(http, frozenset()) | self.http_ports
            if http is ACTIVE_HTTP and (lower := self.http_ports & lower_names):
                ports[LOWER_NAMES] = lower
        for intercept in self.intercepts:
            if not intercept.http:
                ports[ACTIVE_TCP] |= intercept.tcp_ports
            if intercept.drain and delivers(intercept):
                ports[intercept.drain] = ports.get(intercept.drain, frozenset()) | intercept.tcp_ports
        return ports


@dataclass(frozen=True, slots=True)
class Change:
    """What a new configuration ends. What it begins needs no list: decisions are made by the configuration itself."""

    ended: tuple[Intercept, ...]
    """Their streams are cut."""
    away: tuple[Intercept, ...]
    """Their owners were there and are not any more: their streams are cut, so that callers come anew."""
    revoked: frozenset[str]
    """Sessions (UID) whose tunnels are closed."""


def change(before: Configuration, after: Configuration) -> Change:
    """What ends when ``after`` replaces ``before``."""
    kept = {(intercept.uid, intercept.session_uid) for intercept in after.intercepts}
    there = {intercept.uid for intercept in before.intercepts if not intercept.away}
    return Change(
        ended=tuple(i for i in before.intercepts if (i.uid, i.session_uid) not in kept),
        away=tuple(i for i in after.intercepts if i.away and i.uid in there),
        revoked=frozenset(uid for uid, pin in before.pins.items() if after.pins.get(uid) != pin),
    )


def from_message(message: tunnel_pb2.AgentConfiguration) -> Configuration:
    """The manager's message as a Configuration. Intercepts of UDP ports are not delivered by this agent."""
    return Configuration(
        generation=message.generation,
        intercepts=tuple(_intercept(entry) for entry in message.intercepts),
        pins={
            entry.session_uid: entry.session_certificate
            for entry in message.intercepts
            if entry.session_certificate and entry.session_uid
        },
        lingering=_tcp_ports(port for port in message.lingering if not port.http),
        lingering_http=_tcp_ports(port for port in message.lingering if port.http),
        canary_sources=frozenset(normalised_host(host) for host in message.canary_sources),
        canary_answer=message.canary_answer,
    )


def normalised_host(host: str) -> str:
    """An address in the one form that the kernel's addresses are compared in."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            packed = socket.inet_pton(family, host)
        except OSError:
            continue
        return socket.inet_ntop(family, packed)
    return host


def _intercept(entry: tunnel_pb2.InterceptConfiguration) -> Intercept:
    return Intercept(
        uid=entry.uid,
        session_uid=entry.session_uid,
        container=entry.container,
        tcp_ports=_tcp_ports(entry.ports),
        drain={tunnel_pb2.IDLE: DRAIN_IDLE, tunnel_pb2.ALL: DRAIN_ALL}.get(entry.drain),
        environment_allowed=entry.environment_allowed,
        environment_denied_reason=entry.environment_denied_reason,
        away=entry.away,
        http=entry.mechanism == HTTP,
        match=entry.match if entry.HasField("match") else None,
    )


def _tcp_ports(ports: Iterable[tunnel_pb2.RedirectedPort]) -> frozenset[int]:
    return frozenset(port.container_port for port in ports if port.protocol == tunnel_pb2.TCP)
