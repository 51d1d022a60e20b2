"""What is wrong with addresses, subnets and ports that are written as their patterns want them."""

from __future__ import annotations

import re
from ipaddress import ip_address

_MOST = 65535
_EXPOSED = re.compile(r"(?:(?P<address>\d+(?:\.\d+){3}|\[.*\]):)?(?:(?P<port>\d*):)?(?P<inner>\d+)(?:/\w+)?")


def subnet_fault(text: str) -> str | None:
    """Of ``10.0.0.0/8``; host bits may be set. ``None``: nothing."""
    address, _, bits = text.partition("/")
    try:
        most = ip_address(address).max_prefixlen
    except ValueError:
        return f"{address} is no IP address"
    return f"{address} has {most} bits" if bits and int(bits) > most else None


def via_fault(text: str) -> str | None:
    """Of ``10.0.0.0/8=workload``. What is named before the sign need not be a subnet: ``also=workload``."""
    subnet = text.partition("=")[0]
    return subnet_fault(subnet) if any(one in subnet for one in ".:/") else None


def exposed_fault(text: str) -> str | None:
    """Of ``127.0.0.1:8080:80``. On the host, port 0 is any."""
    found = _EXPOSED.fullmatch(text)
    if found is None:
        return None
    for port, least in ((found["port"] or "0", 0), (found["inner"], 1)):
        if not least <= int(port) <= _MOST:
            return f"{port} is no port (1–{_MOST})"
    address = (found["address"] or "").strip("[]")
    return subnet_fault(address) if address else None
