"""What holds for every test, wherever it is started from."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Take Ctrl-C as a terminal would: a shell starts what runs in its background with SIGINT ignored, and programs
    that tests start, and interrupt, would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
