"""Whether the program on this workstation speaks the version of HTTP that requests of an intercept come in."""

from __future__ import annotations

import asyncio

from telelens_schemas.matching.http2 import question, understood
from telelens_schemas.resources import Intercept, Mechanism

SECONDS = 1.0
_NAMES = {True: "HTTP/2", False: "HTTP/1.1"}


async def differing_versions(intercept: Intercept) -> list[str]:
    """One line for each port whose program answers otherwise than the service; who is absent differs in nothing."""
    if intercept.spec.mechanism is not Mechanism.HTTP:
        return []
    lines = []
    for asked, resolved in zip(intercept.spec.ports, intercept.status.ports, strict=False):
        if resolved.http2 is None:
            continue
        local = await _speaks_http2(asked.local_host, asked.local_port)
        if local is not None and local is not resolved.http2:
            lines.append(
                f"port {resolved.service_port_name or resolved.service_port} of {intercept.status.service} speaks"
                f" {_NAMES[resolved.http2]}, the program on {asked.local_host}:{asked.local_port} {_NAMES[local]}:"
                " it will not understand requests in the other version"
            )
    return lines


async def _speaks_http2(host: str, port: int) -> bool | None:
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(question())
                return understood(await reader.readexactly(9))
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
