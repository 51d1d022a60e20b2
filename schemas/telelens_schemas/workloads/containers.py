"""Ports of the containers themselves, offered by annotation, and the choice of a container."""

from __future__ import annotations

from collections.abc import Sequence

from telelens_schemas.names import CONTAINER_PORTS_ANNOTATION_SPELLINGS
from telelens_schemas.resources.intercept import Protocol, ResolvedPort
from telelens_schemas.suggestions import listing
from telelens_schemas.workloads.manifest import (
    ContainerPort,
    Manifest,
    annotations_of,
    container_ports,
    containers_of,
    part,
    template_of,
    title,
)
from telelens_schemas.workloads.wanted import CONTAINER_PORT, PortWanted, Target, TargetError

_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


def target_without_service(workload: Manifest, container: str | None, ports: Sequence[PortWanted]) -> Target:
    """Ports of the container itself, where the annotation offers them."""
    template = template_of(workload)
    offered = _offered(template)
    found = [_offered_port(workload, offered, wanted, container) for wanted in ports]
    resolved = tuple(
        ResolvedPort(service_port_name=port.name or None, container_port=port.number, protocol=Protocol(port.protocol))
        for port in found
    )
    check_distinct(resolved)
    owner = container or found[0].container or only_container(workload, template, resolved[0])
    return Target(service=None, container=owner, ports=resolved)


def annotated_ports(template: Manifest) -> str:
    """What the annotation says; empty where there is none."""
    annotations = annotations_of(template)
    return next((str(annotations[key]) for key in CONTAINER_PORTS_ANNOTATION_SPELLINGS if key in annotations), "")


def _offered(template: Manifest) -> list[ContainerPort]:
    declared = list(container_ports(template))
    words = [word.strip() for word in annotated_ports(template).split(",") if word.strip()]
    if "all" in words:
        return declared
    offered = [port for port in declared if port.name in words or str(port.number) in words]
    known = {str(port.number) for port in offered}
    extra = [ContainerPort("", "", int(word), "TCP") for word in words if word.isdecimal() and word not in known]
    return offered + extra


def _offered_port(
    workload: Manifest, offered: list[ContainerPort], wanted: PortWanted, container: str | None
) -> ContainerPort:
    called = wanted.service_port and wanted.service_port.removeprefix(CONTAINER_PORT)
    fitting = [
        port
        for port in offered
        if port.protocol == wanted.protocol
        and called in (None, port.name, str(port.number))
        and container in (None, port.container or container)
    ]
    if len(fitting) == 1:
        return fitting[0]
    ports = listing(port.name or str(port.number) for port in offered) or "none"
    if fitting:
        raise TargetError(f"{title(workload)} offers several container ports: {ports}", "choose one: --port LOCAL:PORT")
    asked = f'"{called}"' if called else wanted.protocol
    raise TargetError(f"{title(workload)} offers no container port {asked}", f"it offers: {ports}")


def check_distinct(ports: tuple[ResolvedPort, ...]) -> None:
    """Raises ``TargetError`` where two ports are one."""
    seen: set[tuple[int, str]] = set()
    for port in ports:
        key = (port.container_port, port.protocol)
        if key in seen:
            raise TargetError(
                f"two of the ports lead to the same container port {port.container_port}/{port.protocol}",
                "name each of them once",
            )
        seen.add(key)


def only_container(workload: Manifest, template: Manifest, port: ResolvedPort) -> str:
    """The container of a port that none declares; raises ``TargetError`` where it is not clear."""
    default = default_container(template)
    if default is not None:
        return default
    raise TargetError(
        f"no container of {title(workload)} declares port {port.container_port};"
        f" it has {listing(_without_sidecars(template))}",
        "choose one with --container",
    )


def default_container(template: Manifest) -> str | None:
    """The container that is meant where nothing tells: the only one, or the one that the pods' annotation names."""
    names = _without_sidecars(template)
    default = annotations_of(template).get(_DEFAULT_CONTAINER)
    if default in names:
        return str(default)
    return names[0] if len(names) == 1 else None


def _without_sidecars(template: Manifest) -> list[str]:
    declared = [one.get("name") for one in part(template, "spec").get("containers") or ()]
    return [str(one.get("name", "")) for one in containers_of(template) if one.get("name") in declared]
