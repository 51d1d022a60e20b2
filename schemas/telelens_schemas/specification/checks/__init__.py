"""What one key alone does not show: names that clash or lead nowhere, traffic that two would take. One module for each
kind of doubt; what needs a cluster is in ``live_checks``."""

from __future__ import annotations

from telelens_schemas.specification.checks.alone import check_alone
from telelens_schemas.specification.checks.compose import check_compose_services
from telelens_schemas.specification.checks.handlers import check_handlers
from telelens_schemas.specification.checks.names import check_names
from telelens_schemas.specification.checks.networks import check_local_ports
from telelens_schemas.specification.checks.prefixes import check_prefixes
from telelens_schemas.specification.checks.traffic import check_traffic
from telelens_schemas.specification.checks.unread import intercepts_are_known
from telelens_schemas.specification.checks.where import first_line, trail_of
from telelens_schemas.specification.models import Specification
from telelens_schemas.specification.problems import Code, Severity
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Range

__all__ = ["check"]


def check(specification: Specification, reader: Reader, *, is_whole: bool) -> None:
    """Adds the problems of a specification that has been read. Where it is not ``is_whole``, a part of it is broken
    YAML, and what is missing may be there."""
    check_alone(specification, reader)
    check_names(specification, reader)
    check_handlers(specification, reader, is_whole=is_whole)
    check_prefixes(specification, reader, is_whole=is_whole)
    if is_whole:
        check_compose_services(specification, reader)
    check_traffic(specification, reader)
    check_local_ports(specification, reader)
    if is_whole and next(specification.enabled, None) is None and intercepts_are_known(specification):
        reader.add(
            Code.NOTHING_TO_INTERCEPT,
            "nothing is intercepted: no workload has an intercept that is enabled",
            _head(specification),
            trail_of(specification.source),
            severity=Severity.WARNING,
        )


def _head(specification: Specification) -> Range:
    place = specification.source.places.get("workloads") or next(iter(specification.source.places.values()), None)
    return place.key if place is not None else first_line(specification.source.range)
