"""What failed is tried again: at once, and then ever more seldom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

LONGEST_DELAY: Final = 30.0
_SHORTEST_DELAY: Final = 0.2


class Retry:
    """``wake`` is called when it is time. However often one fails, there is one next time."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._delay = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.reason = ""
        """Why it failed last; empty since it succeeded."""

    @property
    def is_waiting(self) -> bool:
        """Whether it failed, and the time has not come yet."""
        return self._timer is not None

    def later(self, reason: str = "") -> None:
        """It failed; where nobody knows why, for the former ``reason``."""
        self.reason = reason or self.reason
        self._cancel()
        self._timer = asyncio.get_running_loop().call_later(self._delay, self._is_time)
        self._delay = min(max(self._delay * 2, _SHORTEST_DELAY), LONGEST_DELAY)

    def succeeded(self) -> None:
        """Nothing is to be tried any more; what fails next is tried again at once."""
        self._cancel()
        self._delay = 0.0
        self.reason = ""

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_time(self) -> None:
        self._timer = None
        self._wake()
