"""Which version of HTTP the ports of an intercept speak: what the Service declares, else what the agents heard."""

from __future__ import annotations

from dataclasses import replace

from telelens_schemas.matching.http2 import declared
from telelens_schemas.resources import ResolvedPort
from telelens_schemas.workloads import Target

from telelens_cluster.manager.observed import Observed


def with_versions(observed: Observed, target: Target) -> tuple[ResolvedPort, ...]:
    """The target's ports, each with what is known."""
    return tuple(replace(port, http2=_speaks_http2(observed, target, port)) for port in target.ports)


def _speaks_http2(observed: Observed, target: Target, port: ResolvedPort) -> bool | None:
    for service in observed.services:
        if service["metadata"]["name"] != target.service:
            continue
        for one in (service.get("spec") or {}).get("ports") or ():
            if one.get("port") == port.service_port:
                said = declared(one.get("appProtocol") or "", one.get("name") or "")
                if said is not None:
                    return said
    for agent in observed.agents.values():
        if agent.status is not None and port.container_port in agent.status.http2:
            return bool(agent.status.http2[port.container_port])
    return None
