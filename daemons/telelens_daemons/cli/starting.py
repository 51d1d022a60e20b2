"""Starts the daemon when it is needed and waits, on a pipe, until it answers calls."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from telelens_daemons.daemon.lock import LockedError, locked
from telelens_daemons.daemon.origin import Origin, is_another_version
from telelens_daemons.errors import UserError
from telelens_daemons.places import Places

START_SECONDS = 20
STOP_SECONDS = 20
"""A daemon that was told to end ends its session first."""
STOP_PAUSE_SECONDS = 0.05
END_SECONDS = 1
FOLDER_HINT = "HOME, or XDG_STATE_HOME where it is set, must name a folder that takes files, locks and sockets of yours"
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
    """Start the daemon unless it is there. One of another version, left over by an update, is exchanged unless it has
    a connection. Raises DaemonStartError."""
    if is_running(places) and not is_another_version(places):
        return
    try:
        places.make()
    except OSError as error:
        raise DaemonStartError(
            f"the folder {error.filename} cannot be made: {error.strerror}",
            hint=FOLDER_HINT,
        ) from error
    if not places.is_short:
        raise DaemonStartError(
            f"{places.socket} is too long for a socket's path",
            hint="set XDG_STATE_HOME, or XDG_RUNTIME_DIR, to a folder with a shorter name",
        )
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(places.start_lock, seconds=START_SECONDS))
        except OSError as error:
            text = f"{places.start_lock} cannot be locked: {error.strerror}"
            raise DaemonStartError(text, hint=FOLDER_HINT) from error
        except LockedError as error:
            raise DaemonStartError("another telelens is starting the daemon and does not finish") from error
        if not is_running(places) or (is_another_version(places) and _ended_unused(places)):
            start(places, environment=os.environ)


def _ended_unused(places: Places) -> bool:
    """End the daemon, which then soon gives its lock back, unless it has a connection."""
    import grpc
    from telelens_schemas.wire.daemon_pb2 import QuitRequest

    from telelens_daemons.cli.daemon_client import DaemonClient

    with DaemonClient(places) as client:
        try:
            reply = client.stub.Quit(QuitRequest(stop_daemon=True, only_unused=True), timeout=STOP_SECONDS)
        except grpc.RpcError:
            return False  # What is wrong with it, the call tells that it is wanted for.
        return not reply.used


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
            raise _start_error(process, places)
        return process
    except OSError as error:
        raise DaemonStartError(f"the daemon cannot be started: {error}", hint=FOLDER_HINT) from error
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)


def _start_error(process: subprocess.Popen[bytes], places: Places) -> DaemonStartError:
    try:
        # Who ends closes its end of the pipe a moment before.
        code = process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        code = None
    if code == os.EX_CANTCREAT:
        return DaemonStartError(f"no socket can be made at {places.socket}", hint=FOLDER_HINT, detail=tail(places.log))
    if code == os.EX_TEMPFAIL:
        origin = Origin.read(places)
        if origin is not None and not origin.is_here:
            return DaemonStartError(
                f"a daemon of yours runs on {origin.machine}, which shares the folder {places.state}",
                hint="set XDG_STATE_HOME to a folder of this machine's own",
            )
        process_of = f" (process {origin.process})" if origin is not None else ""
        return DaemonStartError(
            f"a daemon of yours{process_of} holds {places.daemon_lock} and does not answer",
            hint="end its process: it ends its session, or the next daemon does",
        )
    state = "does not answer" if code is None else "ended"
    return DaemonStartError(f"the daemon was started and {state}", hint=f"see {places.log}", detail=tail(places.log))


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
