"""When a run that was cancelled is over: the cancelled call cannot tell, the daemon's state does."""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection

from telelens_schemas.wire.daemon_pb2 import StatusReply

UNDONE_SECONDS = 20.0
UNDONE_PAUSE = 0.05


def new_holder() -> str:
    """A name, for ``ConnectRequest.holder``, by which a run knows its own hold on a connection that others may use."""
    return f"run {uuid.uuid4()}"


def is_undone(status: StatusReply, *, intercepts: Collection[str], pids: Collection[int], holder: str) -> bool:
    """Whether nothing is left of a run: UIDs of its ``intercepts``, ``pids`` of its handlers, its hold on the
    connection, which goes last, and where nobody else has one with the connection."""
    left = any(info.uid in intercepts for info in status.intercepts)
    held = holder in status.connection.holders
    return not left and not held and not any(_is_alive(pid) for pid in pids)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
