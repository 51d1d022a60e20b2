"""An Intercept object, told to a client of the daemon."""

from __future__ import annotations

from typing import Any

from telelens_schemas.matching import PatternError
from telelens_schemas.matching.curl import curl_line
from telelens_schemas.matching.match import describe as describe_match
from telelens_schemas.resources import Intercept, InterceptedPod, InterceptPort, Match, Mechanism, Phase, ResolvedPort
from telelens_schemas.wire.daemon_pb2 import HeaderMatch, InterceptedPort, InterceptInfo, PathMatch
from telelens_schemas.wire.daemon_pb2 import InterceptedPod as PodInfo

from telelens_daemons.tunnels.tunnel_set import TunnelSet

_OLDER = "the traffic manager has not said that it gives any"


def describe(intercept: Intercept, *, mine: bool, tunnels: TunnelSet | None = None, host: str = "") -> InterceptInfo:
    """Everything but the environment, which only ``create`` gives. ``tunnels`` are this workstation's."""
    metadata, spec, status = intercept.metadata, intercept.spec, intercept.status
    uid = metadata.uid or ""
    resolved: list[ResolvedPort | None] = [*status.ports]
    resolved += [None] * (len(spec.ports) - len(resolved))
    return InterceptInfo(
        name=metadata.name,
        namespace=metadata.namespace or "",
        uid=uid,
        owner=spec.owner,
        host=host,
        workload_kind=spec.workload.kind,
        workload=spec.workload.name,
        service=status.service or spec.service or "",
        container=status.container or spec.container or "",
        phase=status.phase.value,
        message=_message(intercept, tunnels if mine else None),
        mechanism=spec.mechanism.value,
        drain=spec.drain.value,
        redirect=status.redirect or "",
        ports=[_port(*pair) for pair in zip(spec.ports, resolved, strict=False)],
        pods=[_pod(pod, tunnels if mine else None) for pod in status.pods],
        environment_denied_reason="" if status.environment.allowed else status.environment.reason,
        created=metadata.creation_timestamp or "",
        mine=mine,
        intercepting=_intercepting(intercept),
        **_match(spec.match),
        curl=_curl(intercept),
        preview_url=status.preview.working_url if status.preview else "",
        preview_denied_reason=_no_preview(intercept),
    )


def _no_preview(intercept: Intercept) -> str:
    state = intercept.status.preview
    if state is not None:
        return state.reason
    return _OLDER if intercept.spec.preview is not None and intercept.status.phase is Phase.ACTIVE else ""


def _intercepting(intercept: Intercept) -> str:
    if intercept.spec.mechanism is Mechanism.TCP:
        return "all TCP connections"
    conditions = describe_match(intercept.spec.match)
    return f"HTTP requests that match all of: {', '.join(conditions)}" if conditions else "all HTTP requests"


def _match(match: Match | None) -> dict[str, Any]:
    if match is None:
        return {}
    path = PathMatch(kind=match.path.kind.value, value=match.path.value) if match.path else None
    return {"headers": [HeaderMatch(name=one.name, value=one.regex) for one in match.headers], "path": path}


def _curl(intercept: Intercept) -> str:
    spec, status = intercept.spec, intercept.status
    if spec.mechanism is not Mechanism.HTTP or not status.service or not status.ports:
        return ""
    try:
        host = f"{status.service}.{intercept.metadata.namespace}"
        return curl_line(spec.match, host=host, port=status.ports[0].service_port)
    except PatternError:  # written by a newer version, which knows more
        return ""


def _message(intercept: Intercept, tunnels: TunnelSet | None) -> str:
    said = [intercept.status.message]
    if tunnels is not None:
        uid = intercept.metadata.uid or ""
        problem = tunnels.destinations.problem(uid)
        lost = [
            f"tunnel to {pod.name}: {tunnel.problem}; trying again"
            for pod in intercept.status.pods
            if (tunnel := tunnels.tunnel(pod.uid)) is not None and not tunnel.connected and tunnel.problem
        ]
        if problem or lost:
            said = [problem, *lost]
        if not problem:
            said.append(tunnels.destinations.warning(uid))
    return "; ".join(filter(None, said))


def _port(asked: InterceptPort, resolved: ResolvedPort | None) -> InterceptedPort:
    identifier = asked.service_port or ""
    if resolved is not None:
        identifier = resolved.service_port_name or str(resolved.service_port or resolved.container_port)
    return InterceptedPort(
        service_port_identifier=identifier,
        service_port=resolved.service_port if resolved else 0,
        container_port=resolved.container_port if resolved else 0,
        local_host=asked.local_host,
        local_port=asked.local_port,
        protocol=asked.protocol.value,
    )


def _pod(pod: InterceptedPod, tunnels: TunnelSet | None) -> PodInfo:
    tunnel = tunnels.tunnel(pod.uid) if tunnels else None
    return PodInfo(
        name=pod.name,
        address=pod.ip,
        transport=str(tunnel.transport or "") if tunnel else "",
        connected=tunnel.connected if tunnel else pod.connected,
        old_connections=pod.old_connections,
    )
