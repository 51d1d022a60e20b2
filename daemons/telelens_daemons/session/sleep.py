"""Notices that this process stood still: a closed lid, a paused machine, a stopped process."""

from __future__ import annotations

import time

TOLERANCE_SECONDS = 2.0


class SleepDetector:
    """Ask ``slept`` regularly, with the time that was meant to pass since the last question."""

    def __init__(self) -> None:
        self._last = clock()

    def slept(self, expected: float) -> float:
        """Seconds that passed beyond the expected ones; 0 where that is nothing to speak of."""
        before, self._last = self._last, clock()
        beyond = self._last - before - expected
        return beyond if beyond > TOLERANCE_SECONDS else 0.0


def clock() -> float:
    """Seconds since some moment, those of a sleep included."""
    # Linux' CLOCK_BOOTTIME goes on during suspend, where the event loop's stands still; elsewhere the wall clock does.
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boottime) if boottime is not None else time.time()
