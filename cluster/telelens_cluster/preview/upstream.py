"""Where the requests of a preview URL go, and what they get on their way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telelens_schemas.errors import SchemasError
from telelens_schemas.matching import PatternError
from telelens_schemas.matching.sampling import sample_request
from telelens_schemas.resources import Intercept

_SERVICE: Final = re.compile(
    r"(?P<name>[a-z]([-a-z0-9]{0,61}[a-z0-9])?)"
    r"(\.(?P<namespace>[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.svc(\.[-a-z0-9.]+)?)?)?\.?"
)


class NoPreview(SchemasError):
    """The intercept can have no preview URL; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A port of a Service, and the headers that the intercept matches."""

    service: str
    namespace: str
    port: int
    tls: bool
    host: str
    """What requests ask for, with its port where that is not the scheme's own."""
    headers: tuple[tuple[str, str], ...]

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
    service: str, namespace: str, port: int, *, tls: bool, host: str, headers: tuple[tuple[str, str], ...]
) -> Upstream:
    asked = dict(headers).get("host") or (host if port == (443 if tls else 80) else f"{host}:{port}")
    others = tuple((name, value) for name, value in headers if name != "host")
    return Upstream(service=service, namespace=namespace, port=port, tls=tls, host=asked, headers=others)


def _headers(intercept: Intercept) -> tuple[tuple[str, str], ...]:
    try:
        request = sample_request(intercept.spec.match)
    except PatternError as error:
        raise NoPreview(f"its filter cannot be read: {error}") from error
    if request is None:
        raise NoPreview("no request is known that its filter takes")
    return request.headers
