"""What of a specification this version cannot run. It is right to write it: only who runs it has to know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from telelens_schemas.specification.models import Specification
from telelens_schemas.specification.nodes import TRUE_WORDS, Entries, Kind, Node, Scalar
from telelens_schemas.specification.parts import FoundKey, Part
from telelens_schemas.specification.problems import Code, Problem, Severity
from telelens_schemas.specification.reading import Reading
from telelens_schemas.specification.shapes import Key, Support

_DOT = re.compile(r"\.")


def not_runnable(reading: Reading, file: str) -> list[Problem]:
    """Errors for what keeps it from running, warnings for what is ignored, in the order of the text. What is switched
    off, or used by nothing that is switched on, is not asked for."""
    found = (
        _problem(key, file)
        for specification, root in zip(reading.specifications, reading.parts, strict=True)
        for key in _asked_for(specification, root)
    )
    return sorted(dict.fromkeys(found), key=lambda one: (one.range, one.path))


def can_run(key: Key, value: Node) -> bool:
    """Whether this version does what a key with this value asks for."""
    return key.support is Support.YES or (key.support is Support.OFF_ONLY and _is_off(value))


def _asked_for(specification: Specification, root: Part) -> Iterator[FoundKey]:
    idle = frozenset(_idle(specification))
    for part in root.walk():
        for key in part.keys:
            if not can_run(key.about, key.value) and idle.isdisjoint(_above(key.trail.path)):
                yield key


def _above(path: str) -> Iterator[str]:
    return (path[: dot.start()] for dot in _DOT.finditer(path))


def _problem(found: FoundKey, file: str) -> Problem:
    key = found.about
    ignored = key.support is Support.IGNORED
    further = ": it is ignored" if ignored else f": {key.instead}" if key.instead else ""
    return Problem(
        file=file,
        range=found.key.range,
        severity=Severity.WARNING if ignored else Severity.ERROR,
        code=Code.NOT_SUPPORTED_YET,
        message=f'"{key.name}" is not supported by this version of Telelens yet{further}',
        path=found.trail.path,
    )


def _idle(specification: Specification) -> Iterator[str]:
    taking = {intercept.handler for _, intercept in specification.enabled}
    for workload in specification.workloads:
        for intercept in workload.intercepts:
            if not intercept.enabled:
                yield intercept.source.path
    for handler in specification.handlers:
        if handler.name not in taking:
            yield handler.source.path


def _is_off(value: Node) -> bool:
    if isinstance(value, Entries):
        switches = [inner for key, inner in value.pairs if isinstance(key, Scalar) and key.value == "enable"]
        return bool(switches) and _is_off(switches[0])
    if not isinstance(value, Scalar) or value.templated:
        return False
    return value.kind is Kind.NOTHING or (value.kind is Kind.FLAG and value.value not in TRUE_WORDS)
