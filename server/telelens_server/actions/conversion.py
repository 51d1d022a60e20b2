"""Rewrites a specification: an older version into the current one, the file form into a Kubernetes object and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from lsprotocol import types
from telelens_schemas.specification import Code, Problem, Replacement, Specification
from telelens_schemas.specification.conversion import (
    convert_to_crd_form,
    convert_to_file_form,
    convert_to_v1alpha4,
)

from telelens_server.actions.offering import meet, workspace_edit
from telelens_server.documents import Document
from telelens_server.features.diagnostics import to_diagnostic
from telelens_server.names import specification_at
from telelens_server.rows import Form
from telelens_server.working import Check, Work

_CURRENT = "Convert to v1alpha4"
_TITLES = {
    "current": _CURRENT,
    "object": "Convert to a Kubernetes object",
    "file": "Convert to the file form",
}


def renewal(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """Of a version that is deprecated, where that is said; the edits are left out (``resolved``)."""
    for problem in problems:
        if problem.code is Code.DEPRECATED and meet(document.text.to_editor(problem.range), where):
            yield types.CodeAction(
                title=_CURRENT,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[to_diagnostic(document, problem)],
                is_preferred=True,
                data=_data(document, "current", _index(document, problem.range.line)),
            )


def conversion(document: Document, where: types.Range, *, is_anywhere: bool) -> Iterator[types.CodeAction]:
    """Of the document around the cursor, unless ``is_anywhere`` only at its head; the edits are left out
    (``resolved``)."""
    line, _ = document.text.place(where.start)
    specification = specification_at(document, line - 1)
    if specification is None or not (is_anywhere or _is_at_head(document, specification, where)):
        return
    is_object = specification.source.path != "$"
    is_old = any(
        problem.code is Code.DEPRECATED and problem.path == "$.apiVersion" for problem in document.reading.problems
    )
    index = _index(document, specification.source.range.line)
    wanted = ["current"] if is_old else []
    for kind in (*wanted, "file" if is_object else "object"):
        yield types.CodeAction(
            title=_TITLES[kind],
            kind=types.CodeActionKind.RefactorRewrite,
            data=_data(document, kind, index),
        )


def is_conversion(action: types.CodeAction) -> bool:
    """Whether its edits are still to be made."""
    return action.edit is None and isinstance(action.data, Mapping) and "conversion" in action.data


async def resolved(document: Document, action: types.CodeAction, work: Work) -> types.CodeAction:
    """With its edits; without any where the rewriting would change the meaning. A large file takes seconds: the text
    is read three times."""
    chosen = action.data if isinstance(action.data, Mapping) else {}
    kind, index, source, name = chosen.get("conversion"), chosen.get("document"), document.text.source, _name(document)
    if not isinstance(index, int) or kind not in _TITLES:
        return action

    def edits(check: Check) -> Sequence[Replacement]:
        match kind:
            case "current":
                return convert_to_v1alpha4(source, index, check)
            case "object":
                return convert_to_crd_form(source, name, index, check)
            case _:
                return convert_to_file_form(source, index, check)

    found = await work.in_background(edits)
    if found:
        action.edit = workspace_edit(document, found)
    return action


def _is_at_head(document: Document, specification: Specification, where: types.Range) -> bool:
    """Whether there is one of its own keys, or of the object's around it, or a line above all of these."""
    keys = {place.key.line for place in specification.source.places.values()}
    first = min(keys, default=specification.source.range.line)
    rows, own = document.rows.rows, _index(document, first)
    for line in range(where.start.line, min(where.end.line + 1, len(rows))):
        is_root = rows[line].form is Form.CONTENT and rows[line].indent == 0 and not rows[line].is_item
        if line + 1 in keys or ((is_root or line < first) and _index(document, line + 1) == own):
            return True
    return False


def _data(document: Document, kind: str, index: int) -> Mapping[str, object]:
    return {"uri": document.text.uri, "conversion": kind, "document": index}


def _name(document: Document) -> str:
    name = PurePosixPath(document.name).name
    for ending in (".yaml", ".yml", ".ispec"):
        name = name.removesuffix(ending)
    return name


def _index(document: Document, line: int) -> int:
    documents = document.reading.tree.documents if document.reading.tree is not None else ()
    return max((number for number, one in enumerate(documents) if one.first_line < line), default=0)
