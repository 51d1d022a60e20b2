"""Starts the daemon when it is needed and waits, on a pipe, until it answers calls."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from telelens_daemons.daemon.lock import LockedError, locked
from telelens_daemons.errors import UserError
from telelens_daemons.places import Places

START_SECONDS = 20
STOP_SECONDS = 20
"""A daemon that was told to end ends its session first."""
STOP_PAUSE_SECONDS = 0.05
LOG_LINES = 15
MEMORY_SETTINGS = {"MALLOC_TRIM_THRESHOLD_": str(1024 * 1024)}
"""glibc gives memory back after a burst: 73 MiB instead of 88 resident after 13 bodies of 20 MiB at once, as fast."""


class DaemonStartError(UserError):
    """The daemon did not come up."""

    code = "daemon-start"


def is_running(places: Places) -> bool:
    """Whether somebody listens on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(places.socket))
        except OSError:
            return False
        return True


def ensure_running(places: Places) -> None:
    """Start the daemon unless it is there. Raises DaemonStartError."""
    if is_running(places):
        return
    try:
        places.make()
    except OSError as error:
        raise DaemonStartError(
            f"the folder {error.filename} cannot be made: {error.strerror}",
            hint="HOME, or XDG_RUNTIME_DIR and XDG_STATE_HOME, must name folders that you may write to",
        ) from error
    try:
        with locked(places.start_lock, seconds=START_SECONDS):
            if not is_running(places):
                start(places, environment=os.environ)
    except LockedError as error:
        raise DaemonStartError("another telelens is starting the daemon and does not finish") from error


def has_left_session(places: Places) -> bool:
    """Whether there is a session to come back as: one that goes on, or that of a daemon that was killed."""
    return (places.session / "session.json").exists()


def replace_killed(places: Places) -> bool:
    """Where the daemon was killed, have another that takes away what it held in the cluster; False where it was told to
    end, which it has done by then. Raises DaemonStartError."""
    deadline = time.monotonic() + STOP_SECONDS
    while not is_running(places):
        try:
            with locked(places.daemon_lock, seconds=0):
                break
        except LockedError as error:
            # It is about to end, or another about to serve.
            if time.monotonic() >= deadline:
                raise DaemonStartError("the daemon neither serves nor ends", hint=f"see {places.log}") from error
        time.sleep(STOP_PAUSE_SECONDS)
    if not is_running(places) and not has_left_session(places):
        return False
    ensure_running(places)
    return True


def start(places: Places, *, environment: Mapping[str, str], lifeline: int | None = None) -> subprocess.Popen[bytes]:
    """Start it detached: it survives this process, this terminal and this folder. Raises DaemonStartError.

    With a ``lifeline``, the reading end of a pipe, it ends as soon as nobody holds the other end.
    """
    inherited = [] if lifeline is None else [lifeline]
    options = [] if lifeline is None else ["--lifeline-fd", str(lifeline)]
    reader, writer = os.pipe()
    try:
        with places.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "telelens_daemons.daemon", "--ready-fd", str(writer), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(writer, *inherited),
                start_new_session=True,
                cwd="/",
                env={**MEMORY_SETTINGS, **environment},
            )
        os.close(writer)
        writer = -1
        if not _says_ready(reader):
            state = "ended" if process.poll() is not None else "does not answer"
            raise DaemonStartError(
                f"the daemon was started and {state}", hint=f"see {places.log}", detail=tail(places.log)
            )
        return process
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)


def tail(path: Path) -> str:
    """The last lines of the log."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-LOG_LINES:])
    except OSError:
        return ""


def _says_ready(reader: int) -> bool:
    readable, _, _ = select.select([reader], [], [], START_SECONDS)
    # The end of the pipe without a word: the process is gone.
    return bool(readable) and os.read(reader, 16).startswith(b"ready")
