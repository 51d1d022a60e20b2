"""Whether the program on this workstation speaks the version of HTTP that requests of an intercept come in."""

from __future__ import annotations

import asyncio

from telelens_schemas.matching.http2 import question, understood
from telelens_schemas.resources import Intercept, InterceptPort, Mechanism

SECONDS = 1.0
LISTENED_SECONDS = 0.15
"""Most servers of HTTP/2 alone speak first, gRPC's all, and on this workstation at once; of one that waits for the
preface (RFC 9113, 3.4 leaves it to them) nothing is said. Not for longer: one that serves a connection at a time serves
this one meanwhile."""
_NAMES = {True: "HTTP/2", False: "HTTP/1.1"}


async def differing_versions(intercept: Intercept) -> list[str]:
    """One line for each port whose program answers otherwise than the service; who is absent differs in nothing."""
    if intercept.spec.mechanism is not Mechanism.HTTP:
        return []
    status = intercept.status
    ports = [one for one in zip(intercept.spec.ports, status.ports, strict=False) if one[1].http2 is not None]
    answers = await asyncio.gather(*(_speaks_http2(asked, asks=bool(port.http2)) for asked, port in ports))
    return [
        f"port {port.service_port_name or port.service_port} of {status.service} speaks"
        f" {_NAMES[bool(port.http2)]}, the program on {asked.local_host}:{asked.local_port} {_NAMES[local]}:"
        " it will not understand requests in the other version"
        for (asked, port), local in zip(ports, answers, strict=True)
        if local is not None and local is not port.http2
    ]


async def _speaks_http2(port: InterceptPort, *, asks: bool) -> bool | None:
    """What is asked in HTTP/2 is an error in the log of a program that does not speak it: only said, without ``asks``,
    where a program speaks first. Who keeps silent then speaks HTTP/1.1, perhaps both."""
    try:
        async with asyncio.timeout(SECONDS if asks else LISTENED_SECONDS):
            reader, writer = await asyncio.open_connection(port.local_host, port.local_port)
            try:
                if asks:
                    writer.write(question())
                return understood(await reader.readexactly(9))
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
