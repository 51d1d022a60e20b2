"""``telelens intercept validate``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from telelens_schemas.specification import Problem, read_specification

from telelens_daemons.cli.options import GlobalOptions
from telelens_daemons.cli.output import Output
from telelens_daemons.run.specification_file import read_text
from telelens_daemons.run.terminal import problem_lines, summary, unpainted


def validate_specifications(files: Sequence[str], *, options: GlobalOptions) -> int:
    """Print the problems of every file; 1 when there is an error among them. Raises UnreadableFileError."""
    output = Output(options)
    problems: list[Problem] = []
    for file in files:
        text = read_text(file)
        found = read_specification(text, file).problems
        problems += found
        for problem in found:
            for line in problem_lines(problem, text.splitlines(), paint=_painted if sys.stdout.isatty() else unpainted):
                output.line(line)
    output.line(summary(problems, len(files)))
    output.data([problem.to_object() for problem in problems])
    return 1 if any(problem.is_error for problem in problems) else 0


def _painted(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m"
