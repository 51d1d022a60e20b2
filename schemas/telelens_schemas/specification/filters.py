"""The filters of intercepts: patterns that cannot be, and intercepts that would take each other's requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from telelens_schemas.matching import PatternError, leaves_nothing, same_place
from telelens_schemas.matching.match import check_header_name, check_header_value, check_match, is_everything
from telelens_schemas.names import PERSONAL_HEADER
from telelens_schemas.resources import HeaderMatch, Match, PathKind, PathMatch
from telelens_schemas.specification.models import Header, Intercept
from telelens_schemas.specification.parts import Trail
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.reader import Reader
from telelens_schemas.specification.source import Source

AUTO = "auto"
_PATH_BELOW = re.compile(r"[\w.~%-][\w.~%/-]*", re.ASCII)
_MOST_COMPARED = 50
"""Of more intercepts of one port only equal ones are found, and one that takes everything: to compare pairs would take
longer than an edit may."""


def check_patterns(intercept: Intercept, reader: Reader) -> None:
    """Adds what is wrong with headers and path, each where it stands."""
    for header in intercept.headers:
        _check_header(header, reader)
    for key, kind, value in _paths(intercept):
        try:
            check_match(Match(path=PathMatch(kind=kind, value=value)))
        except PatternError as error:
            _add(error, intercept.source, key, reader, replacement=_with_slash(kind, value))


@dataclass(frozen=True, slots=True)
class Clash:
    """Two intercepts of one port that cannot stand beside each other, or that can and the ``first`` one ``hides`` the
    later: no request is left for that."""

    first: Intercept
    later: Intercept
    hides: bool = False


def clashes(intercepts: Sequence[Intercept]) -> Iterator[Clash]:
    """Those among the intercepts of one port, at most one of each later one."""
    matches = [_match(one) for one in intercepts]
    known: dict[Match, Intercept] = {}
    compared = _compared(matches)
    for index, (one, match) in enumerate(zip(intercepts, matches, strict=True)):
        first = known.setdefault(match, one)
        if first is one:
            first = next((intercepts[other] for other in compared(index) if same_place(matches[other], match)), one)
        if first is not one:
            yield Clash(first, one)
            continue
        hiding = (intercepts[other] for other in compared(index) if _hides(matches[other], match))
        first = next(hiding, one)
        if first is not one:
            yield Clash(first, one, hides=True)


def _hides(first: Match, later: Match) -> bool:
    try:
        return leaves_nothing(first, later)
    except PatternError:
        return False  # which is said where it stands


def _compared(matches: Sequence[Match]) -> Callable[[int], Sequence[int]]:
    """With which of those before it each is compared."""
    if len(matches) <= _MOST_COMPARED:
        return range
    everything = next((index for index, one in enumerate(matches) if is_everything(one)), len(matches))

    def few(index: int) -> Sequence[int]:
        if index == everything:
            return range(min(index, 1))
        return (everything,) if index > everything else ()

    return few


def in_the_way(intercept: Intercept, others: Sequence[Intercept]) -> Iterator[Intercept]:
    """Those beside which one could not stand even with a header of its own."""
    personal = _match(replace(intercept, headers=(Header(name=PERSONAL_HEADER, value=AUTO),)))
    return (one for one in others if same_place(_match(one), personal))


def takes_everything(intercept: Intercept) -> bool:
    """Whether it has no filters."""
    return is_everything(_match(intercept))


def _with_slash(kind: PathKind, path: str) -> str | None:
    """Of a path that lacks nothing else."""
    return f"/{path}" if kind is not PathKind.REGEX and _PATH_BELOW.fullmatch(path) else None


def _check_header(header: Header, reader: Reader) -> None:
    if header.name:
        try:
            check_header_name(header.name)
        except PatternError as error:
            _add(error, header.source, "name", reader)
    if header.value != AUTO:
        try:
            check_header_value(header.name, header.value)
        except PatternError as error:
            _add(error, header.source, "value", reader)


def _add(error: PatternError, source: Source, key: str, reader: Reader, *, replacement: str | None = None) -> None:
    assert isinstance(source.trail, Trail)
    message = f"{error.message}: {error.hint}" if error.hint else error.message
    where, trail = source.value_range(key), source.trail.to(f".{key}")
    reader.add(Code.BAD_VALUE, message, where, trail, replacement=replacement)


def _match(intercept: Intercept) -> Match:
    """As it will be asked for. A value that is this intercept's alone is told apart by the intercept."""
    own = f"{AUTO} of {id(intercept)}"
    headers = tuple(
        sorted(
            (
                HeaderMatch(name=one.name.lower(), regex=own if one.value == AUTO else one.value)
                for one in intercept.headers
            ),
            key=lambda one: (one.name, one.regex),
        )
    )
    path = next((PathMatch(kind=kind, value=value) for _, kind, value in _paths(intercept)), None)
    return Match(headers=headers, path=path)


def _paths(intercept: Intercept) -> Iterator[tuple[str, PathKind, str]]:
    for key, kind, value in (
        ("pathEqual", PathKind.EQUAL, intercept.path_equal),
        ("pathPrefix", PathKind.PREFIX, intercept.path_prefix),
        ("pathRegexp", PathKind.REGEX, intercept.path_regexp),
    ):
        if value is not None:
            yield key, kind, value
