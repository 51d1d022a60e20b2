"""The HAProxy of an agent that died: it goes on serving, and the next agent has to end it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Collection
from pathlib import Path
from typing import Final

PROGRAM: Final = "haproxy"
_PID_FILE: Final = "haproxy.pid"


def stop_former(run_directory: Path, *, ours: Collection[int] = ()) -> None:
    """Have it take no more connections and serve what it has begun; processes that are ``ours`` go on."""
    with contextlib.suppress(OSError, ValueError):
        found = int((run_directory / _PID_FILE).read_text())
        if found not in ours and Path(f"/proc/{found}/comm").read_text().strip() == PROGRAM:
            os.kill(found, signal.SIGUSR1)


def remember(run_directory: Path, process: int) -> None:
    """For the agent after this one. Raises OSError."""
    (run_directory / _PID_FILE).write_text(str(process))
