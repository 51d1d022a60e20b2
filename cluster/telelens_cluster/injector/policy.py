"""Which pods get an agent (policy OnDemand: those of a workload that says so, or that somebody intercepts)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from telelens_schemas.names import INJECT_ANNOTATION_SPELLINGS, INJECT_DISABLED, INJECT_ENABLED
from telelens_schemas.resources import Intercept, Phase, Protocol

from telelens_cluster.injector.pod import has_agent

Object = Mapping[str, Any]
_NOT_INJECTING = frozenset({Phase.AGENT_ERROR, Phase.ERROR, Phase.CONFLICT})


@dataclass(frozen=True, slots=True)
class Owner:
    """The workload that a pod belongs to."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to inject, and which ports start redirected."""

    inject: bool
    redirected: tuple[int, ...] = ()


def owner_of(pod: Object) -> Owner | None:
    """The workload that made ``pod``, found without asking the API.

    A Deployment names its ReplicaSets by the hash that it also puts on the pods as a label.
    """
    metadata = pod.get("metadata") or {}
    for reference in metadata.get("ownerReferences") or ():
        if not reference.get("controller"):
            continue
        kind, name = reference["kind"], reference["name"]
        if kind == "StatefulSet":
            return Owner(kind, name)
        suffix = "-" + ((metadata.get("labels") or {}).get("pod-template-hash") or "\0")
        if kind == "ReplicaSet" and name.endswith(suffix):
            return Owner("Deployment", name.removesuffix(suffix))
    return None


def annotated(annotations: Mapping[str, str] | None) -> str:
    """What the annotation in any of its spellings says; empty where there is none."""
    for spelling in INJECT_ANNOTATION_SPELLINGS:
        if value := (annotations or {}).get(spelling):
            return value
    return ""


def cannot_be_injected(pod: Object) -> bool:
    """Whether the pod is to be left alone whatever anybody asks for."""
    spec = pod["spec"]
    annotations = (pod.get("metadata") or {}).get("annotations")
    return (
        has_agent(pod)
        or bool(spec.get("hostNetwork"))
        or annotated(annotations) == INJECT_DISABLED
        or (spec.get("os") or {}).get("name") == "windows"
    )


def judge(pod: Object, intercepts: Iterable[Intercept]) -> Verdict:
    """Decide by the pod and the Intercepts of its namespace as they are at this moment."""
    if cannot_be_injected(pod):
        return Verdict(False)
    owner = owner_of(pod)
    wanted = [
        intercept
        for intercept in intercepts
        if owner is not None
        and (intercept.spec.workload.kind, intercept.spec.workload.name) == (owner.kind, owner.name)
        and intercept.metadata.deletion_timestamp is None
        and intercept.status.phase not in _NOT_INJECTING
    ]
    enabled = annotated((pod.get("metadata") or {}).get("annotations")) == INJECT_ENABLED
    redirected = {port.container_port for one in wanted for port in one.status.ports if port.protocol is Protocol.TCP}
    return Verdict(enabled or bool(wanted), tuple(sorted(redirected)))
