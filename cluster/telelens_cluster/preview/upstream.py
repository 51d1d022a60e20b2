"""Where the requests of a preview URL go, and what they get on their way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telelens_schemas.errors import SchemasError
from telelens_schemas.matching import PatternError
from telelens_schemas.matching.sampling import ALIASES, Request, sample_request, takes
from telelens_schemas.resources import HeaderMatch, Intercept, Match
from telelens_schemas.resources.intercept import HOST_PATTERN

from telelens_cluster.preview.framing import is_of_one_connection

_SERVICE: Final = re.compile(
    r"(?P<name>[a-z]([-a-z0-9]{0,61}[a-z0-9])?)"
    r"(\.(?P<namespace>[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.svc(\.[-a-z0-9.]+)?)?)?\.?"
)
_COOKIE: Final = "cookie"


class NoPreview(SchemasError):
    """The intercept can have no preview URL; the text says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A header that the intercept matches."""

    name: str
    match: Match
    samples: tuple[str, ...]

    def given(self, sent: list[str]) -> list[str]:
        """What is sent on in place of what a visitor sent: the same where it will do, with a cookie more where that
        will do."""
        if sent and self._takes(sent):
            return sent
        joined = ["; ".join([*sent, *self.samples])]
        return joined if sent and self.name == _COOKIE and self._takes(joined) else list(self.samples)

    def _takes(self, values: list[str]) -> bool:
        return takes(self.match, Request("GET", "/", tuple((self.name, value) for value in values)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A port of a Service, and the headers that the intercept matches."""

    service: str
    namespace: str
    port: int
    tls: bool
    host: str
    """What requests ask for, with its port where that is not the scheme's own."""
    headers: tuple[Wanted, ...]

    @property
    def scheme(self) -> str:
        """Of requests to it."""
        return "https" if self.tls else "http"


def upstream_of(intercept: Intercept) -> Upstream:
    """By the intercept's own service, or by the ingress that is asked for. Raises NoPreview."""
    spec, status = intercept.spec, intercept.status
    namespace = intercept.metadata.namespace or ""
    headers = _headers(intercept)
    ingress = spec.preview.ingress if spec.preview else None
    if ingress is None:
        if not status.service or not status.ports or not status.ports[0].service_port:
            raise NoPreview("no Service leads to the intercepted port: say where requests enter (ingress)")
        port = status.ports[0].service_port
        host = f"{status.service}.{namespace}"
        return _upstream(status.service, namespace, port, tls=False, host=host, headers=headers)
    found = _SERVICE.fullmatch(ingress.host)
    if found is None:
        raise NoPreview(f"the ingress {ingress.host} is no name of a Service, like NAME or NAME.NAMESPACE")
    return _upstream(
        found["name"],
        found["namespace"] or namespace,
        ingress.port,
        tls=ingress.tls,
        host=ingress.l5host or ingress.host,
        headers=headers,
    )


def _upstream(
    service: str, namespace: str, port: int, *, tls: bool, host: str, headers: tuple[Wanted, ...]
) -> Upstream:
    matched = next((one.samples[0] for one in headers if one.name == "host"), "")
    asked = matched or (host if port == (443 if tls else 80) or ":" in host else f"{host}:{port}")
    if not re.fullmatch(HOST_PATTERN, asked):
        raise NoPreview(f"no browser asks for the host {asked!r}")
    others = tuple(one for one in headers if one.name != "host")
    return Upstream(service=service, namespace=namespace, port=port, tls=tls, host=asked, headers=others)


def _headers(intercept: Intercept) -> tuple[Wanted, ...]:
    match = intercept.spec.match
    try:
        request = sample_request(match)
    except PatternError as error:
        raise NoPreview(f"its filter cannot be read: {error}") from error
    if request is None:
        raise NoPreview("no request is known that its filter takes")
    samples: dict[str, list[str]] = {}
    for name, value in request.headers:
        samples.setdefault(name, []).append(value)
    if refused := next((name for name in samples if name == "content-length" or is_of_one_connection(name)), ""):
        raise NoPreview(f"its filter asks for {refused}, which each connection has for itself")
    asked = match.headers if match else ()
    return tuple(Wanted(name, Match(headers=_of(name, asked)), tuple(values)) for name, values in samples.items())


def _of(name: str, headers: tuple[HeaderMatch, ...]) -> tuple[HeaderMatch, ...]:
    return tuple(one for one in headers if ALIASES.get(one.name.lower(), one.name.lower()) == name)
