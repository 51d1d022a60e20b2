"""What a handler or an intercept shows by itself. Most of them are as they were before an edit, and were sound then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from telelens_schemas.specification.checks.filters import check_filters
from telelens_schemas.specification.checks.handlers import check_debug
from telelens_schemas.specification.checks.names import check_names_within
from telelens_schemas.specification.checks.twice import check_ports
from telelens_schemas.specification.checks.where import trail_of
from telelens_schemas.specification.models import Handler, Intercept, Specification
from telelens_schemas.specification.parts import Part
from telelens_schemas.specification.reader import Reader

T = TypeVar("T", Handler, Intercept)


def check_alone(specification: Specification, reader: Reader) -> None:
    """Each of them; one in a part of the text that was found sound and not read again is passed over."""
    intercepts = (intercept for workload in specification.workloads for intercept in workload.intercepts)
    sound: dict[int, Part] = {}
    troubled: set[int] = set()
    for part, has_findings in (
        *_looked_at(specification.handlers, _check_handler, reader),
        *_looked_at(intercepts, check_filters, reader),
    ):
        sound[id(part)] = part
        if has_findings:
            troubled.add(id(part))
    for number, part in sound.items():
        part.is_sound = number not in troubled


def _looked_at(every: Iterable[T], check: Callable[[T, Reader], None], reader: Reader) -> Iterator[tuple[Part, bool]]:
    """The parts that were not known to be sound, and whether something was found."""
    for one in every:
        part = trail_of(one.source).part
        if not part.is_sound:
            before = len(reader.part.findings)
            check(one, reader)
            yield part, len(reader.part.findings) > before


def _check_handler(handler: Handler, reader: Reader) -> None:
    check_names_within(handler, reader)
    check_debug(handler, reader)
    check_ports(handler, reader)
