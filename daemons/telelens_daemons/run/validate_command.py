"""``telelens intercept validate``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from telelens_schemas.specification import Problem, Specification
from telelens_schemas.specification.expanding import Expanded

from telelens_daemons.cli.options import Format, GlobalOptions
from telelens_daemons.cli.output import Output
from telelens_daemons.run.for_caller import read_for_caller
from telelens_daemons.run.specification_file import (
    STANDARD_INPUT,
    STANDARD_INPUT_NAME,
    read_text,
    specification_files,
)
from telelens_daemons.run.terminal import problem_lines, source_lines, summary, unpainted


def validate_specifications(names: Sequence[str], *, options: GlobalOptions, with_cluster: bool = False) -> int:
    """Print the problems of every file, of templates also what shows only when they are expanded; 1 when there is an
    error among them. Raises UnreadableFileError, and UserError where a cluster cannot be asked."""
    output = Output(options)
    files = specification_files(names)
    texts = {STANDARD_INPUT_NAME if file == STANDARD_INPUT else file: read_text(file) for file in files}
    read = {file: read_for_caller(text, file) for file, text in texts.items()}
    found = {file: list(one.problems) for file, one in read.items()}
    for file, problems in _compose_problems(read).items():
        found[file] += problems
    if with_cluster:
        for file, problems in _live_problems(read).items():
            found[file] += problems
    paint = _painted if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else unpainted
    every = [one for problems in found.values() for one in sorted(problems, key=lambda one: one.range)]
    lines = {file: source_lines(text) for file, text in texts.items()}
    for problem in every:
        for line in problem_lines(problem, lines[problem.file], paint=paint):
            output.line(line)
    output.line(summary(every, len(files)))
    if options.format is Format.SARIF:
        from telelens_daemons.run.sarif import to_sarif

        print(json.dumps(to_sarif(every), indent=2, ensure_ascii=False))
    else:
        output.data([problem.to_object() for problem in every])
    return 1 if any(problem.is_error for problem in every) else 0


def _compose_problems(read: dict[str, Expanded]) -> dict[str, list[Problem]]:
    """What of the compose services is not in the files that are meant, as seen from where the specification is."""
    if not any("compose" in one.text for one in read.values()):
        return {}
    from telelens_schemas.specification.compose import check_compose

    from telelens_daemons.run.compose_files import read_compose_files

    def check(specification: Specification, file: str) -> list[Problem]:
        return check_compose(specification, read_compose_files(specification, Path(file).parent), file)

    return {file: one.judged(partial(check, file=file)) for file, one in read.items()}


def _live_problems(read: dict[str, Expanded]) -> dict[str, list[Problem]]:
    """What of the names is not in the clusters that are meant."""
    from telelens_schemas.specification.compose import Described, described_in
    from telelens_schemas.specification.live_checks import check_live
    from telelens_schemas.specification.places import places_of

    from telelens_daemons.run.cluster_facts import gather_facts
    from telelens_daemons.run.compose_files import read_compose_files

    def described(specification: Specification, file: str) -> list[Described]:
        return [*described_in(specification, read_compose_files(specification, Path(file).parent))]

    def check(specification: Specification, file: str) -> list[Problem]:
        return check_live(specification, facts, file, described=described(specification, file))

    facts = gather_facts(
        place
        for file, one in read.items()
        for specification in one.reading.specifications
        for place in places_of(specification, (each.service for each in described(specification, file)))
    )
    return {file: one.judged(partial(check, file=file)) for file, one in read.items()}


def _painted(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m"
