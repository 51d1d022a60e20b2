"""Runs one handler and leaves nothing of it behind, whatever becomes of the daemon.

A program of its own: ``python -I supervisor.py GRACE UMASK PROGRAM ARGUMENT…``. The daemon holds the other end of its
standard input; when that closes, because the daemon asks for it or because it was killed, the handler is ended: SIGTERM
to its process group, SIGTERM to what outlives the first process, and SIGKILL to the rest after GRACE seconds.

It adopts orphans (PR_SET_CHILD_SUBREAPER), so a process that left the group and lost its parent, as debugpy's adapter
does, is still found. It exits as the handler's first process did (128 + signal, as shells say it).
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
from telelens_schemas.scheduling import as_usual

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36
AS_IT_IS = "-"
"""In place of an octal UMASK."""
PROGRAM_NOT_FOUND = 127
KILLED = 128 + signal.SIGKILL
KILLED_SECONDS = 1.0
"""After SIGKILL; what is there then cannot be ended from here."""
CHECK_SECONDS = 0.05
"""How often the end of adopted processes is looked at once the handler is being ended."""


def prctl(option: int, argument: int) -> None:
    """Call Linux's prctl; elsewhere orphans that leave the process group are not found."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0)


class Supervisor:
    """The handler's first process and everything that descends from it."""

    def __init__(self, command: list[str], *, grace: float) -> None:
        self._grace = grace
        self._deadline: float | None = None
        self._terminated: set[psutil.Process] = set()
        self._exit_status: int | None = None
        self._wake, wake_writer = os.pipe()
        for end in (self._wake, wake_writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        # The daemon's own way to wait for a processor is not the handler's.
        as_usual(0)
        self._first = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # Safe: this process has one thread. Covers the supervisor itself being killed with -9.
            preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
        )
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ending, lambda *_: self._begin_end())

    def run(self) -> int:
        """Return the exit status of the handler's first process once all of its processes are gone."""
        watched = [sys.stdin.fileno(), self._wake]
        while True:
            timeout = None if self._deadline is None else CHECK_SECONDS
            ready, _, _ = select.select(watched, [], [], timeout)
            if self._wake in ready:
                os.read(self._wake, 4096)
            if sys.stdin.fileno() in ready and not os.read(sys.stdin.fileno(), 4096):
                watched = [self._wake]
                self._begin_end()
            self._reap()
            if self._killed_long_ago and (rest := self._descendants()):
                pids = ", ".join(str(process.pid) for process in rest)
                print(
                    f"telelens: process {pids} cannot be ended from here and goes on: another user's?", file=sys.stderr
                )
                return KILLED if self._exit_status is None else self._exit_status
            if self._exit_status is not None:
                self._begin_end()
                if self._end_rest():
                    return self._exit_status
            elif self._overdue:
                self._signal_all(signal.SIGKILL)

    @property
    def _overdue(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    @property
    def _killed_long_ago(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline + KILLED_SECONDS

    def _begin_end(self) -> None:
        if self._deadline is None:
            self._deadline = time.monotonic() + self._grace
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._first.pid, signal.SIGTERM)

    def _reap(self) -> None:
        """Take the exit status of every child that ended, adopted ones included."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._first.pid:
                code = os.waitstatus_to_exitcode(status)
                self._exit_status = self._first.returncode = code if code >= 0 else 128 - code

    def _end_rest(self) -> bool:
        """Ask what outlived the first process to end, once each, and insist after the deadline. True: all gone."""
        rest = self._descendants()
        for process in rest:
            if self._overdue or process not in self._terminated:
                self._send(process, signal.SIGKILL if self._overdue else signal.SIGTERM)
                self._terminated.add(process)
        return not rest

    def _signal_all(self, number: signal.Signals) -> None:
        for process in self._descendants():
            self._send(process, number)

    @staticmethod
    def _descendants() -> list[psutil.Process]:
        return psutil.Process().children(recursive=True)

    @staticmethod
    def _send(process: psutil.Process, number: signal.Signals) -> None:
        # What has become another user's (by sudo) cannot be ended from here.
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.send_signal(number)


def main(arguments: list[str]) -> int:
    grace, umask, *command = arguments
    if umask != AS_IT_IS:
        os.umask(int(umask, 8))
    try:
        supervisor = Supervisor(command, grace=float(grace))
    except OSError as error:
        print(f"telelens: cannot start {command[0]}: {error.strerror}", file=sys.stderr)
        return PROGRAM_NOT_FOUND
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
