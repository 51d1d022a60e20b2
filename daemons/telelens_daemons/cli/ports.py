"""Reads ``--port LOCAL[:SERVICEPORT][/PROTOCOL]``; for SERVICEPORT, ``container:PORT`` is the one that leads to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telelens_daemons.errors import UserError

EXAMPLES = "like 8080, 8080:http, 8080:80 or 8080:container:9000"
UDP_LATER = "UDP is not delivered yet"
_FORM = re.compile(
    r"(?P<local>\d*)(?::(?P<service>(?:container:)?[A-Za-z0-9][A-Za-z0-9-]*))?(?:/(?P<protocol>[A-Za-z]+))?"
)


@dataclass(frozen=True, slots=True)
class PortFlag:
    """One ``--port``; ``local`` 0: like the service's."""

    local: int
    service: str
    protocol: str


def parse_port(text: str) -> PortFlag:
    """Raises UserError (usage)."""
    match = _FORM.fullmatch(text)
    if match is None or not (match["local"] or match["service"]):
        raise UserError(f'--port "{text}" is not a port mapping', hint=EXAMPLES, code="usage")
    local = int(match["local"] or 0)
    if match["local"] and not 0 < local < 65536:
        raise UserError(f"--port {text}: {local} is not a port", hint="1 to 65535", code="usage")
    protocol = (match["protocol"] or "TCP").upper()
    if protocol == "UDP":
        raise UserError(f"--port {text}: {UDP_LATER}", hint="intercept a TCP port", code="usage")
    if protocol != "TCP":
        raise UserError(f"--port {text}: {protocol} is not a protocol", hint="TCP", code="usage")
    return PortFlag(local=local, service=match["service"] or "", protocol=protocol)
