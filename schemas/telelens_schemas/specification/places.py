"""Where in which cluster a specification means its workloads to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from telelens_schemas.specification.models import ComposeService, Connection, Mapping, Specification, Workload


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace of a cluster; what is ``None`` is the kubeconfig's default."""

    context: str | None = None
    namespace: str | None = None


def place_of(specification: Specification, workload: Workload) -> Place | None:
    """``None`` where nobody may look: see ``may_ask``."""
    connection = specification.connection_of(workload)
    if not may_ask(connection) or (connection is None and specification.connections):
        return None
    return Place(connection.context if connection is not None else None, specification.namespace_of(workload))


def places_of(specification: Specification, described: Iterable[ComposeService] = ()) -> list[Place]:
    """Every place that is meant, each once; of a connection at least its own namespace. Compose files that are not
    in the specification have ``described`` further services."""
    connections = [*specification.connections, specification.connection]
    own = [
        Place(one.context, one.namespace) if one is not None else Place()
        for one in connections
        if may_ask(one) and (one is not None or not specification.connections)
    ]
    meant = [place_of(specification, workload) for workload in specification.workloads]
    meant += [_place_of_mapping(*one) for one in mappings_of(specification)]
    meant += [_place_of_mapping(*one) for one in mapped(specification, described)]
    return list(dict.fromkeys([*own, *(place for place in meant if place is not None)]))


def mappings_of(specification: Specification) -> Iterator[tuple[Mapping, Connection | None]]:
    """Where compose services lead to, each with its connection; left out where nobody can know that one."""
    composed = (handler.docker.compose for handler in specification.handlers if handler.docker is not None)
    return mapped(specification, (service for one in composed if one is not None for service in one.described))


def mapped(
    specification: Specification, services: Iterable[ComposeService]
) -> Iterator[tuple[Mapping, Connection | None]]:
    """The same of some services."""
    every = (specification.connection, *specification.connections)
    named = {one.name: one for one in every if one is not None and one.name}
    for service in services:
        if service.mapping is None:
            continue
        if "connection" in service.source.places:
            if service.connection and service.connection in named:
                yield service.mapping, named[service.connection]
        elif not specification.connections:
            yield service.mapping, specification.connection


def _place_of_mapping(mapping: Mapping, connection: Connection | None) -> Place | None:
    if not may_ask(connection):
        return None
    if connection is None:
        return Place(namespace=mapping.namespace)
    return Place(connection.context, mapping.namespace or connection.namespace)


def may_ask(connection: Connection | None) -> bool:
    """Whether a cluster may be asked for what this connection leads to.

    A file that is merely opened must not make us use a kubeconfig of its choice: those can run programs.
    """
    return connection is None or not (connection.kubeconfig or connection.kube_flags)
