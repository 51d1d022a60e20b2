"""Who has the place already: two intercepts of one workload must not take the same port, or, judged request by request,
the same requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from telelens_schemas.matching import PatternError, same_place
from telelens_schemas.matching.match import describe, rank
from telelens_schemas.matching.sampling import sample_request, takes
from telelens_schemas.resources import Intercept, InterceptSpec, Mechanism, Phase, ResolvedPort, parse_time

_USUAL = (("host", "localhost"), ("user-agent", "curl/8.5.0"), ("accept", "*/*"))
"""What a client adds to each request by itself."""
_NO_CLAIM = frozenset({Phase.CONFLICT, Phase.ERROR})


@dataclass(frozen=True, slots=True)
class Conflict:
    """``other`` was there first."""

    other: Intercept
    port: ResolvedPort

    def message(self, now: datetime) -> str:
        """One line: what is taken, by whom, since when."""
        spec, metadata = self.other.spec, self.other.metadata
        conditions = " and ".join(describe(spec.match)) if spec.mechanism is Mechanism.HTTP else ""
        return (
            f"port {self.port.container_port}/{self.port.protocol} of {spec.workload.kind} {spec.workload.name} is"
            f" already intercepted by {spec.owner} (intercept {metadata.name}, {age(metadata.creation_timestamp, now)}"
            f"{f', requests that match {conditions}' if conditions else ''})"
        )

    @property
    def hint(self) -> str:
        """One line: what to do."""
        asked = f"ask {self.other.spec.owner} to leave it (telelens leave {self.other.metadata.name})"
        if self.other.spec.mechanism is Mechanism.HTTP and self.other.spec.match is not None:
            return f"{asked}, or take other requests: --http-header=auto is yours alone"
        return asked


def seniority(intercept: Intercept) -> tuple[str, str]:
    """Sorts intercepts, the older first; the UID decides within one second."""
    return intercept.metadata.creation_timestamp or "~", intercept.metadata.uid or "~"


def find_conflict(spec: InterceptSpec, ports: Iterable[ResolvedPort], others: Iterable[Intercept]) -> Conflict | None:
    """The oldest of ``others`` that is in the way of ``spec``, whose ports are ``ports``."""
    wanted = {(port.container_port, port.protocol) for port in ports}
    for other in sorted(others, key=seniority):
        if other.status.phase in _NO_CLAIM or other.metadata.deletion_timestamp:
            continue
        if not _in_the_way(spec, other.spec):
            continue
        for port in other.status.ports:
            if (port.container_port, port.protocol) in wanted:
                return Conflict(other, port)
    return None


def shared(spec: InterceptSpec, ports: Iterable[ResolvedPort], older: Iterable[Intercept]) -> str:
    """One line about the first of ``older`` that has requests of ``spec`` before it, by an example; empty: none."""
    try:
        example = sample_request(spec.match) if spec.mechanism is Mechanism.HTTP else None
    except PatternError:
        example = None
    if example is None:
        return ""
    given = {name for name, _ in example.headers}
    example = replace(example, headers=(*example.headers, *(one for one in _USUAL if one[0] not in given)))
    wanted = {(port.container_port, port.protocol) for port in ports}
    for other in older:
        match = other.spec.match
        if wanted.isdisjoint((port.container_port, port.protocol) for port in other.status.ports):
            continue
        if rank(match) <= rank(spec.match) and takes(match, example):
            return f"{other.spec.owner}'s older intercept {other.metadata.name} takes some of these requests first"
    return ""


def _in_the_way(one: InterceptSpec, other: InterceptSpec) -> bool:
    both = one.mechanism is Mechanism.HTTP and other.mechanism is Mechanism.HTTP
    return not both or same_place(one.match, other.match)


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
