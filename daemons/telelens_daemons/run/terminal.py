"""Problems of a specification as a terminal shows them: one line each, below it the line of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telelens_schemas.specification import Problem, Severity
from telelens_schemas.specification.source import LINE_END

COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFORMATION: "34", Severity.HINT: "2"}
BOLD = "1"

Paint = Callable[[str, str], str]
"""Called with a text and the number of an ANSI colour."""


_LONGEST_LINE = 200
"""Characters: of a longer line a part is shown."""
_BEFORE = 60


def source_lines(text: str) -> list[str]:
    """As problems count them; Python knows more line ends."""
    return LINE_END.split(text)


def unpainted(text: str, _: str) -> str:
    """For files and pipes."""
    return text


def problem_lines(problem: Problem, source: Sequence[str], *, paint: Paint = unpainted) -> list[str]:
    """``file:line:column: severity: message [code]``, the line, and marks under what is meant."""
    place = problem.range
    severity = paint(problem.severity.value, COLOURS[problem.severity])
    where = paint(f"{problem.file}:{place.line}:{place.column}:", BOLD)
    lines = [f"{where} {severity}: {problem.message} [{problem.code.value}]"]
    if place.line <= len(source) and (text := source[place.line - 1]).strip():
        end = place.end_column if place.end_line == place.line else len(text) + 1
        # Tabs stay tabs, so that the marks stand where the terminal puts the text.
        indent = "".join("\t" if character == "\t" else " " for character in text[: place.column - 1])
        marks = "^" * max(1, end - place.column)
        begin = max(0, place.column - 1 - _BEFORE) if len(text) > _LONGEST_LINE else 0
        shown, marks = text[begin : begin + _LONGEST_LINE], marks[: begin + _LONGEST_LINE - len(indent)]
        lines += [f"    {shown}", f"    {indent[begin:]}{paint(marks, COLOURS[problem.severity])}"]
    lines += [
        f"    {related.file or problem.file}:{related.range.line}:{related.range.column}: {related.message}"
        for related in problem.related
    ]
    return lines


def summary(problems: Sequence[Problem], files: int) -> str:
    """``2 errors, 1 warning in 3 files``."""
    counts = [
        f"{count} {severity.value}{'' if count == 1 else 's'}"
        for severity in Severity
        if (count := sum(problem.severity is severity for problem in problems))
    ]
    return f"{', '.join(counts) or 'no problems'} in {files} file{'' if files == 1 else 's'}"
