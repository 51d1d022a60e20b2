"""What can be read off a workload's manifest without asking anybody: which service, port and container an
intercept means, and whether the workload can be intercepted at all. Pure functions over the API server's JSON;
the workstation and the traffic manager use the same ones, so they cannot disagree."""

from __future__ import annotations

from telelens_schemas.suggestions import closest, did_you_mean
from telelens_schemas.workloads.reasons import pod_unsupported_reason, workload_unsupported_reason
from telelens_schemas.workloads.target import resolve_target
from telelens_schemas.workloads.wanted import CONTAINER_PORT, PortWanted, Target, TargetError

__all__ = [
    "CONTAINER_PORT",
    "PortWanted",
    "Target",
    "TargetError",
    "closest",
    "did_you_mean",
    "pod_unsupported_reason",
    "resolve_target",
    "workload_unsupported_reason",
]
