"""Waits until something has been meant for a while: a name that is being typed is another at each letter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable

REST_SECONDS = 0.4
FORGOTTEN_SECONDS = 5.0
MOST = 64


class Patience:
    """``again`` is called when it may be over for something that was asked about."""

    def __init__(self, again: Callable[[], None]) -> None:
        self._again = again
        self._since: dict[Hashable, float] = {}

    def is_over(self, meant: Hashable) -> bool:
        """Whether this was meant before, a moment ago, and still is."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        since = self._since.get(meant)
        if since is not None and now - since < REST_SECONDS:
            return False
        self._since.pop(meant, None)
        if since is not None and now - since < FORGOTTEN_SECONDS:
            return True
        if len(self._since) >= MOST:
            self._since = {one: at for one, at in self._since.items() if now - at < FORGOTTEN_SECONDS}
        if len(self._since) >= MOST:
            return False  # When it is over for one of those, whoever is told will come again.
        self._since[meant] = now
        loop.call_later(REST_SECONDS, self._again)
        return False
