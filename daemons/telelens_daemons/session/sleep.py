"""Notices that the workstation slept: the clock of the event loop stands still meanwhile, another one does not."""

from __future__ import annotations

import time


class SleepDetector:
    """Ask ``slept`` regularly."""

    def __init__(self) -> None:
        self._offset = _offset()

    def slept(self) -> float:
        """Seconds of sleep since the last call; 0 where there was none."""
        before, self._offset = self._offset, _offset()
        seconds = self._offset - before
        return seconds if seconds > 1.0 else 0.0


def _offset() -> float:
    # Linux' CLOCK_BOOTTIME goes on during suspend; elsewhere the wall clock has to do.
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    now = time.clock_gettime(boottime) if boottime is not None else time.time()
    return now - time.monotonic()
