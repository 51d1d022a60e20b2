"""What a document says to somebody who wants to debug a workload. Text in, no cluster asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from telelens_daemons.run.connection_paths import seen_from
from telelens_schemas.specification import (
    Connection,
    Intercept,
    Range,
    Reading,
    Specification,
    Workload,
    wanted_preview,
)
from telelens_schemas.specification import Preview as SpecifiedPreview
from telelens_schemas.specification.expanding import Expanded
from telelens_schemas.workloads import CONTAINER_PORT
from telelens_schemas.workloads.manifest import ServicePort, selects, service_ports

from telelens_server.debugging.left_out import left_out
from telelens_server.requests import (
    ConnectionWanted,
    DebugTarget,
    HeaderFilter,
    InterceptPlace,
    KubeFlag,
    PathFilter,
    Preview,
    PreviewIngress,
    TargetPort,
)


def intercept_target(
    expanded: Expanded, *, workload: str, intercept: str, folder: str, place: InterceptPlace | None = None
) -> DebugTarget | None:
    """Of a specification's intercept, whose names are those of the text as it was written; files are meant as seen from
    ``folder``. None where there is no such intercept, where it cannot be read, or where one ``place`` stands for
    several."""
    named = [one for one in _intercepts(expanded.reading) if one.names == (workload, intercept)]
    if place is None:
        meant = named[:1]
    else:
        written = _at(expanded.written, place)
        # Where other names stand in its place, the text has changed since the button was made.
        meant = _made_of(written, expanded) if written and written.names == (workload, intercept) else named
    if len(meant) != 1 or not meant[0].workload.bare_name:
        return None
    return _target(meant[0], folder)


def manifest_target(
    text: str, *, kind: str, name: str, namespace: str = "", occurrence: int | None = None
) -> DebugTarget | None:
    """Of a workload's manifest. None where the text has no such workload, cannot be read, or does not say which of
    several is meant."""
    documents = list(_documents(text))
    document = _manifest(documents, kind, name, namespace, occurrence)
    if document is None:
        return None
    services = [one for one in documents if one.get("kind") == "Service"]
    return DebugTarget(workload=name, namespace=_namespace(document), ports=tuple(_ports(document, services)))


@dataclass(frozen=True, slots=True)
class _Found:
    """An intercept and what it stands in."""

    specification: Specification
    workload: Workload
    intercept: Intercept

    @property
    def names(self) -> tuple[str, str]:
        """The workload's and its own."""
        return self.workload.name, self.intercept.name or self.workload.name


def _intercepts(reading: Reading) -> Iterator[_Found]:
    for specification in reading.specifications:
        for workload in specification.workloads:
            for intercept in workload.intercepts:
                yield _Found(specification, workload, intercept)


def _at(reading: Reading, place: InterceptPlace) -> _Found | None:
    if min(place.specification, place.workload, place.intercept) < 0:
        return None
    try:
        specification = reading.specifications[place.specification]
        workload = specification.workloads[place.workload]
        return _Found(specification, workload, workload.intercepts[place.intercept])
    except IndexError:
        return None


def _made_of(written: _Found, expanded: Expanded) -> list[_Found]:
    """What templates make of an intercept: a loop several, a condition maybe none. Ordinals would not tell, for they
    are others once that has happened."""
    at = expanded.written_at
    if at is None:
        return [written]
    return [
        one
        for one in _intercepts(expanded.reading)
        if _begins_within(at(one.intercept.source.range), written.intercept.source.range)
        # Two workloads may share the intercepts of an anchor.
        and _begins_within(at(one.workload.source.range), written.workload.source.range)
    ]


def _begins_within(one: Range, other: Range) -> bool:
    return (other.line, other.column) <= (one.line, one.column) < (other.end_line, other.end_column)


def _manifest(
    documents: Sequence[Mapping[str, Any]], kind: str, name: str, namespace: str, occurrence: int | None
) -> Mapping[str, Any] | None:
    named = [one for one in documents if one.get("kind") == kind and _metadata(one).get("name") == name]
    if occurrence is None:
        return next(iter(named), None)
    exact = [one for one in named if _namespace(one) == namespace]
    if 0 <= occurrence < len(exact):
        return exact[occurrence]
    # A button is made of lines alone, which may hide a namespace.
    return named[0] if len(named) == 1 else None


def _metadata(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(document.get("metadata"))


def _namespace(document: Mapping[str, Any]) -> str:
    return str(_metadata(document).get("namespace") or "")


def _target(found: _Found, folder: str) -> DebugTarget:
    specification, workload, intercept = found.specification, found.workload, found.intercept
    handler = specification.handler(intercept.handler) if intercept.handler else None
    connection = seen_from(folder, specification.connection_of(workload) or Connection())
    return DebugTarget(
        workload=workload.bare_name,
        namespace=specification.namespace_of(workload) or "",
        ports=(TargetPort(port=intercept.local_port, service=intercept.port or ""),),
        service=intercept.service or "",
        container=intercept.container or "",
        headers=tuple(HeaderFilter(name=one.name, value=one.value) for one in intercept.headers),
        path=_path(intercept),
        preview=_preview(wanted_preview(intercept.preview)),
        everything=intercept.is_global is True and not intercept.is_filtered,
        handler=intercept.handler or "",
        handler_environment=handler.variables if handler else {},
        left_out=tuple(left_out(specification, connection, intercept)),
        connection=ConnectionWanted(
            context=connection.context or "",
            namespace=connection.namespace or "",
            manager_namespace=connection.manager_namespace or "",
            kubeconfig=connection.kubeconfig or "",
            kube_flags=tuple(KubeFlag(name=name, value=value) for name, value in connection.kube_flags.items()),
        ),
    )


def _preview(wanted: SpecifiedPreview | None) -> Preview | None:
    if wanted is None:
        return None
    ingress = wanted.ingress
    return Preview(
        banner=wanted.banner,
        ingress=PreviewIngress(host=ingress.host, port=ingress.port, tls=ingress.tls, l5host=ingress.l5host or "")
        if ingress is not None
        else None,
    )


def _path(intercept: Intercept) -> PathFilter | None:
    if intercept.path_equal is not None:
        return PathFilter(kind="equal", value=intercept.path_equal)
    if intercept.path_prefix is not None:
        return PathFilter(kind="prefix", value=intercept.path_prefix)
    if intercept.path_regexp is not None:
        return PathFilter(kind="regex", value=intercept.path_regexp)
    return None


def _documents(text: str) -> Iterator[Mapping[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for document in yaml.load_all(text, Loader=loader):
            root = _mapping(document)
            items = root.get("items") if root.get("kind") == "List" else None
            yield from map(_mapping, items) if isinstance(items, list) else [root]
    except yaml.YAMLError:
        # What stands before the error was read.
        return


def _ports(workload: Mapping[str, Any], services: Sequence[Mapping[str, Any]]) -> Sequence[TargetPort]:
    """Without a service of the same file that leads there, a container port is asked for as such: what the cluster's
    services call it is not known, and a service's port of that name or number may lead elsewhere."""
    template = _template(workload)
    labels = _mapping(_mapping(template.get("metadata")).get("labels"))
    behind = [ports for one in services if selects(one, labels) and (ports := _service_ports(one))]
    leading = [port for ports in behind for port in ports]
    declared = list(_declared(template))
    offered: list[TargetPort] = []
    for number, name in declared:
        called = next((_called(one) for one in leading if one.target in (number, name)), "")
        asked = called or f"{CONTAINER_PORT}{number}"
        offered.append(TargetPort(port=number, service=asked, name=called or name or str(number)))
    numbers = {number for number, _ in declared}
    if declared:
        # Containers need not declare the ports that they listen on: one may be meant to which only a service leads.
        others = {one.target: _called(one) for one in leading if isinstance(one.target, int)}
        offered += [
            TargetPort(port=number, service=called, name=called)
            for number, called in others.items()
            if number not in numbers
        ]
    if len(offered) == 1 and behind and all(len(ports) == 1 and ports[0].target in declared[0] for ports in behind):
        # The services' only port is meant, whatever it is called in the cluster.
        return [replace(offered[0], service="")]
    return offered


def _declared(template: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Number and name of the containers' TCP ports."""
    for container in _list(_mapping(template.get("spec")).get("containers")):
        for port in _list(_mapping(container).get("ports")):
            described = _mapping(port)
            number = described.get("containerPort")
            if isinstance(number, int) and described.get("protocol", "TCP") == "TCP":
                yield number, str(described.get("name", ""))


def _service_ports(service: Mapping[str, Any]) -> Sequence[ServicePort]:
    try:
        return [port for port in service_ports(service) if port.protocol == "TCP"]
    except (TypeError, ValueError, AttributeError):  # a port that is no mapping, a number that is none
        return []


def _called(port: ServicePort) -> str:
    return port.name or str(port.number)


def _template(workload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Labels and containers of the pods."""
    if workload.get("kind") == "Pod":
        return workload
    spec = _mapping(workload.get("spec"))
    if workload.get("kind") == "CronJob":
        spec = _mapping(_mapping(spec.get("jobTemplate")).get("spec"))
    return _mapping(spec.get("template"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
