"""The daemon's log file, rotated by size; what is printed, by whatever library, goes there too."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

MOST_BYTES = 5 * 1024 * 1024
KEPT_FILES = 3


class DaemonLog(RotatingFileHandler):
    """Standard output and error follow when the file is changed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=MOST_BYTES, backupCount=KEPT_FILES)
        os.chmod(path, 0o600)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))

    def doRollover(self) -> None:  # noqa: N802 (the base class' name)
        super().doRollover()
        os.chmod(self.baseFilename, 0o600)
        self.take_over_output()

    def take_over_output(self) -> None:
        """Make file descriptors 1 and 2 lead into the file."""
        if self.stream is not None:
            for descriptor in (1, 2):
                os.dup2(self.stream.fileno(), descriptor)


def log_to(path: Path, *, level: int = logging.INFO) -> None:
    """Log to the file from now on."""
    handler = DaemonLog(path)
    handler.take_over_output()
    logging.basicConfig(handlers=[handler], level=level)
    # It tells of every connection; ours are told by the tunnels.
    logging.getLogger("picows").setLevel(logging.WARNING)
