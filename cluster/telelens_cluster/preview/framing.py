"""Headers that say how one connection is used: a gateway has its own for each of its two (RFC 9110, section 7.6)."""

from __future__ import annotations

from typing import Final

_OF_ONE_CONNECTION: Final = frozenset(
    {
        "connection",
        "expect",
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


def is_of_one_connection(name: str) -> bool:
    """``name`` in lower case."""
    return name in _OF_ONE_CONNECTION or name.startswith(_OF_WEBSOCKETS)
