"""Runs the program that stands after ``--``, with its environment, and passes signals and status on."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from types import FrameType

from telelens_daemons.errors import UserError

FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def check_program(command: Sequence[str]) -> None:
    """Before anything is done for it: whether there is such a program. Raises UserError."""
    import shutil

    if not command:
        raise UserError("there is no program after --", hint="like: -- python app.py", code="usage")
    if shutil.which(command[0]) is None:
        where = "there is no such file, or it may not be run" if os.sep in command[0] else "it is not on PATH"
        raise UserError(
            f"cannot run {command[0]}: {where}", hint="give a program that runs here after --", code="usage"
        )


class Program:
    """A child process in our own process group: Ctrl-C reaches it by the terminal, the other signals by us."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        try:
            self._process = subprocess.Popen(list(command), env=dict(environment))
        except OSError as error:
            raise UserError(
                f"cannot run {command[0]}: {(error.strerror or str(error)).lower()}", code="program"
            ) from error

    def end(self) -> None:
        """Ask it to end."""
        if self._process.poll() is None:
            self._process.terminate()

    def wait(self) -> int:
        """Wait for its end; return its exit status, 128 + N when signal N ended it, as shells do."""
        with_handlers = {number: signal.getsignal(number) for number in (*FORWARDED, signal.SIGINT)}
        try:
            for number in FORWARDED:
                signal.signal(number, self._forward)
            # The program decides what Ctrl-C means; we end when it has ended.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            status = self._process.wait()
        finally:
            for number, handler in with_handlers.items():
                signal.signal(number, handler)
        return status if status >= 0 else 128 - status

    def _forward(self, number: int, frame: FrameType | None) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)
