"""Workloads whose connection a template writes together with the slash behind it: shown only by what it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from telelens_schemas.specification.models import Specification, Workload
from telelens_schemas.specification.nodes import Scalar
from telelens_schemas.specification.problems import Code, Fix, Problem, Replacement, Severity
from telelens_schemas.specification.references import PREFIX_TEMPLATED
from telelens_schemas.specification.template_checks import range_of
from telelens_schemas.templates import Expansion
from telelens_schemas.templates.source import Lines

_NAME = re.compile(r"[a-z0-9-]+/[a-z0-9-]*")


def templated_prefixes(specification: Specification, expansion: Expansion, source: str, file: str) -> Iterator[Problem]:
    """One for each; ``specification`` is that of the expanded text, ``source`` the text before."""
    result, lines = Lines(expansion.text), Lines(source)
    for workload in specification.workloads:
        start = _start(workload, result) if workload.connection is not None else None
        if start is None:
            continue
        slash = expansion.text.index("/", start)
        action, end = expansion.source_range(slash, slash + 1)
        if source[action:end] == "/":
            continue  # it is written: what stands before it was looked at there
        where = range_of(lines, expansion.to_source(start), end)
        written = _written(expansion, start, slash, action)
        yield Problem(
            file=file,
            range=where,
            severity=Severity.ERROR,
            code=Code.TEMPLATED_REFERENCE,
            message=PREFIX_TEMPLATED,
            path=f"{workload.source.path}.name",
            fixes=(Fix(f"Change to {written}", (Replacement(where, written),), is_choice=True),) if written else (),
        )


def _start(workload: Workload, result: Lines) -> int | None:
    """The offset of its name."""
    place = workload.source.places.get("name")
    if place is None or not isinstance(place.value_node, Scalar):
        return None
    where = place.value
    return result.offset(where.line, where.column) + (0 if place.value_node.plain else 1)


def _written(expansion: Expansion, start: int, slash: int, action: int) -> str | None:
    """What the name has up to the end of that action; ``None``: that is not the same each time, or more than a name."""
    outputs = expansion.outputs_of(action)
    behind = outputs[0].partition("/")[2] if len(outputs) == 1 else ""
    found = _NAME.fullmatch(expansion.text, start, slash + 1 + len(behind))
    return found[0] if found is not None and len(outputs) == 1 else None
