"""Several connections: which one each workload, and each compose service, belongs to."""

from __future__ import annotations

from telelens_schemas.specification.checks.where import Named, trail_of
from telelens_schemas.specification.edits import removal_of
from telelens_schemas.specification.entries import entry_fix
from telelens_schemas.specification.models import Compose, Handler, Specification, Workload
from telelens_schemas.specification.nodes import as_text, is_empty
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.reader import Reader
from telelens_schemas.suggestions import closest, did_you_mean

_MOST_OFFERED = 5


def check_prefixes(specification: Specification, reader: Reader, *, is_whole: bool) -> None:
    """Where there are ``connections``, a workload's name begins with one of them; else with none."""
    several = "connections" in specification.source.places
    names = [one.name for one in specification.connections if one.name]
    may_be_incomplete = not is_whole or (several and not names) or len(names) < len(specification.connections)
    if several:
        _check_not_empty(specification, reader)
    for workload in specification.workloads:
        if several and names:
            _check_prefix(workload, names, reader, may_be_incomplete=may_be_incomplete)
        elif not several and workload.connection is not None:
            _refuse_prefix(workload, reader)
    taking = {intercept.handler for _, intercept in specification.enabled}
    for handler in specification.handlers:
        if handler.docker is not None and handler.docker.compose is not None:
            _check_compose(handler, handler.docker.compose, specification, reader, is_whole=not may_be_incomplete)
        if several and handler.name in taking:
            _check_isolated(handler, reader)


def _check_not_empty(specification: Specification, reader: Reader) -> None:
    place = specification.source.places["connections"]
    if is_empty(place.value_node):
        reader.add(
            Code.BAD_VALUE,
            '"connections" is empty: list those that there are, each with a name, or leave the key out',
            place.key,
            trail_of(specification.source).to(".connections"),
            choices=removal_of(place),
        )


def _check_prefix(workload: Workload, names: list[str], reader: Reader, *, may_be_incomplete: bool) -> None:
    named = Named(workload.name, workload.source)
    prefix = workload.connection
    if not workload.name:
        return
    if prefix is None:
        offered = tuple(
            (f"Change to {name}/{workload.name}", ((named.range, f"{name}/{workload.name}"),))
            for name in names[:_MOST_OFFERED]
        )
        reader.add(
            Code.MISSING_PREFIX,
            f'"{workload.name}" does not say by which of the connections: write {names[0]}/{workload.name}',
            named.range,
            named.trail,
            fixes=offered if len(names) == 1 else (),
            choices=offered if len(names) > 1 else (),
        )
    elif prefix not in names and not may_be_incomplete:
        reader.add(
            Code.UNDEFINED_CONNECTION,
            f'there is no connection "{prefix}": {did_you_mean(prefix, names) or "there are none"}',
            named.first(len(prefix)),
            named.trail,
            replacement=closest(prefix, names),
        )


def _refuse_prefix(workload: Workload, reader: Reader) -> None:
    named = Named(workload.name, workload.source)
    reader.add(
        Code.SUPERFLUOUS_PREFIX,
        f'"{workload.connection}/" names a connection, which needs "connections": write "{workload.bare_name}"',
        named.range,
        named.trail,
        replacement=workload.bare_name,
    )


def _check_compose(
    handler: Handler, compose: Compose, specification: Specification, reader: Reader, *, is_whole: bool
) -> None:
    several = "connections" in specification.source.places
    names = [one.name for one in specification.connections if one.name]
    if not several and specification.connection is not None and specification.connection.name:
        names = [specification.connection.name]
    for service in compose.described:
        if service.connection is None:
            if several and service.behavior == "interceptHandler" and "connection" not in service.source.places:
                reader.add(
                    Code.HANDLER_NOT_ISOLATED,
                    f'"{service.name or handler.name}" takes traffic and does not say of which of the connections:'
                    ' add "connection"',
                    service.source.value_range("behavior"),
                    trail_of(service.source).to(".behavior"),
                    choices=tuple(
                        fix
                        for name in _users_first(names, handler, specification)[:_MOST_OFFERED]
                        for fix in entry_fix(
                            f'Add "connection: {name}"', service.source.node, "connection", as_text(name)
                        )
                    ),
                )
        elif service.connection not in names and is_whole:
            named = Named(service.connection, service.source, "connection")
            reader.add(
                Code.UNDEFINED_CONNECTION,
                f'there is no connection "{named.name}": {did_you_mean(named.name, names) or "none has a name"}',
                named.range,
                named.trail,
                replacement=closest(named.name, names),
            )


def _users_first(names: list[str], handler: Handler, specification: Specification) -> list[str]:
    """The connections, first those of workloads that the handler takes."""
    using = {workload.connection for workload, intercept in specification.enabled if intercept.handler == handler.name}
    return sorted(names, key=lambda name: name not in using)


def _check_isolated(handler: Handler, reader: Reader) -> None:
    """A script runs in a network of its connection's own; what the user starts does so only in a container."""
    external = handler.external
    if external is not None and not external.is_docker and "isDocker" not in external.source.places:
        place = handler.source.places["external"]
    elif external is not None and not external.is_docker:
        place = external.source.places["isDocker"]
    else:
        return
    reader.add(
        Code.HANDLER_NOT_ISOLATED,
        f'the handler "{handler.name}" cannot serve one of several connections: each has a network of its own, and'
        ' what is started outside of a container is in none (write "isDocker: true", or use script or docker)',
        place.key,
        trail_of(handler.source).to(".external"),
        choices=entry_fix('Write "isDocker: true"', external.source.node, "isDocker", "true"),
    )
