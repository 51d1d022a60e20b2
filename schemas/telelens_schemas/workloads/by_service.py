"""Ports that are reached through one given service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from telelens_schemas.resources.intercept import Protocol, ResolvedPort
from telelens_schemas.suggestions import closest, did_you_mean, listing
from telelens_schemas.workloads.containers import check_distinct, only_container
from telelens_schemas.workloads.manifest import (
    ContainerPort,
    Manifest,
    ServicePort,
    container_ports,
    is_headless,
    name_of,
    service_ports,
    title,
)
from telelens_schemas.workloads.wanted import CONTAINER_PORT, NoSuchPort, PortWanted, Target, TargetError


@dataclass(frozen=True, slots=True)
class ServiceAttempt:
    """One service that may be meant."""

    workload: Manifest
    template: Manifest
    service: Manifest
    container: str | None

    @property
    def title(self) -> str:
        """How messages call the service."""
        return f"Service {name_of(self.service)}"

    def resolve(self, ports: Sequence[PortWanted]) -> Target:
        """The target, were this service meant; raises ``TargetError``."""
        found = [self._port(wanted) for wanted in ports]
        resolved = tuple(port for port, _ in found)
        check_distinct(resolved)
        container = self.container or next((name for _, name in found if name), None)
        return Target(
            service=name_of(self.service),
            container=container or only_container(self.workload, self.template, resolved[0]),
            ports=resolved,
            headless=is_headless(self.service),
        )

    def _port(self, wanted: PortWanted) -> tuple[ResolvedPort, str]:
        port = self._service_port(wanted)
        declared = self._declared(port)
        number = declared.number if declared is not None else port.target
        assert isinstance(number, int)
        resolved = ResolvedPort(
            service_port_name=port.name or None,
            service_port=port.number,
            container_port=number,
            protocol=Protocol(port.protocol),
        )
        return resolved, declared.container if declared is not None else ""

    def _service_port(self, wanted: PortWanted) -> ServicePort:
        every = service_ports(self.service)
        of_protocol = [port for port in every if port.protocol == wanted.protocol]
        identifier = wanted.service_port
        if identifier is None:
            if len(of_protocol) == 1:
                return of_protocol[0]
            self._refuse_unclear(wanted, every, of_protocol)
        if identifier.startswith(CONTAINER_PORT):
            return self._leading_to(identifier.removeprefix(CONTAINER_PORT), every, of_protocol)
        named = [port for port in every if identifier in (port.name, str(port.number))]
        matching = [port for port in named if port.protocol == wanted.protocol]
        if matching:
            return matching[0]
        if named:
            raise TargetError(
                f"port {named[0].title} of {self.title} is {named[0].protocol}, not {wanted.protocol}",
                f"write {identifier}/{named[0].protocol}",
            )
        # Of a number no near one is suggested: 80 is not a slip for 8080.
        near = None if identifier.isdecimal() else closest(identifier, [port.name for port in every if port.name])
        raise NoSuchPort(
            f'{self.title} has no port "{identifier}"',
            f'did you mean "{near}"?' if near else f"its ports: {listing(port.title for port in every)}",
        )

    def _leading_to(self, called: str, every: list[ServicePort], of_protocol: list[ServicePort]) -> ServicePort:
        """Containers need not declare the number; of two ports of one name, the first is where it leads."""
        for port in of_protocol:
            serving = self._serving(port)
            ends = (serving[0].name, str(serving[0].number)) if serving else (str(port.target),)
            if called and called in ends:
                return port
        raise NoSuchPort(
            f'no port of {self.title} leads to container port "{called}"',
            f"its ports: {listing(port.title for port in every)}" if every else "it has no ports at all",
        )

    def _refuse_unclear(self, wanted: PortWanted, every: list[ServicePort], of_protocol: list[ServicePort]) -> NoReturn:
        if of_protocol:
            raise TargetError(
                f"{self.title} has several ports: {listing(port.title for port in of_protocol)}",
                "choose one by its name or number: --port LOCAL:PORT",
            )
        raise NoSuchPort(
            f"{self.title} has no {wanted.protocol} port",
            f"its ports: {listing(port.title for port in every)}" if every else "it has no ports at all",
        )

    def _declared(self, port: ServicePort) -> ContainerPort | None:
        if port.protocol not in tuple(Protocol):
            raise TargetError(f"port {port.title} of {self.title} is {port.protocol}", "only TCP and UDP can be taken")
        found = self._serving(port)
        if found and self.container in (None, found[0].container):
            return found[0]
        if found:
            raise TargetError(
                f'port {port.title} of {self.title} is served by container "{found[0].container}",'
                f' not "{self.container}"',
                f"--container {found[0].container}",
            )
        if isinstance(port.target, int):
            return None  # Containers need not declare the ports they listen on.
        raise TargetError(
            f'port {port.title} of {self.title} leads to a container port "{port.target}",'
            f" which no container of {title(self.workload)} has",
            did_you_mean(port.target, [one.name for one in self._declarable(port) if one.name])
            or "no container names its ports",
        )

    def _serving(self, port: ServicePort) -> list[ContainerPort]:
        """Declared ports to which it leads, those of the container that is asked for first."""
        found = [one for one in self._declarable(port) if port.target in (one.name, one.number)]
        return sorted(found, key=lambda one: self.container not in (None, one.container))

    def _declarable(self, port: ServicePort) -> list[ContainerPort]:
        return [one for one in container_ports(self.template) if one.protocol == port.protocol]
