"""The console script: decides what Ctrl-C means before anything is imported that takes its time."""

from __future__ import annotations

import os
import signal
from types import FrameType

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def main() -> None:
    """Run ``telelens``."""
    # Where it is ignored already (a shell's background), it stays so.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    from telelens_daemons.cli.main import main as run

    run()


def end_at_once(number: int, frame: FrameType | None) -> None:
    """While a command has not begun, or has ended, there is nothing to undo: half an import needs no unwinding."""
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)
