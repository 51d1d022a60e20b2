"""A specification held against what clusters are known to hold: names that lead nowhere, ports that nobody serves.

Pure: who calls it has asked. What is not known is never wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from telelens_schemas.specification.facts import (
    ContextFacts,
    Facts,
    NamespaceFacts,
    ServiceFacts,
    WorkloadFacts,
)
from telelens_schemas.specification.live_findings import LiveFindings, ValueOf
from telelens_schemas.specification.live_ports import PortCheck
from telelens_schemas.specification.models import Connection, Intercept, Mapping, Specification, Workload
from telelens_schemas.specification.nodes import Items, Scalar
from telelens_schemas.specification.parts import Finding, Where
from telelens_schemas.specification.places import mapped, mappings_of
from telelens_schemas.specification.problems import Code, Problem, Severity

if TYPE_CHECKING:
    from telelens_schemas.specification.compose import Described


def check_live(
    specification: Specification,
    facts: Facts,
    file: str,
    *,
    severity: Severity = Severity.WARNING,
    described: Iterable[Described] = (),
) -> list[Problem]:
    """What of the names in a specification, and in the compose files that it leads to, is not there, in the order of
    the text."""
    check = _Check(specification, facts, severity)
    problems = {finding.problem(file): None for finding in check.findings()}
    for one in described:
        found = check.mapped(mapped(specification, (one.service,)))
        problems |= {one.told(finding.problem(one.file), file): None for finding in found}
    return sorted(problems, key=lambda one: (one.range, one.path))


class _Namespace:
    """What a namespace holds, by name."""

    def __init__(self, name: str, facts: NamespaceFacts) -> None:
        self.name = name
        self.workloads: dict[str, list[WorkloadFacts]] | None = None
        self.services: dict[str, ServiceFacts] | None = None
        self._by_label: dict[tuple[str, str], list[ServiceFacts]] = {}
        if facts.workloads is not None:
            self.workloads = {}
            for workload in facts.workloads:
                self.workloads.setdefault(workload.name, []).append(workload)
        if facts.services is not None:
            self.services = {service.name: service for service in facts.services}
            for service in facts.services:
                for label in sorted(service.selector.items())[:1]:
                    self._by_label.setdefault(label, []).append(service)

    def behind(self, workloads: Iterable[WorkloadFacts]) -> list[ServiceFacts]:
        """The services that select the pods of any of the workloads."""
        found: dict[str, ServiceFacts] = {}
        for workload in workloads:
            for label in workload.labels.items():
                for service in self._by_label.get(label, ()):
                    if selects(service, workload):
                        found[service.name] = service
        return list(found.values())


def selects(service: ServiceFacts, workload: WorkloadFacts) -> bool:
    """Whether the workload's pods are behind the service."""
    labels = workload.labels
    return bool(service.selector) and all(labels.get(key) == value for key, value in service.selector.items())


class _Check:
    def __init__(self, specification: Specification, facts: Facts, severity: Severity) -> None:
        self._specification = specification
        self._facts = facts
        self._live = LiveFindings(severity)
        self._namespaces: dict[tuple[str, str], _Namespace | None] = {}

    def findings(self) -> Iterator[Finding]:
        specification = self._specification
        connections = [*specification.connections]
        if specification.connection is not None:
            connections.append(specification.connection)
        for connection in connections:
            yield from self._connection(connection)
        for workload in specification.workloads:
            yield from self._workload(workload)
        yield from self.mapped(mappings_of(specification))

    def _connection(self, connection: Connection) -> Iterator[Finding]:
        contexts = self._facts.contexts
        name = connection.context
        if name is not None and not connection.kubeconfig and contexts is not None and name not in contexts:
            where = ValueOf(connection.source, "context")
            yield self._live.unknown(
                Code.UNKNOWN_CONTEXT, f'the kubeconfig has no context "{name}"', where, name, contexts
            )
            return
        known = self._context(connection)
        for key, name in (("namespace", connection.namespace), ("managerNamespace", connection.manager_namespace)):
            if name is not None:
                yield from self._namespace_named(known, name, ValueOf(connection.source, key))
        place = connection.source.places.get("mappedNamespaces")
        if place is not None and isinstance(place.value_node, Items):
            for item in place.value_node.items:
                if isinstance(item, Scalar) and not item.templated:
                    yield from self._namespace_named(
                        known, item.value, ValueOf(connection.source, "mappedNamespaces"), item
                    )

    def _workload(self, workload: Workload) -> Iterator[Finding]:
        connection = self._specification.connection_of(workload)
        context = self._context(connection)
        if not workload.name or context is None:
            return
        if workload.namespace is not None:
            unknown = list(self._namespace_named(context, workload.namespace, ValueOf(workload.source, "namespace")))
            yield from unknown
            if unknown:
                return
        namespace = self._namespace(connection, self._specification.namespace_of(workload))
        if namespace is None or namespace.workloads is None:
            return
        meant = namespace.workloads.get(workload.bare_name)
        if meant is None:
            said = f'there is no workload "{workload.bare_name}" in namespace {namespace.name}'
            where = ValueOf(workload.source, "name")
            prefix = f"{workload.connection}/" if workload.connection else ""
            yield self._live.unknown(
                Code.UNKNOWN_WORKLOAD, said, where, workload.bare_name, namespace.workloads, prefix=prefix
            )
            return
        for intercept in workload.intercepts:
            yield from self._intercept(intercept, workload, meant, namespace)

    def _intercept(
        self, intercept: Intercept, workload: Workload, meant: list[WorkloadFacts], namespace: _Namespace
    ) -> Iterator[Finding]:
        check = PortCheck(intercept, meant, self._live)
        unknown = list(check.container())
        yield from unknown
        if namespace.services is None:
            return
        behind = namespace.behind(meant)
        services = behind
        title = meant[0].title
        if intercept.service is not None:
            where = ValueOf(intercept.source, "service")
            chosen = namespace.services.get(intercept.service)
            if chosen is None:
                said = f'there is no Service "{intercept.service}" in namespace {namespace.name}'
                names = [one.name for one in behind] or list(namespace.services)
                yield self._live.unknown(Code.UNKNOWN_SERVICE, said, where, intercept.service, names)
                return
            if chosen not in behind:
                said = f'Service "{chosen.name}" does not select the pods of {title}'
                yield self._live.unknown(
                    Code.UNKNOWN_SERVICE,
                    said,
                    where,
                    chosen.name,
                    [one.name for one in behind],
                    else_none="no Service does",
                )
                return
            services = [chosen]
        elif not behind:
            if not any(one.offers_ports for one in meant):
                message = f"no Service selects the pods of {title}"
                yield self._live.wrong(Code.UNKNOWN_SERVICE, message, ValueOf(workload.source, "name"))
            return
        if "port" in intercept.source.places and intercept.port is None:
            return
        if not unknown:
            yield from check.port(services)

    def mapped(self, mappings: Iterable[tuple[Mapping, Connection | None]]) -> Iterator[Finding]:
        for mapping, connection in mappings:
            if mapping.namespace is not None:
                known = self._context(connection)
                yield from self._namespace_named(known, mapping.namespace, ValueOf(mapping.source, "namespace"))
            elif "namespace" in mapping.source.places:
                continue
            default = connection.namespace if connection is not None else None
            namespace = self._namespace(connection, mapping.namespace or default)
            if not mapping.name or namespace is None or namespace.services is None:
                continue
            if mapping.name not in namespace.services:
                said = f'there is no Service "{mapping.name}" in namespace {namespace.name}'
                where = ValueOf(mapping.source, "name")
                yield self._live.unknown(Code.UNKNOWN_SERVICE, said, where, mapping.name, namespace.services)

    def _context(self, connection: Connection | None) -> ContextFacts | None:
        """Of a connection with a kubeconfig of its own nothing is known."""
        if connection is not None and (connection.kubeconfig or connection.kube_flags):
            return None
        name = connection.context if connection is not None else None
        name = name or self._facts.current_context
        return self._facts.by_context.get(name) if name is not None else None

    def _namespace(self, connection: Connection | None, name: str | None) -> _Namespace | None:
        context = self._context(connection)
        if context is None:
            return None
        name = name or context.default_namespace
        key = (connection.context or "" if connection is not None else "", name)
        if key not in self._namespaces:
            known = context.inside.get(name)
            self._namespaces[key] = _Namespace(name, known) if known is not None else None
        return self._namespaces[key]

    def _namespace_named(
        self, context: ContextFacts | None, name: str, where: ValueOf, node: Where | None = None
    ) -> Iterator[Finding]:
        if context is not None and context.namespaces is not None and name not in context.namespaces:
            said = f'the cluster has no namespace "{name}"'
            yield self._live.unknown(Code.UNKNOWN_NAMESPACE, said, where, name, context.namespaces, node=node)
