"""How Linux gives a processor to a process that hands bytes on (sched(7)).

Measured with 32 and 128 connections through one intercept: processes that do not cut off whoever wakes them find more
to do at once when their turn comes, and need up to a fifth less of the processor for each request. A lone request
takes as long as before. On a machine with nothing idle it may wait for the end of another process's turn.
"""

from __future__ import annotations

import contextlib
import os
import sys


def in_batches() -> None:
    """Have this process wait for its turn when it is woken; nothing where that is not to be had. What it starts
    inherits that."""
    if sys.platform == "linux":
        _become(0, os.SCHED_BATCH)


def as_usual(pid: int) -> None:
    """Take back what a process, 0 for this one, has inherited."""
    if sys.platform == "linux":
        _become(pid, os.SCHED_OTHER)


def _become(pid: int, policy: int) -> None:
    # Forbidden by a sandbox, or gone already: it works as well without.
    with contextlib.suppress(OSError):
        os.sched_setscheduler(pid, policy, os.sched_param(0))
