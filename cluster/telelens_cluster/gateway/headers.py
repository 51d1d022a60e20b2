"""What becomes of headers on their way through a gateway (RFC 9110, section 7.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from telelens_cluster.preview.upstream import Upstream

Headers = Iterable[tuple[str, str]]
_OF_ONE_CONNECTION: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_OF_WEBSOCKETS: Final = "sec-websocket-"
"""Each of the two connections has its own."""


def forwarded(headers: Headers, upstream: Upstream, *, host: str, scheme: str, remote: str) -> list[tuple[str, str]]:
    """Of a request to the upstream: what the intercept matches is set, whatever was sent under these names."""
    received = list(headers)
    set_here = {name for name, _ in upstream.headers} | {"host", "x-forwarded-host"}
    kept = [(name, value) for name, value in _end_to_end(received) if name.lower() not in set_here]
    given = {name.lower(): value for name, value in kept}
    kept = [(name, value) for name, value in kept if name.lower() not in ("x-forwarded-for", "x-forwarded-proto")]
    before = given.get("x-forwarded-for")
    return [
        *kept,
        *upstream.headers,
        ("Host", upstream.host),
        ("X-Forwarded-For", f"{before}, {remote}" if before else remote),
        ("X-Forwarded-Host", host),
        ("X-Forwarded-Proto", given.get("x-forwarded-proto", scheme)),
    ]


def returned(headers: Headers, upstream: Upstream) -> Iterator[tuple[str, str]]:
    """Of the answer. Where it leads to the upstream by its name in the cluster, it leads to the preview instead. Who
    follows a link elsewhere does not tell there what the preview is called, nor do search engines."""
    origin = f"{upstream.scheme}://{upstream.host}"
    for name, value in _end_to_end(list(headers)):
        lower = name.lower()
        if lower == "location" and (value == origin or value.startswith((f"{origin}/", f"{origin}?"))):
            rest = value.removeprefix(origin)
            yield name, rest if rest.startswith("/") else f"/{rest}"
        elif lower not in ("referrer-policy", "x-robots-tag"):
            yield name, value
    yield "Referrer-Policy", "same-origin"
    yield "X-Robots-Tag", "noindex"


def _end_to_end(headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    named = {
        word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
    }
    for name, value in headers:
        lower = name.lower()
        if lower not in _OF_ONE_CONNECTION and lower not in named and not lower.startswith(_OF_WEBSOCKETS):
            yield name, value
