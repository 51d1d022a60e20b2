"""What somebody who can ask says of clusters and kubeconfig; what is ``None`` nobody knows (yet), or may not list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telelens_schemas.workloads.containers import annotated_ports, default_container
from telelens_schemas.workloads.manifest import (
    ContainerPort,
    Manifest,
    ServicePort,
    container_ports,
    containers_of,
    labels_of,
    name_of,
    part,
    service_ports,
    template_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadFacts:
    """A workload whose pods can be intercepted."""

    kind: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of its pods."""
    containers: tuple[str, ...] = ()
    default_container: str | None = None
    """The one that is meant where nothing tells: the only one, or the one that the pods' annotation names."""
    ports: tuple[ContainerPort, ...] = ()
    """Those that its containers declare."""
    offers_ports: bool = False
    """Its own ports can be intercepted without a service."""

    @property
    def title(self) -> str:
        """``Deployment echo``."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """A service."""

    name: str
    ports: tuple[ServicePort, ...] = ()
    selector: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceFacts:
    """What a namespace holds."""

    workloads: tuple[WorkloadFacts, ...] | None = None
    services: tuple[ServiceFacts, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFacts:
    """What is known by one context of the kubeconfig; ``namespaces`` are the names of all there are."""

    default_namespace: str = "default"
    namespaces: tuple[str, ...] | None = None
    inside: Mapping[str, NamespaceFacts] = field(default_factory=dict)
    """By namespace; one that is absent is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that is known."""

    contexts: tuple[str, ...] | None = None
    current_context: str | None = None
    by_context: Mapping[str, ContextFacts] = field(default_factory=dict)


def workload_facts(manifest: Manifest) -> WorkloadFacts:
    """From an object of the API server."""
    template = template_of(manifest)
    return WorkloadFacts(
        kind=str(manifest.get("kind", "workload")),
        name=name_of(manifest),
        labels={str(key): str(value) for key, value in labels_of(template).items()},
        containers=tuple(str(one.get("name", "")) for one in containers_of(template)),
        default_container=default_container(template),
        ports=tuple(container_ports(template)),
        offers_ports=bool(annotated_ports(template)),
    )


def service_facts(manifest: Manifest) -> ServiceFacts:
    """From an object of the API server."""
    selector = part(manifest, "spec", "selector")
    return ServiceFacts(
        name=name_of(manifest),
        ports=tuple(service_ports(manifest)),
        selector={str(key): str(value) for key, value in selector.items()},
    )
