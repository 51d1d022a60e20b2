"""What is wrong with a specification's templates, as far as it shows without expanding them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from telelens_schemas.specification.problems import Code, Fix, Problem, Replacement, Severity
from telelens_schemas.specification.source import Range
from telelens_schemas.specification.template_data import fields_of
from telelens_schemas.specification.template_fixes import Closings
from telelens_schemas.suggestions import closest, did_you_mean
from telelens_schemas.templates import Template, TemplateError
from telelens_schemas.templates.expressions import TYPOGRAPHIC_QUOTES
from telelens_schemas.templates.nodes import (
    Action,
    Branch,
    Definition,
    Field,
    Identifier,
    Node,
    StringNode,
    Variable,
)
from telelens_schemas.templates.source import Lines

_CODES: Final = {"typographic-quote": Code.TYPOGRAPHIC_QUOTE, "unknown-function": Code.UNKNOWN_FUNCTION}
_MOST_CLOSED: Final = 50
"""Of a hopeless text nobody closes everything."""
_DATA: Final = "$"


def check_template(template: Template, file: str, environment: Mapping[str, str] | None) -> list[Problem]:
    """In the order of the text. ``environment`` is that of who runs it; None where that is not to be looked at."""
    lines = Lines(template.text)
    closings = Closings(template, lines)
    found: list[Problem] = []
    for one in template.problems:
        where = range_of(lines, one.start, one.end)
        message = f"{one.message}; {one.hint}" if one.hint else one.message
        fixes: tuple[Fix, ...] = ()
        if one.replacement is not None:
            places = [where] if one.code != "typographic-quote" else _quotes(template.text, lines, one.start)
            edits = tuple(Replacement(place, one.replacement) for place in places)
            fixes = (Fix(f"Replace {'it' if len(edits) == 1 else 'all'} with {one.replacement}", edits),)
        elif one.code in ("syntax", "unclosed") and len(found) < _MOST_CLOSED:
            fixes = closings.fixes(one)
        found.append(_problem(file, where, _CODES.get(one.code, Code.BAD_TEMPLATE), message, fixes=fixes))
    for node, path, known in _unknown_fields(template.root):
        message = f'there is no ".{".".join(path)}" here'
        hint = did_you_mean(path[-1], known)
        where = range_of(lines, node.start, node.end)
        fixes = _meant(lines, template.text, node, path, known)
        found.append(_problem(file, where, Code.UNKNOWN_FIELD, f"{message}; {hint}" if hint else message, fixes=fixes))
    if environment is not None:
        for node, name in _read_variables(template.root):
            if name.text in environment:
                continue
            message = f"the environment variable {name.text} is not set: nothing is written here"
            where = range_of(lines, node.start, node.end)
            fixes = (_defaulted(lines, name),)
            found.append(_problem(file, where, Code.UNSET_VARIABLE, message, severity=Severity.WARNING, fixes=fixes))
    return sorted(found, key=lambda one: one.range)


def failure(error: TemplateError, text: str, file: str) -> Problem:
    """What kept a template from being expanded."""
    hint = f"; {error.hint}" if error.hint else ""
    where = range_of(Lines(text), error.start, error.end)
    return _problem(file, where, Code.BAD_TEMPLATE, f"this cannot be expanded: {error}{hint}")


def range_of(lines: Lines, start: int, end: int) -> Range:
    """The place of two offsets."""
    end = max(end, start + 1)
    return Range(lines.line_of(start), lines.column_of(start), lines.line_of(end), lines.column_of(end))


def _quotes(text: str, lines: Lines, start: int) -> list[Range]:
    """Those of the same action: nobody pastes only one."""
    close = text.find("}}", start)
    end = min(close if close >= 0 else len(text), lines.end_of_line(start))
    return [range_of(lines, at, at + 1) for at in range(start, end) if text[at] in TYPOGRAPHIC_QUOTES]


def _meant(lines: Lines, text: str, node: Node, path: tuple[str, ...], known: Mapping[str, str]) -> tuple[Fix, ...]:
    """The field of the nearest name; a field of a field, where only the way to it is left out."""
    name, written = path[-1], text[node.start : node.end]
    near = closest(name, known)
    if near is None and len(path) == 1:
        near = next((f"{one}.{name}" for one in known if name in fields_of((one,))), None)
    before = f"{_DATA if written.startswith(_DATA) else ''}.{''.join(f'{one}.' for one in path[:-1])}"
    if near is None or not written.startswith(before + name):
        return ()
    start = node.start + len(before)
    edit = Replacement(range_of(lines, start, start + len(name)), near)
    return (Fix(f"Replace it with {near}", (edit,)),)


def _defaulted(lines: Lines, name: StringNode) -> Fix:
    """What is written instead, the user types."""
    line, column = lines.line_of(name.end), lines.column_of(name.end)
    edit = Replacement(Range(line, column, line, column), f" | default {2 * name.quoted[0]}")
    return Fix("Give it a default", (edit,), is_choice=True)


def _problem(
    file: str,
    where: Range,
    code: Code,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    fixes: tuple[Fix, ...] = (),
) -> Problem:
    return Problem(file=file, range=where, severity=severity, code=code, message=message, fixes=fixes)


def _unknown_fields(root: Node) -> Iterator[tuple[Node, tuple[str, ...], Mapping[str, str]]]:
    """Chains of fields of the data itself that lead nowhere: up to the first unknown name, with the known ones.

    The dot is the data only outside of ``with``, ``range`` and definitions.
    """
    waiting = [(root, True)]
    while waiting:
        node, is_data = waiting.pop()
        fields: tuple[str, ...] = ()
        if (isinstance(node, Field) and is_data) or (isinstance(node, Variable) and node.name == _DATA):
            fields = node.fields
        for number, name in enumerate(fields):
            known = fields_of(fields[:number])
            if name not in known:
                yield node, fields[: number + 1], known
                break
        if isinstance(node, Definition):
            continue  # its dot, and its $, are what it is given
        if isinstance(node, Branch) and node.keyword != "if":
            waiting += ((arm.pipe, is_data) for arm in node.arms if arm.pipe is not None)
            waiting += ((arm.body, False) for arm in node.arms)
            waiting += ((node.otherwise, is_data),) if node.otherwise is not None else ()
        else:
            waiting += ((child, is_data) for child in node.children)


def _read_variables(root: Node) -> Iterator[tuple[Node, StringNode]]:
    """What ``{{ env "NAME" }}`` writes as it is; who gives it to a function, ``default`` above all, knows that it may
    be empty."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += reversed(node.children)
        if isinstance(node, Action) and len(node.pipe.commands) == 1 and not node.pipe.variables:
            match node.pipe.commands[0].arguments:
                case (Identifier(name="env"), StringNode() as name):
                    yield node, name
