"""Names of headers by which requests are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from telelens_schemas.names import PERSONAL_HEADER

from telelens_server.cluster.records import InterceptRecord
from telelens_server.names import Name

COMMON: Final = (
    Name(PERSONAL_HEADER, "this intercept's own, with the value auto"),
    Name("x-user-id", "common"),
    Name("x-tenant-id", "common"),
    Name("authorization", "common"),
    Name("baggage", "common: W3C Baggage, handed on by many tracers"),
    Name("cookie", "common"),
    Name("user-agent", "common"),
    Name("x-forwarded-user", "common: set by authenticating proxies"),
    Name(":authority", "the host that the caller asked for"),
    Name(":method", "of the request"),
    Name(":path", "of the request"),
)


def header_names(intercepts: Iterable[InterceptRecord]) -> Iterator[Name]:
    """Those that intercepts there use, and then those that are common."""
    users: dict[str, list[str]] = {}
    for one in intercepts:
        for name in one.headers:
            users.setdefault(name.lower(), []).append(one.name)
    for name, using in sorted(users.items()):
        if name != PERSONAL_HEADER:
            yield Name(name, f"used by intercept {', '.join(sorted(set(using))[:3])}")
    yield from (one for one in COMMON if one.name not in users or one.name == PERSONAL_HEADER)
