"""Rewrites a specification: an older version into the current one, the file form into a Kubernetes object and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from lsprotocol import types
from telelens_schemas.specification import Code, Problem, Replacement
from telelens_schemas.specification.conversion import (
    convert_to_crd_form,
    convert_to_file_form,
    convert_to_v1alpha4,
    document_at,
)

from telelens_server.actions.offering import meet, workspace_edit
from telelens_server.documents import Document
from telelens_server.features.diagnostics import to_diagnostic

_CURRENT = "Convert to v1alpha4"


def renewal(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """Of a version that is deprecated, where that is said."""
    for problem in problems:
        if problem.code is Code.DEPRECATED and meet(document.text.to_editor(problem.range), where):
            edits = convert_to_v1alpha4(document.text.source, _index(document, problem.range.line))
            if edits and not any(fix.edits == edits for fix in problem.fixes):
                yield types.CodeAction(
                    title=_CURRENT,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[to_diagnostic(document, problem)],
                    is_preferred=True,
                    edit=workspace_edit(document, edits),
                )


def conversion(document: Document, where: types.Range) -> Iterator[types.CodeAction]:
    """Of the document around the cursor."""
    source = document.text.source
    line, _ = document.text.place(where.start)
    index = _index(document, line)
    name = PurePosixPath(document.name).name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".ispec")
    for title, edits in (
        (_CURRENT, convert_to_v1alpha4(source, index)),
        ("Convert to a Kubernetes object", convert_to_crd_form(source, name, index)),
        ("Convert to the file form", convert_to_file_form(source, index)),
    ):
        if edits:
            yield _rewriting(document, title, edits)


def _index(document: Document, line: int) -> int:
    return document_at(document.text.source, line) or 0


def _rewriting(document: Document, title: str, edits: Sequence[Replacement]) -> types.CodeAction:
    return types.CodeAction(
        title=title, kind=types.CodeActionKind.RefactorRewrite, edit=workspace_edit(document, edits)
    )
