"""A user daemon of the demo's own: the user's, and what it is connected to, is left alone."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from telelens_daemons.cli.starting import DaemonStartError, start
from telelens_daemons.daemon.problems import INTERNAL_CODE
from telelens_daemons.errors import UserError
from telelens_daemons.places import Places

END_SECONDS = 15.0
LONGEST_FOLDER = 50
"""Bytes that leave room for a socket's path within LONGEST_SOCKET."""


@asynccontextmanager
async def daemon() -> AsyncIterator[Places]:
    """Where it listens. It ends with the context, or with this process, and takes its private folder with it."""
    parent = gettempdir() if len(gettempdir()) <= LONGEST_FOLDER else "/tmp"  # noqa: S108 (its name is random)
    with TemporaryDirectory(prefix="telelens-demo-", dir=parent, ignore_cleanup_errors=True) as folder:  # mode 0700
        # Only the daemon gets these: what it runs for us has the user's own environment, by the request.
        environment = {**os.environ, "XDG_STATE_HOME": folder}
        places = Places.of(environment)
        places.make()
        try:
            async with _running(places, environment):
                yield places
        except UserError as error:
            if error.code in (DaemonStartError.code, INTERNAL_CODE):
                error.hint = f"see {_keep_log(places)}"
            raise


@asynccontextmanager
async def _running(places: Places, environment: dict[str, str]) -> AsyncIterator[None]:
    lifeline, ours = os.pipe()
    try:
        process = start(places, environment=environment, lifeline=lifeline)
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(lifeline)
    try:
        yield
    finally:
        os.close(ours)
        await asyncio.to_thread(_wait, process)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _keep_log(places: Places) -> Path:
    """The private folder goes; who looks for the reason still needs this."""
    kept = Places.of(os.environ).log.with_name("demo.log")
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(places.log, kept)
    return kept
