"""A pod that is made while a port is intercepted starts redirected, and is not ready before that leads somewhere.

Its agent's container has a hook (`await_start.sh`) that waits for a mark in the pod's memory: to the kubelet a
container runs once its hook has ended. The hook waits for a bounded time: a pod whose agent never comes serves all the
same.
"""

from __future__ import annotations

import sys
from pathlib import Path

from telelens_schemas.names import START_MARK


class Start:
    """``over`` is called when whatever the pod starts for is delivered; to repeat it does nothing."""

    def __init__(self, directory: Path) -> None:
        self._mark = directory / START_MARK
        self.is_over = self._mark.exists()

    def over(self) -> None:
        """Let the pod be ready."""
        if self.is_over:
            return
        self.is_over = True
        try:
            self._mark.touch(mode=0o644)
        except OSError as error:
            print(f"telelens-agent: {self._mark} cannot be written: {error}", file=sys.stderr, flush=True)
