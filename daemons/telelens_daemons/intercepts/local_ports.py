"""The workstation's side of an intercept: ports that are asked for, and whether somebody listens there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from telelens_schemas.resources import Intercept, InterceptPort, InterceptSpec, Mechanism, Protocol, ResolvedPort
from telelens_schemas.wire.daemon_pb2 import PortMapping
from telelens_schemas.workloads import CONTAINER_PORT

from telelens_daemons.errors import UserError

LOCALHOST = "127.0.0.1"
PROBE_SECONDS = 0.2


def asked_ports(mappings: Sequence[PortMapping]) -> list[InterceptPort]:
    """The ports of a request; none given means the service's only one. Port 0 stands for: like the service's.

    Raises UserError (usage).
    """
    mappings = mappings or [PortMapping()]
    return [
        InterceptPort(
            service_port=mapping.service_port or None,
            local_host=mapping.local_host or LOCALHOST,
            local_port=mapping.local_port,
            protocol=_protocol(mapping.protocol),
        )
        for mapping in mappings
    ]


def with_local_ports(asked: Sequence[InterceptPort], resolved: Sequence[ResolvedPort]) -> tuple[InterceptPort, ...]:
    """Fill in local ports that were not given, and which port of the service leads to a container port.

    Raises UserError when two local ports are the same.
    """
    result = []
    taken: set[tuple[str, int, Protocol]] = set()
    for port, target in zip(asked, resolved, strict=True):
        local_port = port.local_port or target.service_port or target.container_port
        key = (port.local_host, local_port, port.protocol)
        if key in taken:
            raise UserError(
                f"two of the ports lead to {port.local_host}:{local_port}",
                hint="give each its own local port",
                code="port-used",
            )
        taken.add(key)
        result.append(
            InterceptPort(
                service_port=_identifier(port, target),
                local_host=port.local_host,
                local_port=local_port,
                protocol=port.protocol,
            )
        )
    return tuple(result)


def _identifier(asked: InterceptPort, resolved: ResolvedPort) -> str | None:
    """As every manager reads it: an older one knows no container ports."""
    if not (asked.service_port or "").startswith(CONTAINER_PORT):
        return asked.service_port
    return resolved.service_port_name or str(resolved.service_port or resolved.container_port)


def check_free(spec: InterceptSpec, namespace: str, own: Iterable[Intercept]) -> None:
    """Raises UserError when another intercept of this workstation already delivers to one of the ports.

    Several filters of one workload may lead to one program.
    """
    used = {
        (port.local_host, port.local_port, port.protocol): intercept.metadata.name
        for intercept in own
        if not _beside(spec, namespace, intercept)
        for port in intercept.spec.ports
    }
    for port in spec.ports:
        name = used.get((port.local_host, port.local_port, port.protocol))
        if name is not None:
            raise UserError(
                f'{port.local_host}:{port.local_port} already takes the traffic of your intercept "{name}"',
                hint=f"give another local port, or end that one: telelens leave {name}",
                code="port-used",
            )


def _beside(spec: InterceptSpec, namespace: str, other: Intercept) -> bool:
    both_http = spec.mechanism is Mechanism.HTTP and other.spec.mechanism is Mechanism.HTTP
    return both_http and (spec.workload, namespace) == (other.spec.workload, other.metadata.namespace)


async def silent_ports(ports: Iterable[InterceptPort]) -> list[str]:
    """The addresses on which nobody listens (TCP only; UDP cannot be asked)."""
    addresses = [(port.local_host, port.local_port) for port in ports if port.protocol is Protocol.TCP]
    answers = await asyncio.gather(*(_listens(host, port) for host, port in addresses))
    return [f"{host}:{port}" for (host, port), listens in zip(addresses, answers, strict=True) if not listens]


async def _listens(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except ConnectionRefusedError:
        return False
    except (OSError, TimeoutError):
        return True  # Not known; nothing to warn about.
    writer.close()
    return True


def _protocol(text: str) -> Protocol:
    try:
        protocol = Protocol((text or "TCP").upper())
    except ValueError as error:
        raise UserError(f"{text} is not a protocol of ports", hint="TCP", code="usage") from error
    if protocol is not Protocol.TCP:
        raise UserError(f"{protocol.value} is not delivered yet", hint="intercept a TCP port", code="usage")
    return protocol
