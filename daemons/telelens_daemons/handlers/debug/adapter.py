"""debugpy's adapter for an editor, so that nothing of a debugged program survives the editor or the adapter.

A program of its own: ``python -m telelens_daemons.handlers.debug.adapter``; it speaks the debug adapter protocol on
standard input and output. The adapter by itself leaves the program behind, stopped at its breakpoint and on its port,
when somebody kills the editor.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

import psutil

from telelens_daemons.handlers.supervisor import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl

GRACE_SECONDS = 2.0
CHECK_SECONDS = 0.05


class _Ended(Exception):
    """The editor is gone, or wants us to end."""


def main() -> int:
    """Return the adapter's exit status once it and everything that it started is gone."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    adapter = subprocess.Popen([sys.executable, "-P", "-m", "debugpy.adapter"])
    try:
        return adapter.wait()
    except _Ended:
        return 0
    finally:
        _end_descendants()


def _end(_: int, __: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _Ended


def _end_descendants() -> None:
    """Gently, then by force. A program that is stopped at a breakpoint hears nothing gentle."""
    deadline = time.monotonic() + GRACE_SECONDS
    asked: set[psutil.Process] = set()
    while left := psutil.Process().children(recursive=True):
        overdue = time.monotonic() > deadline
        for process in left:
            with suppress(psutil.NoSuchProcess):
                if overdue:
                    process.kill()
                elif process not in asked:
                    process.terminate()
        asked.update(left)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(CHECK_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
