"""What a finding says could be done about it: one by one, and all at once."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from lsprotocol import types
from telelens_schemas.specification import Problem, Range, Replacement

from telelens_server.actions.offering import meet, quick_fix, workspace_edit
from telelens_server.documents import Document

_Place = tuple[int, int, int]
"""Line and column, and 1 for the end of what is only put in there: it takes up no room, and yet its place."""
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.telelens"


def fixes(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """Those of the findings in a range; the first of each is the one to take without thinking, unless that is a
    choice."""
    for problem in problems:
        if not problem.fixes or not meet(document.text.to_editor(problem.range), where):
            continue
        for number, fix in enumerate(problem.fixes):
            yield quick_fix(document, problem, fix, is_preferred=number == 0 and not fix.is_choice)


def fix_all(document: Document, problems: Sequence[Problem]) -> Iterator[types.CodeAction]:
    """Every finding for which only one thing can be done, or another word is what was meant. Of two that would write
    over each other, the first."""
    taken = _Taken()
    chosen: list[Replacement] = []
    count = 0
    for problem in problems:
        if not problem.fixes or problem.fixes[0].is_choice:
            continue
        is_clear = len(problem.fixes) == 1 or (problem.replacement is not None and problem.replacement.text.strip())
        if is_clear and taken.take(problem.fixes[0].edits):
            chosen += problem.fixes[0].edits
            count += 1
    if chosen:
        yield types.CodeAction(
            title=f"Fix all that Telelens can ({count})",
            kind=FIX_ALL,
            edit=workspace_edit(document, chosen),
        )


class _Taken:
    """Stretches that are written over already, in the order of the text."""

    def __init__(self) -> None:
        self._starts: list[_Place] = []
        self._ends: list[_Place] = []

    def take(self, edits: Sequence[Replacement]) -> bool:
        """Whether all of them were free."""
        spans = [_span(one.range) for one in edits]
        if not all(self._is_free(*span) for span in spans):
            return False
        for start, end in spans:
            at = bisect.bisect_left(self._starts, start)
            self._starts.insert(at, start)
            self._ends.insert(at, end)
        return True

    def _is_free(self, start: _Place, end: _Place) -> bool:
        at = bisect.bisect_left(self._starts, end)
        return at == 0 or self._ends[at - 1] <= start


def _span(where: Range) -> tuple[_Place, _Place]:
    start, end = (where.line, where.column), (where.end_line, where.end_column)
    return (*start, 0), (*end, int(start == end))
