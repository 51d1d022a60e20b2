"""Which intercepts have a place: a session, a workload that can be intercepted, ports, and nobody before them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from telelens_schemas.matching import PatternError, check_match
from telelens_schemas.resources import Intercept, InterceptStatus, Phase, Protocol
from telelens_schemas.workloads import Target, TargetError, resolve_target, workload_unsupported_reason

from telelens_cluster.manager.conflict import find_conflict, seniority, shared
from telelens_cluster.manager.observed import Observed, SessionState


@dataclass(frozen=True, slots=True)
class Placed:
    """An intercept that is to be delivered."""

    intercept: Intercept
    session: SessionState
    target: Target
    shared: str = ""
    """Who has some of its requests first."""

    @property
    def uid(self) -> str:
        """Of the Intercept."""
        return self.intercept.metadata.uid or ""


@dataclass(slots=True)
class Placement:
    """All intercepts of a workload, sorted into those with a place and those without."""

    placed: list[Placed] = field(default_factory=list)
    turned_away: dict[str, InterceptStatus] = field(default_factory=dict)
    """Intercept UID → the status that says why."""
    orphans: list[Intercept] = field(default_factory=list)
    """Their session is gone, or has not been seen yet."""


def place(observed: Observed) -> Placement:
    """The older intercept comes first."""
    placement = Placement()
    for intercept in sorted(observed.intercepts, key=seniority):
        uid = intercept.metadata.uid or ""
        session = observed.sessions.get(intercept.spec.session.name)
        if session is None or session.uid != intercept.spec.session.uid:
            placement.orphans.append(intercept)
            continue
        found = _target(observed, intercept, session)
        if isinstance(found, InterceptStatus):
            placement.turned_away[uid] = found
            continue
        others = [_with_ports(other) for other in placement.placed]
        if conflict := find_conflict(intercept.spec, found.ports, others):
            placement.turned_away[uid] = InterceptStatus(
                phase=Phase.CONFLICT, message=conflict.message(observed.wall), hint=conflict.hint, ports=found.ports
            )
            continue
        placement.placed.append(Placed(intercept, session, found, shared(intercept.spec, found.ports, others)))
    return placement


def _target(observed: Observed, intercept: Intercept, session: SessionState) -> Target | InterceptStatus:
    spec = intercept.spec
    if session.owner != spec.owner:
        return _error(
            f"its session {spec.session.name} belongs to {session.owner}, not to {spec.owner}",
            "create the intercept with a session of your own",
        )
    if session.certificate is None:
        return _error(
            f"session {spec.session.name} is refused: {session.fault}", "connect anew: telelens quit, telelens connect"
        )
    workload = observed.workload
    if workload is None:
        return _error(
            f"there is no {spec.workload.kind} {spec.workload.name} in namespace {observed.key.namespace}",
            f"kubectl get {spec.workload.kind.lower()}s -n {observed.key.namespace} shows what is there",
        )
    if reason := workload_unsupported_reason(workload, namespace=observed.namespace):
        return _error(reason, "")
    if any(port.protocol is not Protocol.TCP for port in spec.ports):
        return _error("UDP ports cannot be intercepted yet", "intercept the TCP ports only")
    if spec.match is not None:
        try:
            check_match(spec.match)
        except PatternError as error:
            return InterceptStatus(phase=Phase.AGENT_ERROR, message=error.message, hint=error.hint)
    try:
        return resolve_target(
            workload, observed.services, service=spec.service, container=spec.container, ports=spec.ports
        )
    except TargetError as error:
        return _error(error.message, error.hint)


def _error(message: str, hint: str) -> InterceptStatus:
    return InterceptStatus(phase=Phase.ERROR, message=message, hint=hint)


def _with_ports(placed: Placed) -> Intercept:
    status = replace(placed.intercept.status, phase=Phase.WAITING, ports=placed.target.ports)
    return replace(placed.intercept, status=status)
