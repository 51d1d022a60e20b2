"""With which rights this process makes files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")


def callers_umask() -> int:
    """Where the kernel tells it: to ask the system for it is to change it, for every thread."""
    try:
        lines = _STATUS.read_text().splitlines()
        return next(int(line.split()[1], 8) for line in lines if line.startswith("Umask:"))
    except (OSError, StopIteration):
        found = os.umask(0o077)
        os.umask(found)
        return found
