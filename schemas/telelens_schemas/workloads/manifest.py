"""Reads the parts of a workload's and a service's manifest that matter here, whatever is missing in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from telelens_schemas.names import AGENT_CONTAINER, INIT_CONTAINER

Manifest = Mapping[str, Any]


def part(manifest: Manifest | None, *path: str) -> Manifest:
    """The mapping at ``path``; empty where there is none."""
    here: Any = manifest
    for key in path:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def name_of(manifest: Manifest) -> str:
    """``metadata.name``."""
    return str(part(manifest, "metadata").get("name", ""))


def title(manifest: Manifest) -> str:
    """``Deployment echo``: how messages call an object."""
    return f"{manifest.get('kind', 'workload')} {name_of(manifest)}"


def template_of(workload: Manifest) -> Manifest:
    """The pod template; a bare pod is its own."""
    return workload if workload.get("kind") == "Pod" else part(workload, "spec", "template")


def labels_of(manifest: Manifest) -> Manifest:
    """``metadata.labels``."""
    return part(manifest, "metadata", "labels")


def annotations_of(manifest: Manifest) -> Manifest:
    """``metadata.annotations``."""
    return part(manifest, "metadata", "annotations")


def containers_of(template: Manifest) -> list[Manifest]:
    """The application's containers, native sidecars last; ours are left out."""
    spec = part(template, "spec")
    sidecars = [one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always"]
    found = [*(spec.get("containers") or ()), *sidecars]
    return [one for one in found if one.get("name") not in (AGENT_CONTAINER, INIT_CONTAINER)]


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A port that a container declares."""

    container: str
    name: str
    number: int
    protocol: str

    @property
    def title(self) -> str:
        """As that of a service's port."""
        return _title(self.name, self.number, self.protocol)


def container_ports(template: Manifest) -> Iterator[ContainerPort]:
    """Every declared port, in the order of the manifest."""
    for container in containers_of(template):
        for port in container.get("ports") or ():
            yield ContainerPort(
                container=str(container.get("name", "")),
                name=str(port.get("name") or ""),
                number=int(port.get("containerPort") or 0),
                protocol=str(port.get("protocol") or "TCP"),
            )


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a service; ``target`` as it stands there: a number, a name, or the port's own number."""

    name: str
    number: int
    target: int | str
    protocol: str

    @property
    def title(self) -> str:
        """``http (80)``, ``80``, ``dns (53/UDP)``."""
        return _title(self.name, self.number, self.protocol)


def _title(name: str, number: int, protocol: str) -> str:
    shown = str(number) if protocol == "TCP" else f"{number}/{protocol}"
    return f"{name} ({shown})" if name else shown


def service_ports(service: Manifest) -> list[ServicePort]:
    """The ports of a service."""
    return [_service_port(port) for port in part(service, "spec").get("ports") or ()]


def _service_port(port: Manifest) -> ServicePort:
    number = int(port.get("port") or 0)
    target = port.get("targetPort") or number
    return ServicePort(
        name=str(port.get("name") or ""),
        number=number,
        target=int(target) if str(target).isdecimal() else str(target),
        protocol=str(port.get("protocol") or "TCP"),
    )


def selects(service: Manifest, labels: Manifest) -> bool:
    """Whether pods with these labels are behind the service."""
    selector = part(service, "spec", "selector")
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def is_headless(service: Manifest) -> bool:
    """Whether callers connect to the pods themselves: there is no address of the service."""
    return part(service, "spec").get("clusterIP") == "None"
