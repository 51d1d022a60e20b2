"""What becomes of headers on their way through the gateway: its two ends know each other by different names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from telelens_schemas.names import PERSONAL_HEADER

from telelens_cluster.preview.framing import is_of_one_connection
from telelens_cluster.preview.upstream import Upstream

Headers = Iterable[tuple[str, str]]
_OWN: Final = frozenset({"host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", PERSONAL_HEADER})
"""What a visitor has no say in; with the personal header of another intercept one would come to its owner's desk."""
_ORIGINS: Final = frozenset({"origin", "referer"})
_QUIET: Final = frozenset({"no-referrer", "same-origin"})
_DOMAIN: Final = re.compile(r";\s*domain=[^;]*", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, and for what: the preview's host with its port, and the scheme of its domain."""

    host: str
    scheme: str
    remote: str

    @property
    def origin(self) -> str:
        """As a browser says it."""
        return f"{self.scheme}://{self.host}"


def forwarded(headers: Headers, upstream: Upstream, visit: Visit) -> list[tuple[str, str]]:
    """Of a request to the upstream: what the intercept matches is there, whatever was sent under these names."""
    received = list(headers)
    sent: dict[str, list[str]] = {}
    for name, value in received:
        sent.setdefault(_known_as(name), []).append(value)
    set_here = {one.name for one in upstream.headers} | _OWN
    kept = [(name, value) for name, value in _end_to_end(received) if _known_as(name) not in set_here]
    return [
        *((name, _own_origin(name, value, upstream, visit)) for name, value in kept),
        *((one.name, value) for one in upstream.headers for value in one.given(sent.get(one.name, []))),
        ("Host", upstream.host),
        ("X-Forwarded-For", ", ".join([*sent.get("x-forwarded-for", []), visit.remote])),
        ("X-Forwarded-Host", visit.host),
        ("X-Forwarded-Proto", sent.get("x-forwarded-proto", [visit.scheme])[0]),
    ]


def returned(headers: Headers, upstream: Upstream, visit: Visit) -> Iterator[tuple[str, str]]:
    """Of the answer. Where it leads to the upstream by its name in the cluster, it leads to the preview instead; its
    cookies are this preview's and no other's. Who follows a link elsewhere does not tell there what the preview is
    called, nor do search engines."""
    policy = "same-origin"
    for name, value in _end_to_end(list(headers)):
        match name.lower():
            case "location":
                yield name, _redirected(value, upstream, visit)
            case "set-cookie":
                yield name, _DOMAIN.sub("", value)
            case "referrer-policy":
                policy = value if value.strip().lower() in _QUIET else policy
            case "x-robots-tag":
                pass
            case _:
                yield name, value
    yield "Referrer-Policy", policy
    yield "X-Robots-Tag", "noindex"


def _known_as(name: str) -> str:
    """Applications often cannot tell x_user and x-user apart."""
    return name.lower().replace("_", "-")


def _own_origin(name: str, value: str, upstream: Upstream, visit: Visit) -> str:
    """Applications compare it with the Host that they are asked for."""
    if name.lower() in _ORIGINS and (value == visit.origin or value.startswith(f"{visit.origin}/")):
        return f"{upstream.scheme}://{upstream.host}{value.removeprefix(visit.origin)}"
    return value


def _redirected(value: str, upstream: Upstream, visit: Visit) -> str:
    try:
        to, own = urlsplit(value), urlsplit(f"//{upstream.host}")
        if not to.hostname or to.scheme not in ("", *_PORTS) or to.hostname != own.hostname:
            return value
        if to.port not in (None, own.port, _PORTS.get(to.scheme)):
            return value
    except ValueError:
        return value
    return urlunsplit(SplitResult(visit.scheme, visit.host, to.path or "/", to.query, to.fragment))


def _end_to_end(headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    named = {
        word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
    }
    for name, value in headers:
        if not is_of_one_connection(name.lower()) and name.lower() not in named:
            yield name, value
