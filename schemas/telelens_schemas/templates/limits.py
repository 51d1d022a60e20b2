"""What one expansion may cost. Templates come from files of other people: every one of them ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Limit = Literal["output", "memory", "steps", "depth", "time"]

_STEPS_BETWEEN_LOOKS: Final = 64
"""Looking at the clock costs as much as a step."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one expansion."""

    output: int = 8 << 20
    """Bytes of text."""
    memory: int = 64 << 20
    """Bytes of values that functions make, counted as made and never given back."""
    steps: int = 1_000_000
    """Nodes that are evaluated."""
    depth: int = 80
    """Templates, blocks and parentheses inside of each other."""
    seconds: float = 2.0


class LimitExceeded(Exception):
    """An expansion reached one of its bounds. The engine adds where."""

    def __init__(self, limit: Limit, message: str) -> None:
        super().__init__(message)
        self.limit: Limit = limit
        self.message = message


class Budget:
    """What is left of the limits. Functions charge it *before* they make something large."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._until = clock() + limits.seconds
        self._output = 0
        self._memory = 0
        self._steps = 0
        self._next_look = _STEPS_BETWEEN_LOOKS

    def step(self, count: int = 1) -> None:
        """Charges work: ``count`` nodes, items or bytes that are looked at. Raises LimitExceeded."""
        self._steps += count
        if self._steps > self.limits.steps:
            raise LimitExceeded("steps", f"the template takes more than {self.limits.steps} steps")
        if self._steps >= self._next_look:
            self.look_at_clock()

    def memory(self, size: int) -> None:
        """Charges ``size`` bytes; an item of a list or map counts as 64. Raises LimitExceeded."""
        self._memory += max(size, 0)
        if self._memory > self.limits.memory:
            raise LimitExceeded("memory", f"the template makes values of more than {self.limits.memory} bytes")
        if size >= _STEPS_BETWEEN_LOOKS * 64:
            self.look_at_clock()

    def items(self, count: int) -> None:
        """Charges a list or map of that many items. Raises LimitExceeded."""
        self.memory(count * 64)

    def output(self, size: int) -> None:
        """Charges text that is written. Raises LimitExceeded."""
        self._output += size
        if self._output > self.limits.output:
            raise LimitExceeded("output", f"the template writes more than {self.limits.output} bytes")

    def look_at_clock(self) -> None:
        """Before something slow. Raises LimitExceeded."""
        self._next_look = self._steps + _STEPS_BETWEEN_LOOKS
        # A clock may be stopped from outside, at infinity, even before the work begins: that ends it, too.
        if self._clock() >= self._until:
            raise LimitExceeded("time", f"the template takes longer than {self.limits.seconds:g} s")
