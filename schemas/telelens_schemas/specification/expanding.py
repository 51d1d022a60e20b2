"""A specification as it is once its templates are expanded; what is wrong then is said where its writer sees it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from telelens_schemas.specification.problems import Code, Problem
from telelens_schemas.specification.reading import Reading, read_specification
from telelens_schemas.specification.source import Range

_OPENING = "{{"


@dataclass(frozen=True, slots=True)
class Expanded:
    """``reading`` is that of ``text``, which holds no template any more; of one that cannot be expanded, of the text as
    it was written. ``problems`` stand in the text as it was written."""

    text: str
    reading: Reading
    problems: tuple[Problem, ...]
    written_at: Callable[[Range], Range] = lambda where: where
    """Where its writer sees a stretch of ``text``."""

    def moved(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of ``text`` where its writer sees them."""
        # Fixes and related places would be those of a text that nobody sees.
        return [dataclasses.replace(one, range=self.written_at(one.range), related=(), fixes=()) for one in problems]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(one for one in self.problems if one.is_error)


def read_expanded(
    text: str, file: str, *, environment: Mapping[str, str], username: str, may_use_network: bool = False
) -> Expanded:
    """Expand the templates of a text for a user, then read it. Never raises, as `read_specification`."""
    reading = read_specification(text, file)
    if _OPENING not in text:
        return Expanded(text, reading, reading.problems)
    # Most specifications hold no template: only who has one waits for the import.
    from telelens_schemas.specification.template_checks import check_template, failure, range_of
    from telelens_schemas.specification.template_data import template_data
    from telelens_schemas.templates import Context, TemplateError, parse
    from telelens_schemas.templates.source import Lines

    template = parse(text)
    of_template = check_template(template, file, environment)
    if any(one.is_error for one in of_template):
        return Expanded(text, reading, _sorted([*reading.problems, *of_template]))
    try:
        context = Context(environment, may_use_network=may_use_network)
        expansion = template.execute(template_data(username), context)
    except TemplateError as error:
        return Expanded(text, reading, _sorted([*reading.problems, *of_template, failure(error, text, file)]))
    now = read_specification(expansion.text, file)
    source, result = Lines(text), Lines(expansion.text)

    def written_at(where: Range) -> Range:
        start, end = result.offset(where.line, where.column), result.offset(where.end_line, where.end_column)
        return range_of(source, *expansion.source_range(start, end))

    expanded = Expanded(expansion.text, now, (), written_at)
    moved = expanded.moved(now.problems)
    # Handlers that a loop makes, say, are not missing, though they seem to be before it is expanded.
    is_wrong = {_key(one) for one in moved}
    written = [one for one in reading.problems if one.code is Code.TEMPLATED_REFERENCE or _key(one) in is_wrong]
    return dataclasses.replace(expanded, problems=_sorted([*written, *of_template, *moved]))


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """What was wrong before and after is said once."""
    once = {_key(one): one for one in reversed([*problems])}
    return tuple(sorted(once.values(), key=lambda one: (one.range, one.path)))


def _key(problem: Problem) -> tuple[Range, Code, str]:
    return problem.range, problem.code, problem.message
