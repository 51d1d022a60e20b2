"""What matters about a pod of an intercepted workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from telelens_schemas.names import AGENT_CONTAINER, INIT_CONTAINER, INJECT_ENABLED, ROLLED_AT_ANNOTATION

from telelens_cluster.injector.pod import has_agent
from telelens_cluster.injector.policy import annotated, owner_of

Object = Mapping[str, Any]

_HOPELESS: Final = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "ImageInspectError",
        "CreateContainerError",
        "RunContainerError",
    }
)
"""Reasons of a waiting container that time alone does not mend."""
_LONGEST_MESSAGE: Final = 200
_REVISIONS: Final = ("pod-template-hash", "controller-revision-hash")
"""Labels that Deployments, and StatefulSets and DaemonSets, give their pods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodState:
    """One pod, as far as decisions go."""

    uid: str
    name: str
    ip: str = ""
    living: bool = True
    """Neither ending nor ended."""
    ready: bool = False
    has_agent: bool = False
    agent_running: bool = False
    agent_trouble: str = ""
    """Why one of our containers cannot start."""
    trouble: str = ""
    """Why the pod does not get on, apart from our containers."""
    marked: bool = False
    """Its template told the injector to inject."""
    rolled_at: str = ""
    """Of the template that it was made from."""
    revision: str = ""
    """Pods that were made from the same template have the same."""

    @classmethod
    def from_object(cls, pod: Object) -> Self:
        """Read a Pod."""
        metadata, status = pod["metadata"], pod.get("status") or {}
        annotations, labels = metadata.get("annotations") or {}, metadata.get("labels") or {}
        statuses = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
        ours = [one for one in statuses if one["name"] in (AGENT_CONTAINER, INIT_CONTAINER)]
        others = [one for one in statuses if one["name"] not in (AGENT_CONTAINER, INIT_CONTAINER)]
        conditions = {one["type"]: one for one in status.get("conditions") or ()}
        return cls(
            uid=metadata["uid"],
            name=metadata["name"],
            ip=status.get("podIP") or "",
            living=is_living(pod),
            ready=(conditions.get("Ready") or {}).get("status") == "True",
            has_agent=has_agent(pod),
            agent_running=any(one["name"] == AGENT_CONTAINER and "running" in (one.get("state") or {}) for one in ours),
            agent_trouble=_trouble_of(ours),
            trouble=_unscheduled(conditions) or _trouble_of(others, crash_loops=True),
            marked=annotated(annotations) == INJECT_ENABLED,
            rolled_at=annotations.get(ROLLED_AT_ANNOTATION) or "",
            revision=next((labels[name] for name in _REVISIONS if name in labels), ""),
        )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A living pod of another workload of the namespace, as far as Services lead to it."""

    owner: str
    """``Deployment engine-blue``."""
    labels: Mapping[str, str]

    @classmethod
    def from_object(cls, pod: Object) -> Self:
        """Read a Pod."""
        metadata = pod["metadata"]
        controllers = (one for one in metadata.get("ownerReferences") or () if one.get("controller"))
        controller = next(controllers, {"kind": "Pod", "name": metadata["name"]})
        owner = owner_of(pod)
        kind, name = (owner.kind, owner.name) if owner else (controller["kind"], controller["name"])
        return cls(f"{kind} {name}", metadata.get("labels") or {})


def is_living(pod: Object) -> bool:
    """Neither ending nor ended."""
    phase = (pod.get("status") or {}).get("phase")
    return not pod["metadata"].get("deletionTimestamp") and phase not in ("Succeeded", "Failed")


def _trouble_of(statuses: list[Object], *, crash_loops: bool = False) -> str:
    for one in statuses:
        waiting = (one.get("state") or {}).get("waiting") or {}
        reason = waiting.get("reason") or ""
        if reason in _HOPELESS or (crash_loops and reason == "CrashLoopBackOff"):
            said = waiting.get("message") or ""
            return f"container {one['name']}: {reason}" + (f": {_shortened(said)}" if said else "")
    return ""


def _shortened(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _unscheduled(conditions: Mapping[str, Object]) -> str:
    scheduled = conditions.get("PodScheduled") or {}
    if scheduled.get("status") != "False":
        return ""
    return f"{scheduled.get('reason') or 'not scheduled'}: {scheduled.get('message') or ''}".rstrip(": ")
