"""A specification as it is once its templates are expanded; what is wrong then is said where its writer sees it."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telelens_schemas.specification.models import Specification
from telelens_schemas.specification.problems import Code, Problem, said_once
from telelens_schemas.specification.reading import Reading, read_specification
from telelens_schemas.specification.source import Range

if TYPE_CHECKING:
    from telelens_schemas.specification.problems import Related
    from telelens_schemas.specification.quoting import Quoting
    from telelens_schemas.specification.unexpanded import Unexpanded
    from telelens_schemas.templates import Context, Limits, Template

_OPENING = "{{"
_LINE = re.compile(r"\bline (\d+)\b")
_Judge = Callable[[Specification], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Expanded:
    """``reading`` is that of ``text``, which holds no template any more; of one that is not expanded, of the text as it
    was ``written``. ``problems`` stand in the text as it was written."""

    text: str
    reading: Reading
    problems: tuple[Problem, ...]
    written: Reading
    template: Template | None = None
    written_at: Callable[[Range], Range] | None = None
    """Where its writer sees a stretch of ``text``; ``None``: it is what was written."""
    exceeded: Problem | None = None
    """The one that says that to expand it costs more than it may."""
    unexpanded: Unexpanded | None = None
    """What it may be, where it holds templates that are not expanded."""

    def judged(self, judge: _Judge) -> list[Problem]:
        """What somebody else says of its specifications, as far as that holds once it is expanded, where its writer
        sees it."""

        return self.found(lambda reading: [problem for one in reading.specifications for problem in judge(one)])

    def found(self, find: Callable[[Reading], Iterable[Problem]]) -> list[Problem]:
        """The same of what is found in a whole reading."""
        if self.template is None:
            return [*said_once(find(self.reading))]
        if self.unexpanded is not None:
            return [*said_once(self.unexpanded.common_problems(find))]
        return [*said_once(_as_written(self.moved(find(self.reading)), find(self.written)))]

    def moved(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of ``text`` where its writer sees them."""
        at = self.written_at
        return [*problems] if at is None else [_moved(one, at) for one in problems]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(one for one in self.problems if one.is_error)


def read_expanded(
    text: str,
    file: str,
    *,
    environment: Mapping[str, str],
    username: str,
    may_use_network: bool = False,
    limits: Limits | None = None,
    clock: Callable[[], float] = time.monotonic,
    template: Template | None = None,
    earlier: Expanded | None = None,
) -> Expanded:
    """Expand the templates of a text for a user, then read it. Never raises, as `read_specification`; the ``earlier``
    one of the same file is used up as there. What cannot be expanded has those problems that it has in any case.
    What asks the network where that may not be used is not expanded: the run does it. ``template`` is what the text is
    as one, where that is known."""
    written = read_specification(text, file, earlier.written if earlier is not None else None)
    if _OPENING not in text:
        return Expanded(text, written, written.problems, written)
    # Most specifications hold no template: only who has one waits for the import.
    from telelens_schemas.templates import Context, parse
    from telelens_schemas.templates import Limits as Default

    context = Context(environment, may_use_network=may_use_network, limits=limits or Default(), clock=clock)
    return _expanded(written, template or parse(text), file, context=context, username=username, earlier=earlier)


def read_unexpanded(
    template: Template, file: str, *, environment: Mapping[str, str] | None, earlier: Expanded | None = None
) -> Expanded:
    """What shows without expanding anything. ``environment`` is ``None`` where that is not to be looked at."""
    from telelens_schemas.specification.template_checks import check_template

    written = read_specification(template.text, file, earlier.written if earlier is not None else None)
    return _unexpanded(written, template, file, check_template(template, file, environment), earlier)


def _expanded(
    written: Reading, template: Template, file: str, *, context: Context, username: str, earlier: Expanded | None
) -> Expanded:
    from telelens_schemas.specification.quoting import Quoting
    from telelens_schemas.specification.template_checks import check_template, failure, range_of
    from telelens_schemas.specification.template_data import template_data
    from telelens_schemas.specification.templated_prefixes import templated_prefixes
    from telelens_schemas.templates import NETWORK, LimitError, TemplateError
    from telelens_schemas.templates.source import Lines

    text = template.text
    of_template = check_template(template, file, context.environment)
    if any(one.is_error for one in of_template):
        return _unexpanded(written, template, file, of_template, earlier)
    if not context.may_use_network and template.names(NETWORK):
        return _unexpanded(written, template, file, of_template, earlier)
    try:
        expansion = template.execute(template_data(username), context)
    except TemplateError as error:
        failed = failure(error, text, file)
        exceeded = failed if isinstance(error, LimitError) else None
        return _unexpanded(written, template, file, [*of_template, failed], earlier, exceeded)
    before = earlier.reading if earlier is not None and earlier.written_at is not None else None
    now = read_specification(expansion.text, file, before)
    source, result = Lines(text), Lines(expansion.text)

    def written_at(where: Range) -> Range:
        start, end = result.offset(where.line, where.column), result.offset(where.end_line, where.end_column)
        return range_of(source, *expansion.source_range(start, end))

    quoting = Quoting(written, expansion, source, result)
    moved = [_moved(one, written_at, quoting) for one in now.problems]
    references = [one for one in written.problems if one.code is Code.TEMPLATED_REFERENCE]
    references += (
        problem
        for one in (now.specifications if "/" in expansion.text else ())
        for problem in templated_prefixes(one, expansion, text, file)
    )
    problems = said_once([*references, *of_template, *_as_written(moved, written.problems)])
    return Expanded(expansion.text, now, problems, written, template, written_at)


def _unexpanded(
    written: Reading,
    template: Template,
    file: str,
    problems: list[Problem],
    earlier: Expanded | None,
    exceeded: Problem | None = None,
) -> Expanded:
    from telelens_schemas.specification.unexpanded import Unexpanded

    unexpanded = Unexpanded(written, template, file, earlier.unexpanded if earlier is not None else None)
    every = said_once([*unexpanded.certain_problems(), *problems])
    return Expanded(
        template.text, written, every, written, template, exceeded=exceeded, unexpanded=unexpanded.read_all()
    )


def _as_written(moved: Iterable[Problem], written: Iterable[Problem]) -> list[Problem]:
    """What was wrong before a text was expanded is said in its words: those know what would mend it. What is wrong
    only before is not wrong: handlers that a loop makes, say, seem to be missing."""
    before: dict[tuple[Range, Code], list[Problem]] = {}
    for one in written:
        before.setdefault((one.range, one.code), []).append(one)
    return [_same(one, before.get((one.range, one.code), [])) for one in moved]


def _same(problem: Problem, written: list[Problem]) -> Problem:
    exact = (one for one in written if one.message == problem.message)
    return next(exact, written[0] if len(written) == 1 else problem)


def _moved(problem: Problem, written_at: Callable[[Range], Range], quoting: Quoting | None = None) -> Problem:
    # Its own fixes would be those of a text that nobody sees.
    where = written_at(problem.range)
    return dataclasses.replace(
        problem,
        range=where,
        message=_LINE.sub(lambda found: f"line {_line(int(found[1]), written_at)}", problem.message),
        related=tuple(_related(problem.related, written_at, where)),
        fixes=quoting.fixes(problem, where) if quoting is not None else (),
    )


def _line(number: int, written_at: Callable[[Range], Range]) -> int:
    return written_at(Range(number, 1, number, 1)).line


def _related(every: Iterable[Related], written_at: Callable[[Range], Range], where: Range) -> Iterable[Related]:
    """What a loop makes twice stands once."""
    moved = (one if one.file else dataclasses.replace(one, range=written_at(one.range)) for one in every)
    return (one for one in moved if one.file or one.range != where)
