"""The port that an intercept takes, and the container that serves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from telelens_schemas.specification.entries import entry_fix
from telelens_schemas.specification.facts import ServiceFacts, WorkloadFacts
from telelens_schemas.specification.live_findings import LiveFindings, ValueOf
from telelens_schemas.specification.models import Intercept
from telelens_schemas.specification.nodes import Entries, as_text
from telelens_schemas.specification.parts import Finding, NamedFix
from telelens_schemas.specification.problems import Code, Severity
from telelens_schemas.suggestions import closest, listing
from telelens_schemas.workloads.manifest import ServicePort


@dataclass(frozen=True, slots=True)
class PortCheck:
    """Of an intercept of the workloads ``meant``, at most one of each kind."""

    intercept: Intercept
    meant: list[WorkloadFacts]
    live: LiveFindings

    def container(self) -> Iterator[Finding]:
        """Whether there is the container that is named."""
        name = self.intercept.container
        known = list(dict.fromkeys(one for workload in self.meant for one in workload.containers))
        if name is not None and name not in known:
            said = f'{self.meant[0].title} has no container "{name}"'
            yield self.live.unknown(Code.UNKNOWN_CONTAINER, said, self._at("container"), name, known)

    def port(self, services: list[ServiceFacts]) -> Iterator[Finding]:
        """Whether one of the services has the port, and a container serves it."""
        wanted, where = self.intercept.port, self._at("port")
        ports = [port for service in services for port in service.ports]
        if wanted is None:
            several = next((one for one in services if len(one.ports) > 1), None)
            if several is not None:
                message = f'Service {several.name} has several ports: say which one ("port"): {_titles(several.ports)}'
                yield self.live.wrong(Code.UNKNOWN_PORT, message, where)
                return
            found = ports
        else:
            found = [port for port in ports if wanted in (port.name, str(port.number))]
            if not found:
                said = (
                    f"Service {services[0].name}" if len(services) == 1 else f"{listing(one.name for one in services)}"
                )
                # Of a number no near one is suggested: 80 is not a slip for 8080.
                names = [port.name for port in ports if port.name]
                near = None if wanted.isdecimal() else closest(wanted, names)
                hint = f'did you mean "{near}"?' if near else f"its ports: {_titles(ports) or 'none'}"
                message = f'{said} has no port "{wanted}": {hint}'
                yield self.live.wrong(Code.UNKNOWN_PORT, message, where, replacement=near)
                return
        if found:
            yield from self._served(found)

    def _served(self, ports: list[ServicePort]) -> Iterator[Finding]:
        serving = list(dict.fromkeys(self._serving(ports)))
        if serving:
            yield from self._served_by(serving, ports[0])
            return
        workload, port, where = self.meant[0], ports[0], self._at("port")
        numbers = listing(one.title for one in workload.ports)
        if isinstance(port.target, str):
            message = (
                f'port {port.title} leads to a container port "{port.target}", which no container of'
                f" {workload.title} has: {f'there is {numbers}' if numbers else 'they name none'}"
            )
            yield self.live.wrong(Code.PORT_NOT_SERVED, message, where)
            return
        undeclared = f"no container of {workload.title} declares port {port.target}, to which port {port.title} leads"
        names = workload.containers
        if len(names) > 1:
            if "container" not in self.intercept.source.places and workload.default_container is None:
                message = f'{undeclared}: say which one serves it ("container"): {listing(names)}'
                choices = tuple(self._containers_to_write(names))
                yield self.live.wrong(Code.UNKNOWN_CONTAINER, message, where, choices=choices)
        elif workload.ports:
            # Containers need not declare the ports that they listen on.
            message = f"{undeclared}; declared: {numbers}"
            yield self.live.wrong(Code.PORT_NOT_SERVED, message, where, severity=Severity.WARNING)

    def _serving(self, ports: Iterable[ServicePort]) -> Iterator[str]:
        """The containers that declare one of the ports."""
        for port in ports:
            for workload in self.meant:
                for declared in workload.ports:
                    if declared.protocol == port.protocol and port.target in (declared.name, declared.number):
                        yield declared.container

    def _served_by(self, serving: list[str], port: ServicePort) -> Iterator[Finding]:
        named = self.intercept.container
        if named is not None and named not in serving:
            message = f'port {port.title} is served by container "{serving[0]}", not "{named}"'
            where = self._at("container")
            yield self.live.wrong(Code.UNKNOWN_CONTAINER, message, where, replacement=serving[0])

    def _containers_to_write(self, names: Iterable[str]) -> Iterator[NamedFix]:
        node = self.intercept.source.node
        if isinstance(node, Entries):
            for name in names:
                yield from entry_fix(f'Add "container: {name}"', node, "container", as_text(name))

    def _at(self, key: str) -> ValueOf:
        return ValueOf(self.intercept.source, key)


def _titles(ports: Iterable[ServicePort]) -> str:
    return listing(dict.fromkeys(port.title for port in ports))
