"""What is said of a value that does not fit what a cluster is known to hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from telelens_schemas.specification.parts import Finding, NamedFix, Trail, Where
from telelens_schemas.specification.problems import Code, Severity
from telelens_schemas.specification.source import Range, Source
from telelens_schemas.suggestions import closest, did_you_mean

MOST_SUGGESTED = 10
"""To look for what each of a thousand wrong names might mean among a thousand right ones would take seconds."""


@dataclass(frozen=True, slots=True)
class ValueOf:
    """A value of a part of the specification."""

    source: Source
    key: str

    @property
    def range(self) -> Range:
        """Its place; that of the part's first line where the value is not written."""
        place = self.source.places.get(self.key)
        if place is not None:
            return place.value
        first = self.source.range
        return first if first.line == first.end_line else Range(first.line, first.column, first.line, first.column + 1)

    @property
    def trail(self) -> Trail:
        """The way to it."""
        assert isinstance(self.source.trail, Trail)
        return self.source.trail.to(f".{self.key}")


class LiveFindings:
    """Of one specification."""

    def __init__(self, severity: Severity) -> None:
        self._severity = severity
        self._unknown_names = 0

    def unknown(
        self,
        code: Code,
        said: str,
        where: ValueOf,
        name: str,
        known: Iterable[str],
        *,
        prefix: str = "",
        else_none: str = "there is none",
        node: Where | None = None,
    ) -> Finding:
        """A name that is not among the known ones, with the one that may be meant."""
        self._unknown_names += 1
        if self._unknown_names > MOST_SUGGESTED:
            return self.wrong(code, said, where, node=node)
        names = sorted(known)
        near = closest(name, names)
        message = f"{said}: {did_you_mean(name, names) or else_none}"
        replacement = f"{prefix}{near}" if near is not None else None
        return self.wrong(code, message, where, replacement=replacement, node=node)

    def wrong(
        self,
        code: Code,
        message: str,
        where: ValueOf,
        *,
        replacement: str | None = None,
        severity: Severity | None = None,
        node: Where | None = None,
        choices: tuple[NamedFix, ...] = (),
    ) -> Finding:
        """At the value, or at the ``node`` that is a part of it."""
        return Finding(
            trail=where.trail,
            where=node if node is not None else where.range,
            severity=severity or self._severity,
            code=code,
            message=message,
            replacement=replacement,
            choices=choices,
        )
