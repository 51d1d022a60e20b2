"""What a finding says could be done about it: one by one, and all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types
from telelens_schemas.specification import Problem, Range, Replacement

from telelens_server.actions.offering import meet, workspace_edit
from telelens_server.documents import Document
from telelens_server.features.diagnostics import to_diagnostic

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.telelens"


def fixes(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """Those of the findings in a range; the first of each is the one to take without thinking."""
    for problem in problems:
        if not problem.fixes or not meet(document.text.to_editor(problem.range), where):
            continue
        for number, fix in enumerate(problem.fixes):
            yield types.CodeAction(
                title=fix.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[to_diagnostic(document, problem)],
                is_preferred=number == 0 or None,
                edit=workspace_edit(document, fix.edits),
            )


def fix_all(document: Document, problems: Sequence[Problem]) -> Iterator[types.CodeAction]:
    """Every finding for which only one thing can be done; of two that would write over each other, the first."""
    chosen: list[Replacement] = []
    count = 0
    for problem in problems:
        if len(problem.fixes) == 1 and not _overlap(chosen, problem.fixes[0].edits):
            chosen += problem.fixes[0].edits
            count += 1
    if chosen:
        yield types.CodeAction(
            title=f"Fix all that Telelens can ({count})",
            kind=FIX_ALL,
            edit=workspace_edit(document, chosen),
        )


def _overlap(chosen: Sequence[Replacement], edits: Sequence[Replacement]) -> bool:
    return any(
        _start(one.range) <= _end(other.range) and _start(other.range) <= _end(one.range)
        for one in chosen
        for other in edits
    )


def _start(where: Range) -> tuple[int, int]:
    return where.line, where.column


def _end(where: Range) -> tuple[int, int]:
    return where.end_line, where.end_column
