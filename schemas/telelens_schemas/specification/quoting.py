"""Puts values in quotes that their templates write as numbers or flags, where text is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from telelens_schemas.specification.nodes import Items, Scalar
from telelens_schemas.specification.problems import Code, Fix, Problem, Replacement
from telelens_schemas.specification.reading import Reading
from telelens_schemas.specification.source import Range
from telelens_schemas.specification.templates import find_actions
from telelens_schemas.templates import Expansion
from telelens_schemas.templates.source import Lines


class Quoting:
    """Of one text: ``written`` as its user sees it, and ``expansion`` of it."""

    def __init__(self, written: Reading, expansion: Expansion, source: Lines, result: Lines) -> None:
        self._written = written
        self._expansion = expansion
        self._source = source
        self._result = result
        self._by_line: dict[int, list[Scalar]] | None = None

    def fixes(self, problem: Problem, where: Range) -> tuple[Fix, ...]:
        """What mends a problem of the expanded text that its user sees at ``where``; nothing unless it is about all
        of a value, and nothing but that."""
        if problem.code is not Code.WRONG_TYPE or problem.replacement is None:
            return ()
        if not problem.replacement.text.startswith('"'):
            return ()
        start, end = (self._result.offset(*one) for one in _ends(problem.range))
        for value in self._values(where.line):
            place = value.range
            first, last = (self._source.offset(*one) for one in _ends(place))
            is_all = self._source_range(start - 1)[1] <= first and self._source_range(end)[0] >= last
            if place.line == place.end_line and is_all and _holds(place, where):
                return (Fix("Put it in quotes", (Replacement(place, _quoted(value)),)),)
        return ()

    def _source_range(self, at: int) -> tuple[int, int]:
        return self._expansion.source_range(at, at + 1)

    def _values(self, line: int) -> list[Scalar]:
        if self._by_line is None:
            self._by_line = defaultdict(list)
            for value in _templated(self._written):
                self._by_line[value.range.line].append(value)
        return self._by_line.get(line, [])


def _templated(reading: Reading) -> Iterator[Scalar]:
    for found in reading.index:
        values = found.value.items if isinstance(found.value, Items) else (found.value,)
        yield from (one for one in values if isinstance(one, Scalar) and one.templated and one.plain)


def _quoted(value: Scalar) -> str:
    """An action is expanded before anybody knows of quotes: what stands in it stays as it is."""
    written = value.home.text[value.start : value.end]
    parts, at = ["'"], 0
    for action in find_actions(written):
        parts += (written[at : action.start].replace("'", "''"), written[action.start : action.end])
        at = action.end
    return "".join([*parts, written[at:].replace("'", "''"), "'"])


def _ends(where: Range) -> tuple[tuple[int, int], tuple[int, int]]:
    return (where.line, where.column), (where.end_line, where.end_column)


def _holds(outer: Range, inner: Range) -> bool:
    return _ends(outer)[0] <= _ends(inner)[0] and _ends(inner)[1] <= _ends(outer)[1]
