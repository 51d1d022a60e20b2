"""What can be wrong with a template: found while reading it, and found while expanding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from telelens_schemas.errors import SchemasError
from telelens_schemas.templates.limits import Limit

ProblemCode = Literal["syntax", "unclosed", "typographic-quote", "undefined-variable", "unknown-function"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a template's syntax, and its stretch of the source."""

    message: str
    start: int
    end: int
    line: int
    """That Go's message names, from 1."""
    code: ProblemCode = "syntax"
    hint: str = ""
    replacement: str | None = None
    """What to write in that place instead, where it is known."""
    go_message: str = ""
    """Where Go says it less clearly; else the message is Go's."""


class TemplateError(SchemasError):
    """A template cannot be expanded. ``start`` and ``end`` are the stretch of the source that is to blame; line and
    column, from 1 and in characters, are the place that Go names, which may be within it."""

    def __init__(
        self, message: str, go_message: str, *, start: int, end: int, line: int, column: int, hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.go_message = go_message
        """Whole, with its place, as Go's program would print it."""
        self.start = start
        self.end = end
        self.line = line
        self.column = column


class UnreadableTemplate(TemplateError):
    """Its syntax is wrong: the first of its problems."""


class ExecutionError(TemplateError):
    """An action failed."""


class LimitError(ExecutionError):
    """It would cost too much; ``limit`` names the bound."""

    limit: Limit = "steps"
