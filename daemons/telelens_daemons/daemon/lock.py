"""A lock file: two starts make one daemon."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType


class LockedError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path, *, seconds: int) -> Iterator[None]:
    """Hold the lock; wait for it at most ``seconds``. Raises LockedError. Only for a process' main thread.

    The file stays when the lock is given back: deleting it would let two hold two different ones.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, path, seconds)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, seconds: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    except BlockingIOError:
        if not seconds:
            raise LockedError(str(path)) from None

    def give_up(signum: int, frame: FrameType | None) -> None:
        raise LockedError(str(path))

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
