"""The heart of the manager: from what is observed of a workload to what is to be done about it. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from telelens_schemas.resources import Intercept, InterceptStatus, Mechanism, Phase
from telelens_schemas.wire.tunnel_pb2 import AgentConfiguration

from telelens_cluster.manager.configuration import agent_configuration
from telelens_cluster.manager.delivery import Delivery
from telelens_cluster.manager.injection_plan import CLEAR, Action, plan_injection
from telelens_cluster.manager.lingering import http_ports, lingering_ports
from telelens_cluster.manager.observed import CanaryRoute, Memory, Observed, Outcome, Policy
from telelens_cluster.manager.placement import Placed, place

CANARY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5)
"""Seconds before a canary that did not meet the agent is sent again; the last one repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done; doing it twice does no harm."""

    statuses: dict[str, InterceptStatus] = field(default_factory=dict)
    """By Intercept UID; ``since`` is left to the writer."""
    configuration: AgentConfiguration
    """For every agent of the workload."""
    deletions: tuple[Intercept, ...] = ()
    action: Action | None = None
    canaries: tuple[CanaryRoute, ...] = ()
    """To be sent now."""
    routes: frozenset[CanaryRoute] = frozenset()
    """All that are of interest; results of others may be forgotten."""
    memory: Memory
    wake_in: float | None = None
    """Seconds after which to decide anew though nothing happened."""


def decide(observed: Observed, policy: Policy) -> Decision:
    """Decide about one workload."""
    placement = place(observed)
    placed = placement.placed
    taken = _taken(placed)
    lingering = lingering_ports(observed, taken, policy.linger)
    http = http_ports(observed, taken, _taken(one for one in placed if one.intercept.spec.mechanism is Mechanism.HTTP))
    configuration = agent_configuration(observed, placed, lingering, policy, http=http)
    unconnected = _unconnected(observed)
    demanding = [one for one in placed if one.intercept.status.phase is not Phase.AGENT_ERROR]
    troubled = _troubled(observed)
    plan = plan_injection(observed, demanding, policy, troubled) if placed else CLEAR
    statuses = dict(placement.turned_away)
    routes: list[CanaryRoute] = []
    ripe: list[CanaryRoute] = []
    for one in placed:
        delivery = Delivery(observed, policy, one, plan, configuration, unconnected)
        statuses[one.uid] = delivery.status()
        routes += delivery.routes
        ripe += delivery.due
    due, canary_wake = _due_canaries(observed, ripe, statuses)
    orphans = _orphans(observed, placement.orphans)
    memory = replace(
        observed.memory,
        taken=taken,
        http=http & (taken | lingering.keys()),
        lingering=lingering,
        unconnected=unconnected,
        troubled=troubled,
        orphans=orphans,
        rolled=observed.memory.rolled if any(not pod.has_agent for pod in observed.living) else (),
    )
    return Decision(
        statuses=statuses,
        configuration=configuration,
        deletions=tuple(
            one for one in placement.orphans if observed.now - orphans[one.metadata.uid or ""] >= policy.orphan_grace
        ),
        action=plan.action,
        canaries=due,
        routes=frozenset(routes),
        memory=memory,
        wake_in=_earliest(
            canary_wake,
            *(end - observed.now for end in lingering.values()),
            *(since + policy.agent_timeout - observed.now for since in unconnected.values()),
            *(since + policy.agent_patience - observed.now for since in troubled.values()),
            *(since + policy.orphan_grace - observed.now for since in orphans.values()),
        ),
    )


def _taken(placed: Iterable[Placed]) -> frozenset[int]:
    return frozenset(port.container_port for one in placed for port in one.target.ports)


def _unconnected(observed: Observed) -> dict[str, float]:
    """Pods whose agent runs without being connected, each with the moment when we first saw it so."""
    before = observed.memory.unconnected
    return {
        pod.uid: before.get(pod.uid, observed.now)
        for pod in observed.living
        if pod.has_agent and pod.agent_running and pod.uid not in observed.agents
    }


def _troubled(observed: Observed) -> dict[str, float]:
    """Pods whose agent cannot start, each with the moment when we first saw it so."""
    before = observed.memory.troubled
    return {pod.uid: before.get(pod.uid, observed.now) for pod in observed.living if pod.agent_trouble}


def _orphans(observed: Observed, orphans: list[Intercept]) -> dict[str, float]:
    before = observed.memory.orphans
    uids = (one.metadata.uid or "" for one in orphans)
    return {uid: before.get(uid, observed.now) for uid in uids}


def _due_canaries(
    observed: Observed, routes: list[CanaryRoute], statuses: dict[str, InterceptStatus]
) -> tuple[tuple[CanaryRoute, ...], float | None]:
    """Those never sent, and those to be sent again; an ACTIVE intercept needs none of the latter."""
    due: list[CanaryRoute] = []
    wake: float | None = None
    for route in routes:
        result = observed.canaries.get(route)
        if result is None:
            due.append(route)
        elif result.outcome is not Outcome.ANSWERED and statuses[route.intercept_uid].phase is not Phase.ACTIVE:
            pause = CANARY_PAUSES[min(result.attempts, len(CANARY_PAUSES)) - 1]
            wait = result.at + pause - observed.now
            if wait <= 0:
                due.append(route)
            else:
                wake = _earliest(wake, wait)
    return tuple(due), wake


def _earliest(*moments: float | None) -> float | None:
    known = [moment for moment in moments if moment is not None and moment > 0]
    return min(known, default=None)
