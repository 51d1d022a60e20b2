"""Where on this workstation the connections of an intercept go, and what went wrong there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

PARTING_SECONDS: Final = 5.0
"""For how long an intercept that has ended is served on: agents hear of its end a moment later than we do."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A local address."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Destinations:
    """The local addresses of every intercept of this session, by the intercept's UID and the container's port."""

    def __init__(
        self, *, changed: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """``changed`` is called when connections begin to fail, do so for another reason, or are delivered again."""
        self._changed = changed
        self._clock = clock
        self._parting: dict[tuple[str, int], tuple[Destination, float]] = {}
        """Those of intercepts that have ended, each with the moment until which it is served."""
        self._by_port: dict[tuple[str, int], Destination] = {}
        self._problems: dict[str, str] = {}
        self._warnings: dict[str, str] = {}
        self._held: dict[str, Callable[[], None]] = {}
        self._reached: set[tuple[str, Destination]] = set()

    def set(self, intercept_uid: str, ports: Mapping[int, Destination]) -> None:
        """Say where an intercept's container ports go."""
        self._forget_ports(intercept_uid)
        for container_port, destination in ports.items():
            self._by_port[intercept_uid, container_port] = destination

    def hold(self, intercept_uid: str, reached: Callable[[], None] = lambda: None) -> None:
        """Whoever serves this intercept is started only once it is active; ``reached`` is called when they take the
        first connection, on each address."""
        self._held[intercept_uid] = reached

    def is_awaited(self, intercept_uid: str, destination: Destination) -> bool:
        """Whether somebody is about to listen there who never has before."""
        return intercept_uid in self._held and (intercept_uid, destination) not in self._reached

    def remove(self, intercept_uid: str) -> None:
        """The intercept has ended. What its agents still send is delivered for a moment, instead of failing."""
        now = self._clock()
        self._parting = {key: parting for key, parting in self._parting.items() if parting[1] > now}
        self._parting |= {
            key: (destination, now + PARTING_SECONDS)
            for key, destination in self._by_port.items()
            if key[0] == intercept_uid
        }
        self._forget_ports(intercept_uid)
        self._held.pop(intercept_uid, None)
        self._reached = {reached for reached in self._reached if reached[0] != intercept_uid}
        self._problems.pop(intercept_uid, None)
        self._warnings.pop(intercept_uid, None)

    def find(self, intercept_uid: str, container_port: int) -> Destination | None:
        """The local address, or None when there is no such intercept here."""
        key = (intercept_uid, container_port)
        if (found := self._by_port.get(key)) is not None:
            return found
        parting, until = self._parting.get(key, (None, 0.0))
        return parting if until > self._clock() else None

    def failed(self, intercept_uid: str, problem: str) -> None:
        """A connection could not be delivered. Of an intercept that has ended nobody is told."""
        if self._is_there(intercept_uid) and self.problem(intercept_uid) != problem:
            self._problems[intercept_uid] = problem
            self._changed()

    def succeeded(self, intercept_uid: str, destination: Destination) -> None:
        """A connection was delivered: what was wrong is over."""
        if self._problems.pop(intercept_uid, ""):
            self._changed()
        if self.is_awaited(intercept_uid, destination):
            self._reached.add((intercept_uid, destination))
            self._held[intercept_uid]()

    def warn(self, intercept_uid: str, warning: str) -> None:
        """Connections are delivered, but to a program that may not understand them; empty: it does."""
        self._warnings[intercept_uid] = warning

    def problem(self, intercept_uid: str) -> str:
        """Why connections are not delivered, in one line for ``status`` and ``list``; empty when they are."""
        return self._problems.get(intercept_uid, "")

    def warning(self, intercept_uid: str) -> str:
        """What they may not be understood for; it lasts, and so must hide nothing else."""
        return self._warnings.get(intercept_uid, "")

    def _is_there(self, intercept_uid: str) -> bool:
        return any(key[0] == intercept_uid for key in self._by_port)

    def _forget_ports(self, intercept_uid: str) -> None:
        for key in [key for key in self._by_port if key[0] == intercept_uid]:
            del self._by_port[key]
