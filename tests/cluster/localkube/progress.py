"""Saying what takes long, on stderr, and waiting for things to become true."""

import sys
import time
from collections.abc import Callable

from localkube.errors import LocalKubeError


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"localkube: {text}", file=sys.stderr, flush=True)


def wait_until(
    what: str,
    holds: Callable[[], bool],
    *,
    seconds: float,
    every: float = 0.1,
    hint: str = "",
) -> None:
    """Return as soon as `holds()`; report the wait every five seconds.

    Raises LocalKubeError after `seconds`, with `hint` telling where to look.
    """
    started = time.monotonic()
    reported = started
    while not holds():
        now = time.monotonic()
        if now - started > seconds:
            raise LocalKubeError(f"{what}: not within {seconds:.0f} s. {hint}".rstrip())
        if now - reported >= 5:
            reported = now
            say(f"still waiting: {what} ({now - started:.0f} s)")
        time.sleep(every)
