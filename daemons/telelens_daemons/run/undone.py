"""When a run that was cancelled is over: the cancelled call cannot tell, the daemon's state does."""

from __future__ import annotations

import os
from collections.abc import Collection

from telelens_schemas.wire.daemon_pb2 import StatusReply

UNDONE_SECONDS = 20.0
UNDONE_PAUSE = 0.05


def is_undone(status: StatusReply, *, intercepts: Collection[str], pids: Collection[int], was_connected: bool) -> bool:
    """Whether nothing is left of a run: UIDs of its ``intercepts``, ``pids`` of its handlers, its connection."""
    left = any(info.uid in intercepts for info in status.intercepts)
    connected = bool(status.connection.session_uid) and not was_connected
    return not left and not connected and not any(_is_alive(pid) for pid in pids)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
