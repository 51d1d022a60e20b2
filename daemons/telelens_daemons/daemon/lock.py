"""A lock file: two starts make one daemon."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_SECONDS = 0.05


class LockedError(Exception):
    """Somebody else holds the lock."""


@contextmanager
def locked(path: Path, *, seconds: int) -> Iterator[None]:
    """Hold the lock; wait for it at most ``seconds``. Raises LockedError.

    The file stays when the lock is given back: deleting it would let two hold two different ones.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, path, seconds)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, seconds: int) -> None:
    # flock would wait by itself, but only a signal ends that, which the main thread alone can ask for.
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LockedError(str(path)) from None
        time.sleep(PAUSE_SECONDS)
