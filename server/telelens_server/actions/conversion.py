"""Rewrites a specification: an older version into the current one, the file form into a Kubernetes object and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from lsprotocol import types
from telelens_schemas.specification import Code, Problem
from telelens_schemas.specification.conversion import (
    convert_to_crd_form,
    convert_to_file_form,
    convert_to_v1alpha4,
)

from telelens_server.actions.offering import meet, workspace_edit
from telelens_server.documents import Document
from telelens_server.features.diagnostics import to_diagnostic
from telelens_server.names import specification_at

_CURRENT = "Convert to v1alpha4"
_TITLES = {
    "current": _CURRENT,
    "object": "Convert to a Kubernetes object",
    "file": "Convert to the file form",
}


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


def conversion(document: Document, where: types.Range, *, can_resolve: bool) -> Iterator[types.CodeAction]:
    """Of the document around the cursor. Rewriting takes a moment in a large file: an editor that can asks for the
    edits (``resolved``) when its user has chosen."""
    line, _ = document.text.place(where.start)
    specification = specification_at(document, line - 1)
    if specification is None:
        return
    is_object = specification.source.path != "$"
    is_old = any(
        problem.code is Code.DEPRECATED and problem.path == "$.apiVersion" for problem in document.reading.problems
    )
    index = _index(document, specification.source.range.line)
    wanted = ["current"] if is_old else []
    for kind in (*wanted, "file" if is_object else "object"):
        action = types.CodeAction(
            title=_TITLES[kind],
            kind=types.CodeActionKind.RefactorRewrite,
            data={"uri": document.text.uri, "conversion": kind, "document": index},
        )
        if can_resolve:
            yield action
        elif (done := resolved(document, action)).edit is not None:
            yield done


def resolved(document: Document, action: types.CodeAction) -> types.CodeAction:
    """With its edits; without any where the rewriting would change the meaning."""
    chosen = action.data if isinstance(action.data, Mapping) else {}
    index, source = chosen.get("document"), document.text.source
    if not isinstance(index, int):
        return action
    match chosen.get("conversion"):
        case "current":
            edits = convert_to_v1alpha4(source, index)
        case "object":
            edits = convert_to_crd_form(source, _name(document), index)
        case "file":
            edits = convert_to_file_form(source, index)
        case _:
            edits = ()
    if edits:
        action.edit = workspace_edit(document, edits)
    return action


def _name(document: Document) -> str:
    name = PurePosixPath(document.name).name
    for ending in (".yaml", ".yml", ".ispec"):
        name = name.removesuffix(ending)
    return name


def _index(document: Document, line: int) -> int:
    documents = document.reading.tree.documents if document.reading.tree is not None else ()
    return max((number for number, one in enumerate(documents) if one.first_line < line), default=0)
