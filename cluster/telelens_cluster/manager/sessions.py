"""Workstations: who is there, who is away, who is gone.

The times of heartbeats are never compared with our clock, which is another machine's. What counts is when *we* last
saw a heartbeat change; and when our own watch had a gap, nobody's silence during it means anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

_log = logging.getLogger(__name__)
Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Pulse:
    name: str
    heartbeat: str
    seen: float
    away: bool = False


class SessionClock:
    """Judges silence. Pure but for the clock it is given."""

    def __init__(self, *, clock: Callable[[], float], away_after: float, gone_after: float) -> None:
        self._clock = clock
        self._away_after = away_after
        self._gone_after = gone_after
        self._pulses: dict[str, _Pulse] = {}

    def seen(self, session: Object) -> bool:
        """Note what the API server says about ``session``; whether it shows a sign of life that is new."""
        metadata = session["metadata"]
        heartbeat = (session.get("status") or {}).get("heartbeat") or ""
        known = self._pulses.get(metadata["uid"])
        if known and known.heartbeat == heartbeat:
            return False
        self._pulses[metadata["uid"]] = _Pulse(metadata["name"], heartbeat, self._clock())
        return True

    def forget(self, uid: str) -> None:
        """The Session was deleted."""
        self._pulses.pop(uid, None)

    def begin_anew(self) -> None:
        """Our watch had a gap: everybody's silence is counted from now on. Who was away stays so until heard."""
        now = self._clock()
        self._pulses = {uid: replace(pulse, seen=now) for uid, pulse in self._pulses.items()}

    def away(self, uid: str) -> bool:
        """Whether the session is silent."""
        pulse = self._pulses.get(uid)
        return pulse is not None and pulse.away

    def late(self) -> list[tuple[str, str]]:
        """Name and UID of those that have been silent for so long that they may be away."""
        now = self._clock()
        return [
            (pulse.name, uid)
            for uid, pulse in self._pulses.items()
            if not pulse.away and now - pulse.seen >= self._away_after
        ]

    def is_away(self, uid: str) -> None:
        """It is: the API server was heard and had no heartbeat of it."""
        if pulse := self._pulses.get(uid):
            self._pulses[uid] = replace(pulse, away=True)

    def silent(self) -> list[tuple[str, str]]:
        """Name and UID of all that are away."""
        return [(pulse.name, uid) for uid, pulse in self._pulses.items() if pulse.away]

    def gone(self, uid: str) -> bool:
        """Whether the session was silent for so long that its place is given up."""
        pulse = self._pulses.get(uid)
        return pulse is not None and pulse.away and self._clock() - pulse.seen >= self._gone_after
