"""What one run of ``make bench-intercept`` must hold: ratios to direct of the same run, seconds, MB/s, MiB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

RATES: Final = {
    "agent there, idle": (0.98, 0.98, 0.98),
    "TCP intercept": (None, 0.35, 0.5),
    "TCP intercept, a route to the pods": (None, 0.35, 0.5),
    "HTTP intercept, matched": (None, 0.2, 0.3),
    "HTTP intercept, matched, a route to the pods": (None, 0.2, 0.3),
    "HTTP intercept, unmatched": (None, 0.4, 0.4),
}
"""Of the requests per second that go directly, by turns with them, at each number of connections; None: any."""
SLOWER: Final = 5.0
"""So many times as long as directly a lone request may take through a TCP intercept, by the medians."""
BULK: Final = {"down": 115.0, "up": 180.0}
SECONDS: Final = {
    "connect, daemon not running": 1.0,
    "connect, daemon running": 1.0,
    "ACTIVE, agent there (median of 5)": 0.3,
}
RESIDENT: Final = {"agent container, idle": 30.0, "agent container, after load": 60.0, "user daemon, after load": 90.0}


@dataclass(frozen=True)
class Bar:
    """One promise: ``found`` must be at least, or at most, ``limit``."""

    what: str
    limit: float
    found: float
    at_least: bool

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.found >= self.limit if self.at_least else self.found <= self.limit


@dataclass(frozen=True)
class Measured:
    """What is held against the bars of one way to a program."""

    rates: Sequence[float]
    """As parts of the direct ones, at each number of connections."""
    lone: float
    """A lone request's median time, as a multiple of a direct one's."""
    bulk: Mapping[str, float]


def bars(
    rows: Mapping[str, Measured],
    concurrency: Sequence[int],
    seconds: Mapping[str, float],
    resident: Mapping[str, float],
) -> Iterator[Bar]:
    """Every promise that this run can judge."""
    for name, limits in RATES.items():
        for connections, limit, rate in zip(concurrency, limits, rows[name].rates, strict=True):
            if limit is not None:
                yield Bar(f"{name} : direct, at {connections}", limit, rate, at_least=True)
    tcp = rows["TCP intercept"]
    yield Bar("TCP intercept, a lone request : direct", SLOWER, tcp.lone, at_least=False)
    for direction, limit in BULK.items():
        yield Bar(f"TCP intercept, MB/s {direction}", limit, tcp.bulk[direction], at_least=True)
    for name, limit in SECONDS.items():
        yield Bar(f"{name}, seconds", limit, seconds[name], at_least=False)
    for name, limit in RESIDENT.items():
        yield Bar(f"{name}, MiB", limit, resident[name], at_least=False)
