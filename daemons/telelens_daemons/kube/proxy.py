"""Which proxy leads to an API server: the kubeconfig's, else the one of HTTPS_PROXY and NO_PROXY, as Go reads them."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from telelens_daemons.kube.errors import KubeconfigError


def proxy_for(server: str, *, proxy_url: str, environment: Mapping[str, str]) -> str | None:
    """Return the proxy's URL or None. Raises KubeconfigError for a kind that is not spoken here."""
    proxy = proxy_url or _from_environment(server, environment)
    if not proxy:
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise KubeconfigError(
            f"the proxy {_without_password(proxy)} is of a kind that is not supported",
            hint="use an http:// or https:// proxy",
        )
    return proxy


def _from_environment(server: str, environment: Mapping[str, str]) -> str:
    parts = urlsplit(server)
    name = "https_proxy" if parts.scheme == "https" else "http_proxy"
    proxy = environment.get(name) or environment.get(name.upper()) or ""
    excluded = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    host = parts.hostname or ""
    if not proxy or host == "localhost" or _is_loopback(host) or is_excluded(host, parts.port, excluded):
        return ""
    return proxy


def is_excluded(host: str, port: int | None, no_proxy: str) -> bool:
    """Whether a NO_PROXY list (``*``, names and subdomains, addresses, CIDRs, perhaps with ports) holds the host."""
    for entry in (item.strip().lower() for item in no_proxy.split(",")):
        if not entry:
            continue
        if entry == "*":
            return True
        name, _, entry_port = entry.rpartition(":")
        if name and entry_port.isdigit() and ":" not in name:
            if port is not None and int(entry_port) != port:
                continue
            entry = name
        if _holds(entry, host.lower()):
            return True
    return False


def _holds(entry: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        suffix = entry.removeprefix("*").removeprefix(".")
        return host.endswith(f".{suffix}") or (host == suffix and not entry.startswith("."))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_password(proxy: str) -> str:
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.hostname}"
