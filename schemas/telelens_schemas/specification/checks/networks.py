"""Handlers that would listen on one port of one network."""

from __future__ import annotations

from itertools import product

from telelens_schemas.specification.checks.traffic import is_not_judged
from telelens_schemas.specification.checks.unread import local_port_is_known
from telelens_schemas.specification.checks.where import Named, first_line
from telelens_schemas.specification.models import Handler, Intercept, Specification, Workload
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.reader import Reader

_HIGHEST = 65535


def check_local_ports(specification: Specification, reader: Reader) -> None:
    """Containers of a connection share a network, everything else that of the workstation, or, with several
    connections, of its connection."""
    handlers = {handler.name: handler for handler in specification.handlers}
    several = "connections" in specification.source.places
    taken: dict[tuple[bool, str | None, int], tuple[Workload, Intercept]] = {}
    ports = {intercept.local_port for _, intercept in specification.enabled}
    for workload, intercept in specification.enabled:
        handler = handlers.get(intercept.handler or "")
        network = (_is_container(handler), workload.connection if several else None, intercept.local_port)
        owner, first = taken.setdefault(network, (workload, intercept))
        if first is intercept or is_not_judged(intercept) or not local_port_is_known(intercept):
            continue
        if not local_port_is_known(first):
            taken[network] = (workload, intercept)
            continue
        where, there = specification.namespace_of(workload), specification.namespace_of(owner)
        is_same = (owner.name, there) == (workload.name, where)
        if is_same and first.handler == intercept.handler and first.is_filtered and intercept.is_filtered:
            continue
        if _is_compose(handler) and first.handler == intercept.handler:
            continue  # its services are containers of their own
        _add(first, intercept, ports, reader)
    _check_published(specification, {key[1:]: one for key, (_, one) in taken.items() if not key[0]}, reader)


def _check_published(
    specification: Specification, listening: dict[tuple[str | None, int], Intercept | Handler], reader: Reader
) -> None:
    """Ports of containers that are published, and those of debuggers, are the workstation's, too. Takes them into
    ``listening``."""
    publishing = [
        *(
            (one, one.docker.source, "ports", one.docker.ports, "publish another one")
            for one in specification.handlers
            if one.docker is not None and one.docker.ports
        ),
        *(
            (one, one.debug.source, "port", (one.debug.port,), "give the debugger another one, or none")
            for one in specification.handlers
            if one.debug is not None and one.debug.port and one.docker is None
        ),
    ]
    several = "connections" in specification.source.places
    networks: dict[str | None, dict[str | None, None]] = {}
    for workload, intercept in specification.enabled if publishing else ():
        networks.setdefault(intercept.handler, {})[workload.connection if several else None] = None
    for handler, source, key, ports, mend in publishing:
        where = Named("", source, key)
        for network, port in product(networks.get(handler.name, ()), ports):
            other = listening.setdefault((network, port), handler)
            if other is handler:
                continue
            name = other.name if isinstance(other, Handler) else other.handler or other.name
            place = first_line(other.source.range)
            reader.add(
                Code.SAME_LOCAL_PORT,
                f'"{name}" listens on local port {port} already (line {place.line}): {mend}',
                first_line(where.range),
                where.trail,
                related=((place, f'of "{name}"'),),
            )


def _is_container(handler: Handler | None) -> bool:
    if handler is None:
        return False
    return handler.docker is not None or (handler.external is not None and handler.external.is_docker)


def _is_compose(handler: Handler | None) -> bool:
    return handler is not None and handler.docker is not None and handler.docker.compose is not None


def _add(first: Intercept, later: Intercept, ports: set[int], reader: Reader) -> None:
    key = next((one for one in ("localPort", "handler") if one in later.source.places), "name")
    where = Named("", later.source, key)
    other_key = next((one for one in ("localPort", "handler") if one in first.source.places), "")
    other = first.source.value_range(other_key) if other_key else first_line(first.source.range)
    by_handler = first.handler is not None and first.handler != later.handler
    who = f'the handler "{first.handler}" listens' if by_handler else "another intercept arrives"
    free = later.local_port + 1
    while free in ports and free < _HIGHEST:
        free += 1
    place = later.source.places.get("localPort")
    is_own = place is not None and place.value != other and free not in ports
    reader.add(
        Code.SAME_LOCAL_PORT,
        f'{who} on local port {later.local_port} already (line {other.line}): give this one another "localPort"',
        # A key that was merged in stands where the other one's does.
        first_line(where.range if where.range != other else later.source.range),
        where.trail,
        related=((other, f'of "{first.handler}"' if first.handler else "the other one"),),
        fixes=((f"Change to {free}", ((place.value, str(free)),)),) if is_own and place is not None else (),
    )
