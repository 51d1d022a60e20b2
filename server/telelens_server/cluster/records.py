"""What is kept of the objects of a cluster: a small part of what the API server says, and all that anybody asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from telelens_schemas.resources.metadata import parse_time
from telelens_schemas.specification.facts import WorkloadFacts, workload_facts
from telelens_schemas.workloads.manifest import name_of, part

_Object = Mapping[str, Any]


class Record(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """Unique among those of its kind in its namespace."""


@dataclass(frozen=True, slots=True)
class NamespaceRecord:
    """A namespace."""

    name: str


@dataclass(frozen=True, slots=True)
class WorkloadRecord:
    """What can be intercepted."""

    facts: WorkloadFacts
    replicas: int
    ready: int

    @property
    def name(self) -> str:
        """Of the workload."""
        return self.facts.name

    @property
    def state(self) -> str:
        """``Deployment, 1 of 2 ready``."""
        return f"{self.facts.kind}, {self.ready} of {self.replicas} ready"


@dataclass(frozen=True, slots=True)
class InterceptRecord:
    """Who has taken which workload, since when."""

    name: str
    kind: str
    workload: str
    owner: str
    since: datetime | None
    phase: str
    headers: tuple[str, ...]
    """Names of those that requests must have."""
    preview_url: str
    """Empty: there is none that leads somewhere."""


def read_namespace(item: _Object) -> NamespaceRecord:
    """From the API server's form."""
    return NamespaceRecord(name_of(item))


def read_workload(kind: str, item: _Object) -> WorkloadRecord:
    """From the API server's form; items of a list come without their kind."""
    replicas = part(item, "spec").get("replicas")
    return WorkloadRecord(
        facts=workload_facts({**item, "kind": kind}),
        replicas=1 if replicas is None else int(replicas),
        ready=int(part(item, "status").get("readyReplicas") or 0),
    )


def read_intercept(item: _Object) -> InterceptRecord:
    """From the API server's form, of any version: one that another manager wrote shall be shown, too."""
    spec = part(item, "spec")
    workload = part(spec, "workload")
    headers = part(spec, "match").get("headers") or ()
    preview = part(part(item, "status"), "preview")
    return InterceptRecord(
        name=name_of(item),
        kind=str(workload.get("kind", "")),
        workload=str(workload.get("name", "")),
        owner=str(spec.get("owner", "")),
        since=_moment(part(item, "metadata").get("creationTimestamp")),
        phase=str(part(item, "status").get("phase") or ""),
        headers=tuple(str(one["name"]) for one in headers if isinstance(one, Mapping) and one.get("name")),
        preview_url="" if preview.get("reason") else str(preview.get("url") or ""),
    )


def _moment(text: object) -> datetime | None:
    try:
        return parse_time(str(text)) if text else None
    except ValueError:
        return None
