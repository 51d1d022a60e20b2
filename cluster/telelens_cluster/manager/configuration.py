"""What the agents of a workload are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from telelens_schemas.resources import Drain, EnvironmentGrant, Match, PathKind, Protocol
from telelens_schemas.wire import tunnel_pb2 as wire

from telelens_cluster.manager.observed import AgentState, Observed, Policy
from telelens_cluster.manager.placement import Placed

_DRAINS: Final = {Drain.NONE: wire.NONE, Drain.IDLE: wire.IDLE, Drain.ALL: wire.ALL}
_PATHS: Final = {PathKind.EQUAL: wire.EQUAL, PathKind.PREFIX: wire.PREFIX, PathKind.REGEX: wire.REGEX}
_PROTOCOLS: Final = {Protocol.TCP: wire.TCP, Protocol.UDP: wire.UDP}
NOT_CHECKED: Final = EnvironmentGrant(allowed=False, reason="the right to exec has not been checked yet")


def agent_configuration(
    observed: Observed,
    placed: Sequence[Placed],
    lingering: Iterable[int],
    policy: Policy,
    *,
    http: Collection[int] = (),
) -> wire.AgentConfiguration:
    """The same for every agent of the workload; ``generation`` is the sender's to fill in.

    ``http`` are the ports whose redirect lingers with each request judged by itself.
    """
    return wire.AgentConfiguration(
        intercepts=[_intercept(observed, one) for one in placed],
        lingering=[
            wire.RedirectedPort(container_port=port, protocol=wire.TCP, http=port in http) for port in sorted(lingering)
        ],
        canary_sources=policy.manager_addresses,
        canary_answer=policy.canary_answer(observed.key),
    )


def is_applied(agent: AgentState, wanted: wire.AgentConfiguration) -> bool:
    """Whether the agent has said that it does what is ``wanted``."""
    told, status = agent.configuration, agent.status
    return told is not None and status is not None and same(told, wanted) and status.generation == told.generation


def same(told: wire.AgentConfiguration, wanted: wire.AgentConfiguration) -> bool:
    """Whether two configurations differ in their generation only."""
    other = wire.AgentConfiguration()
    other.CopyFrom(wanted)
    other.generation = told.generation
    return told == other


def _intercept(observed: Observed, placed: Placed) -> wire.InterceptConfiguration:
    spec = placed.intercept.spec
    grant = observed.grants.get(placed.uid, NOT_CHECKED)
    return wire.InterceptConfiguration(
        uid=placed.uid,
        session_uid=placed.session.uid,
        session_certificate=placed.session.certificate or b"",
        mechanism=spec.mechanism,
        container=placed.target.container,
        ports=[
            wire.RedirectedPort(container_port=port.container_port, protocol=_PROTOCOLS[port.protocol])
            for port in placed.target.ports
        ],
        drain=_DRAINS[spec.drain],
        environment_allowed=grant.allowed,
        environment_denied_reason=grant.reason,
        away=placed.session.away,
        match=_match(spec.match) if spec.match else None,
    )


def _match(match: Match) -> wire.HttpMatch:
    path = match.path
    return wire.HttpMatch(
        headers=[wire.HttpHeader(name=header.name, regex=header.regex) for header in match.headers],
        path=wire.HttpPath(kind=_PATHS[path.kind], value=path.value) if path else None,
    )
