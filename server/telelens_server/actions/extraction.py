"""Makes a handler of what stands where the name of one belongs: a script, or the handler itself. And of a name that
leads nowhere, a handler of that name."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from lsprotocol import types
from telelens_schemas.specification import Code, FoundKey, Problem, Range, Replacement, Specification
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.shapes import Names

from telelens_server.actions.offering import meet, workspace_edit
from telelens_server.documents import Document
from telelens_server.features.diagnostics import to_diagnostic
from telelens_server.names import specification_at
from telelens_server.rows import Form

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*")
_FLOW = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[{}\[\]]")
_HANDLER_KEYS = frozenset({"script", "docker", "external"})


def extraction(document: Document, where: types.Range) -> Iterator[types.CodeAction]:
    """At a handler's place that holds more than a name."""
    for key in document.index.keys_around(*document.text.place(where.start)):
        specification = specification_at(document, key.key.range.line - 1)
        if key.about.names is Names.HANDLER and specification is not None:
            body = _body(key.value)
            if body is not None:
                yield from _extracted(document, specification, key, body)


def creation(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """For a name that no handler has."""
    for problem in problems:
        if problem.code is not Code.UNDEFINED_HANDLER or not meet(document.text.to_editor(problem.range), where):
            continue
        found = document.index.key_at(problem.range.line, problem.range.column)
        specification = specification_at(document, problem.range.line - 1)
        name = found.value.value if found is not None and isinstance(found.value, Scalar) else ""
        if specification is None or not _NAME.fullmatch(name):
            continue
        put = _insertion(document, specification, [f"name: {name}", "script:", "  run: exec true"])
        if put is not None:
            yield types.CodeAction(
                title=f"Create the handler {name}",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[to_diagnostic(document, problem)],
                edit=workspace_edit(document, [put]),
            )


def _extracted(
    document: Document, specification: Specification, key: FoundKey, body: list[str]
) -> Iterator[types.CodeAction]:
    name = _free_name(specification)
    put = _insertion(document, specification, [f"name: {name}", *body])
    if put is None:
        return
    start = key.key.range
    end = key.value.home.range(key.value.start, _end(key.value))
    # A block's end may lie behind its last line end: that stays.
    last = (end.end_line, end.end_column)
    if end.end_column == 1 and end.end_line > end.line:
        last = end.end_line - 1, len(document.text.line(end.end_line - 2)) + 1
    while last[0] > start.line and not document.text.line(last[0] - 1)[: last[1] - 1].strip():
        last = last[0] - 1, len(document.text.line(last[0] - 2)) + 1
    use = Replacement(Range(start.end_line, start.end_column, *last), f": {name}")
    yield types.CodeAction(
        title=f"Extract to the handler {name}",
        kind=types.CodeActionKind.RefactorExtract,
        edit=workspace_edit(document, [use, put]),
    )


def _end(value: Node) -> int:
    """Where it ends, its bracket included."""
    text = value.home.text
    if isinstance(value, Scalar) or text[value.start] not in "{[":
        return value.end
    depth = 0
    for found in _FLOW.finditer(text, value.start):
        depth += (found[0] in "{[") - (found[0] in "}]")
        if depth == 0:
            return found.end()
    return value.end


def _body(value: Node) -> list[str] | None:
    """The handler's lines below its name; ``None``: it is a name, or nothing that could be a handler."""
    text = value.home.text[value.start : _end(value)]
    if isinstance(value, Scalar):
        if value.templated or _NAME.fullmatch(value.value) or not value.value.strip():
            return None
        return ["script:", "  run: |", *(f"    {line}".rstrip() for line in value.value.rstrip("\n").split("\n"))]
    if not isinstance(value, Entries):
        return None
    keys = {key.value for key, _ in value.pairs if isinstance(key, Scalar)}
    if text.startswith("{"):
        lines = [text] if "\n" not in text else None
        if lines is None:
            return None
        if keys & _HANDLER_KEYS:
            return [text[1:-1].strip()] if len(value.pairs) == 1 else None
        return [f"script: {text}"] if "run" in keys else None
    first = value.start - value.home.start_of_line(value.start)
    lines = textwrap.dedent(" " * first + text.rstrip()).splitlines()
    if keys & _HANDLER_KEYS:
        return lines
    return ["script:", *(f"  {line}".rstrip() for line in lines)] if "run" in keys else None


def _free_name(specification: Specification) -> str:
    taken = {handler.name for handler in specification.handlers}
    return next(name for number in range(1, len(taken) + 3) if (name := f"handler{number}") not in taken)


def _insertion(document: Document, specification: Specification, lines: list[str]) -> Replacement | None:
    """A handler behind the others; ``None`` where they stand in brackets."""
    rows, text = document.rows, document.text
    place = specification.source.places.get("handlers")
    if place is not None:
        head = place.key.line - 1
        if document.rows.rows[head].form is not Form.CONTENT:
            return None
        items = [
            number
            for number in range(head + 1, rows.block_end(head) + 1)
            if rows.rows[number].form is Form.CONTENT and rows.rows[number].is_item
        ]
        if not items:
            return None
        column = rows.rows[items[0]].indent
        return _below(document, rows.block_end(head), _item(lines, column))
    first = min((one.key for one in specification.source.places.values()), default=None)
    if first is None or text.line(first.line - 1)[: first.column - 1].strip():
        return None
    column = first.column - 1
    last = max(rows.block_end(one.key.line - 1) for one in specification.source.places.values())
    return _below(document, last, [" " * column + "handlers:", *_item(lines, column + 2)])


def _item(lines: list[str], column: int) -> list[str]:
    return [" " * column + ("- " if number == 0 else "  ") + line if line else "" for number, line in enumerate(lines)]


def _below(document: Document, line: int, lines: list[str]) -> Replacement:
    end = len(document.text.line(line)) + 1
    return Replacement(Range(line + 1, end, line + 1, end), "\n" + "\n".join(lines))
