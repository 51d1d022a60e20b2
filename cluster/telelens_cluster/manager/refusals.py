"""What is said about those who are turned away. They must fill neither the log nor a line of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from telelens_cluster.manager.metrics import Metrics

_log = logging.getLogger(__name__)
_QUIET: Final = 60.0
_LONGEST: Final = 200


def quoted(text: object) -> str:
    """``text``, which somebody else wrote, for one line of the log: escaped and cut."""
    said = str(text)
    return repr(said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…")


class OncePerMinute(logging.Filter):
    """Lets one record a minute through, where a library writes a line, and a traceback, for each bad request."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether ``record`` is to be written."""
        now = self._clock()
        if now < self._quiet_until:
            return False
        self._quiet_until = now + _QUIET
        return True


class Refusals:
    """Counts every refusal by its reason, and logs one of each reason a minute."""

    def __init__(self, metrics: Metrics, *, clock: Callable[[], float]) -> None:
        self._metrics = metrics
        self._clock = clock
        self._quiet_until: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def note(self, reason: str, peer: str, text: object) -> None:
        """``reason`` is one of a few words of ours; ``text`` may be anybody's."""
        self._metrics.count("refusals", reason=reason)
        now = self._clock()
        if now < self._quiet_until.get(reason, now):
            self._untold[reason] = self._untold.get(reason, 0) + 1
            return
        untold = self._untold.pop(reason, 0)
        self._quiet_until[reason] = now + _QUIET
        more = f" ({untold} more of this kind since the last line)" if untold else ""
        _log.warning("refused %s (%s): %s%s", peer, reason, quoted(text), more)
