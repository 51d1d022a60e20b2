"""What two ends say to each other first, and whether they can talk."""

from __future__ import annotations

from typing import Final

from telelens_schemas.wire.errors import IncompatibleVersions
from telelens_schemas.wire.tunnel_pb2 import Hello

PROTOCOL: Final = 1
OLDEST_PROTOCOL: Final = 1


def make_hello(version: str, *, capabilities: tuple[str, ...] = ()) -> Hello:
    """A Hello without identity; ``version`` is the distribution's, for messages to people."""
    return Hello(protocol=PROTOCOL, oldest_protocol=OLDEST_PROTOCOL, version=version, capabilities=list(capabilities))


def negotiate(mine: Hello, theirs: Hello) -> int:
    """The protocol version both will speak. Raises IncompatibleVersions, naming the end that is too old."""
    version = min(mine.protocol, theirs.protocol)
    if version >= max(mine.oldest_protocol, theirs.oldest_protocol):
        return version
    if theirs.protocol < mine.oldest_protocol:
        old, new = theirs.version or "unknown", mine.version
        raise IncompatibleVersions(f"the other end ({old}) is too old for this one ({new}): upgrade the other end")
    raise IncompatibleVersions(
        f"this end ({mine.version}) is too old for the other ({theirs.version or 'unknown'}): upgrade this end"
    )
