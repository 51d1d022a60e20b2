"""Which requests go to which intercept, as HAProxy is told. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from telelens_schemas.matching.engine import engine_pattern, needed_header
from telelens_schemas.matching.match import rank
from telelens_schemas.matching.parser import PatternError
from telelens_schemas.resources import HeaderMatch, Match, PathKind, PathMatch
from telelens_schemas.wire import tunnel_pb2

from telelens_cluster.agent.configuration import Configuration
from telelens_cluster.agent.http.haproxy_config import EVERY

_KINDS = {
    tunnel_pb2.EQUAL: PathKind.EQUAL,
    tunnel_pb2.PREFIX: PathKind.PREFIX,
    tunnel_pb2.REGEX: PathKind.REGEX,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What HAProxy is to know."""

    patterns: tuple[tuple[str, str], ...] = ()
    """(UID of the intercept, pattern of its requests); the first one that matches counts."""
    headers: frozenset[str] = frozenset()
    """A request without any of these headers matches none of the patterns, unless EVERY is among them."""
    canaries: frozenset[str] = frozenset()
    refused: dict[str, str] = field(default_factory=dict)
    """UID → why its filter cannot be served."""


def filters_of(configuration: Configuration, *, connected: Callable[[str], bool]) -> Filters:
    """Those whose owners can be reached now; without one the application has the request.

    Filters by a personal header come first, then those by other headers, then those by path, method or authority alone,
    then those that take everything; of each kind the older.
    """
    found: list[tuple[int, str, str]] = []
    headers: set[str] = set()
    refused: dict[str, str] = {}
    for intercept in configuration.intercepts:
        if not intercept.http:
            continue
        match = _match(intercept.match)
        try:
            pattern = engine_pattern(match, intercept.tcp_ports)
        except PatternError as error:
            refused[intercept.uid] = error.message
            continue
        if not intercept.away and connected(intercept.session_uid):
            found.append((rank(match), intercept.uid, pattern))
            headers.add(needed_header(match) or EVERY)
    found.sort(key=lambda one: one[0])  # stable: the configuration's order is that of age
    patterns = tuple((uid, pattern) for _, uid, pattern in found)
    return Filters(patterns, frozenset(headers), configuration.canary_sources, refused)


def _match(message: tunnel_pb2.HttpMatch | None) -> Match | None:
    if message is None:
        return None
    path = PathMatch(kind=_KINDS[message.path.kind], value=message.path.value) if message.HasField("path") else None
    headers = tuple(HeaderMatch(name=header.name, regex=header.regex) for header in message.headers)
    return Match(headers=headers, path=path)
