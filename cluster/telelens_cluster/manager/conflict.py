"""Who has the place already: two intercepts of one workload must not take the same port."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from telelens_schemas.resources import Intercept, Phase, ResolvedPort, parse_time

_NO_CLAIM = frozenset({Phase.CONFLICT, Phase.ERROR})


@dataclass(frozen=True, slots=True)
class Conflict:
    """``other`` was there first."""

    other: Intercept
    port: ResolvedPort

    def message(self, now: datetime) -> str:
        """One line: what is taken, by whom, since when."""
        spec, metadata = self.other.spec, self.other.metadata
        return (
            f"port {self.port.container_port}/{self.port.protocol} of {spec.workload.kind} {spec.workload.name} is"
            f" already intercepted by {spec.owner} (intercept {metadata.name}, {age(metadata.creation_timestamp, now)})"
        )

    @property
    def hint(self) -> str:
        """One line: what to do."""
        return f"ask {self.other.spec.owner} to leave it (telelens leave {self.other.metadata.name})"


def seniority(intercept: Intercept) -> tuple[str, str]:
    """Sorts intercepts, the older first; the UID decides within one second."""
    return intercept.metadata.creation_timestamp or "~", intercept.metadata.uid or "~"


def find_conflict(ports: Iterable[ResolvedPort], others: Iterable[Intercept]) -> Conflict | None:
    """The oldest of ``others`` whose resolved ports overlap ``ports``."""
    wanted = {(port.container_port, port.protocol) for port in ports}
    for other in sorted(others, key=seniority):
        if other.status.phase in _NO_CLAIM or other.metadata.deletion_timestamp:
            continue
        for port in other.status.ports:
            if (port.container_port, port.protocol) in wanted:
                return Conflict(other, port)
    return None


def age(timestamp: str | None, now: datetime) -> str:
    """``for 5 minutes``, as people say it."""
    if not timestamp:
        return "since just now"
    seconds = max(0, int((now.astimezone(UTC) - parse_time(timestamp)).total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            count = seconds // size
            return f"for {count} {unit}{'s' if count > 1 else ''}"
    return "since just now"
