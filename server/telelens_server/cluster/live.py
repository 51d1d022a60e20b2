"""Answers from the clusters that specifications mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from telelens_daemons.errors import UserError
from telelens_schemas.specification.shapes import Names
from telelens_schemas.workloads.manifest import labels_of, name_of, selects, service_ports, template_of

from telelens_server.cluster.collection import Collection
from telelens_server.cluster.contexts import Contexts
from telelens_server.cluster.view import ClusterView
from telelens_server.names import Asked, Known, Name

RETRY_SECONDS = 30.0
_Object = dict[str, Any]


class LiveCluster:
    """``say`` tells the user, once, why names are missing."""

    def __init__(self, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        self._environment = environment
        self._say = say
        self._said: set[tuple[str, str]] = set()
        self._views: dict[str, ClusterView] = {}
        self._stopping: set[asyncio.Task[None]] = set()
        self._contexts: Contexts | None = None

    def names(self, asked: Asked) -> Known:
        """What is known now."""
        if asked.names is Names.CONTEXT:
            contexts = self._known_contexts()
            return Known(contexts.names, contexts.is_settled)
        collections = self._collections(asked)
        complete = all(one.is_settled for one in collections)
        match asked.names:
            case Names.NAMESPACE:
                found = [Name(name_of(item)) for one in collections for item in one.objects]
            case Names.WORKLOAD:
                found = [Name(name_of(item), _state(item)) for one in collections for item in one.objects]
            case Names.SERVICE:
                found = [Name(name_of(item), _ports(item)) for item in _services(collections, asked)]
            case Names.CONTAINER | Names.HEADER:
                return Known()
            case _:
                found = list(_port_names(_services(collections, asked)))
        return Known(found, complete)

    async def settled(self, asked: Asked) -> None:
        """Returns when ``names`` is complete."""
        if asked.names is Names.CONTEXT:
            await self._known_contexts().settled()
            return
        for collection in self._collections(asked):
            await collection.settled()

    def facts(self, asked: Asked) -> str:
        """Kind, replicas, services and ports of a workload."""
        everything = self._collections(Asked(Names.SERVICE, asked.context, asked.namespace))
        workloads = _workloads(everything, asked.workload)
        return "\n\n---\n\n".join(_described(one, _selecting(everything, one)) for one in workloads)

    def _known_contexts(self) -> Contexts:
        if self._contexts is None:
            self._contexts = Contexts(self._environment)
        return self._contexts

    def _collections(self, asked: Asked) -> list[Collection]:
        from telelens_daemons.intercepts.workloads import KINDS
        from telelens_daemons.kube.resources import NAMESPACES, SERVICES

        view = self._view(asked.context or "")
        if asked.names is Names.NAMESPACE:
            return [view.collection("Namespace", NAMESPACES, None)]
        found = [view.collection(kind, resource, asked.namespace) for kind, resource in KINDS.items()]
        if asked.names is not Names.WORKLOAD:
            found.append(view.collection("Service", SERVICES, asked.namespace))
        return found

    def _view(self, context: str) -> ClusterView:
        view = self._views.get(context)
        now = asyncio.get_running_loop().time()
        if view is not None and view.failed_at is not None and now - view.failed_at > RETRY_SECONDS:
            stopping = asyncio.create_task(view.stop(), name="stop a cluster's view")
            self._stopping.add(stopping)
            stopping.add_done_callback(self._stopping.discard)
            view = None
        if view is None:
            view = ClusterView(context, self._environment, lambda error: self._failed(context, error))
            self._views[context] = view
        return view

    def _failed(self, context: str, error: UserError) -> None:
        key = (context, error.code or "")
        if key not in self._said:
            self._said.add(key)
            end = f" ({error.hint})" if error.hint else ""
            self._say(f"Names from the cluster are missing: {error.message}{end}")


def _objects(collections: Sequence[Collection], *kinds: str) -> Iterator[_Object]:
    for one in collections:
        if not kinds or one.kind in kinds:
            yield from one.objects


def _workloads(collections: Sequence[Collection], name: str | None) -> list[_Object]:
    return [item for item in _objects(collections) if item["kind"] != "Service" and name_of(item) == name]


def _services(collections: Sequence[Collection], asked: Asked) -> list[_Object]:
    """The service asked for, else those of the workload, else all."""
    every = list(_objects(collections, "Service"))
    if asked.names is Names.PORT and asked.service is not None:
        every = [item for item in every if name_of(item) == asked.service]
    workloads = _workloads(collections, asked.workload)
    behind = [item for item in every if any(selects(item, labels_of(template_of(one))) for one in workloads)]
    return behind or every


def _selecting(collections: Sequence[Collection], workload: _Object) -> list[_Object]:
    labels = labels_of(template_of(workload))
    return [item for item in _objects(collections, "Service") if selects(item, labels)]


def _port_names(services: Sequence[_Object]) -> Iterator[Name]:
    seen: set[str] = set()
    for service in services:
        for port in service_ports(service):
            for name in (port.name, str(port.number)):
                if name and name not in seen:
                    seen.add(name)
                    yield Name(name, f"{port.title} of {name_of(service)}")


def _ports(service: _Object) -> str:
    return ", ".join(port.title for port in service_ports(service))


def _state(workload: _Object) -> str:
    ready = workload.get("status", {}).get("readyReplicas") or 0
    return f"{workload['kind']}, {ready} of {workload['spec'].get('replicas', 1)} ready"


def _described(workload: _Object, services: Sequence[_Object]) -> str:
    lines = [f"**{name_of(workload)}**: {_state(workload)}"]
    if services:
        lines += ["", *(f"* Service `{name_of(one)}`: {_ports(one)}" for one in services)]
    else:
        lines += ["", "No Service selects its pods."]
    return "\n".join(lines)
