"""Checks and compares what intercepts take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from telelens_schemas.matching.parser import PatternError, check_pattern
from telelens_schemas.resources import Match, PathKind

PSEUDO_HEADERS: Final = (":authority", ":method", ":path")
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
"""RFC 9110, 5.6.2, in lower case."""


def check_match(match: Match) -> None:
    """Raises PatternError, saying which header or path is wrong."""
    for header in match.headers:
        check_header_name(header.name)
        try:
            check_pattern(header.regex)
        except PatternError as error:
            raise PatternError(f"header {header.name}: {error.message}", error.hint) from error
    if match.path is not None:
        _check_path(match.path.kind, match.path.value)


def check_header_name(name: str) -> None:
    """Raises PatternError."""
    if name.lower() in PSEUDO_HEADERS:
        return
    if name.startswith(":"):
        raise PatternError(f'there is no header "{name}"', f"of these there are {', '.join(PSEUDO_HEADERS)}")
    if not name or not set(name.lower()) <= _TOKEN:
        raise PatternError(f"{name!r} is not a header's name", "like x-user=ada")


def _check_path(kind: PathKind, value: str) -> None:
    if kind is PathKind.REGEX:
        try:
            check_pattern(value)
        except PatternError as error:
            raise PatternError(f"path: {error.message}", error.hint) from error
        return
    if not value.startswith("/"):
        raise PatternError(f'the path "{value}" does not begin with /', "like /api")
    if bad := next((char for char in value if not " " < char <= "~" or char in "?#"), ""):
        raise PatternError(f"the path {value!r} holds {bad!r}", "a path has no query, and other characters as %XX")


def same_place(one: Match | None, other: Match | None) -> bool:
    """Whether two intercepts cannot stand beside each other: on the same path, what one takes holds all that the other
    takes. One without filters takes everything. Those that merely overlap can: the older one wins."""
    if is_everything(one) or is_everything(other):
        return True
    assert one is not None
    assert other is not None
    if one.path != other.path:
        return False
    ones, others = _conditions(one), _conditions(other)
    return ones <= others or others <= ones


def is_everything(match: Match | None) -> bool:
    """Whether there are no filters."""
    return match is None or not (match.headers or match.path)


def _conditions(match: Match) -> frozenset[tuple[str, str]]:
    return frozenset((header.name.lower(), header.regex) for header in match.headers)


def describe(match: Match | None) -> tuple[str, ...]:
    """One line for each condition, as users know them; empty: every request."""
    if match is None:
        return ()
    lines = [f'header("{header.name}") ~= regexp("{header.regex}")' for header in match.headers]
    return (*lines, *_path_line(match))


def _path_line(match: Match) -> Iterable[str]:
    if match.path is not None:
        sign, value = {
            PathKind.EQUAL: ("==", f'"{match.path.value}"'),
            PathKind.PREFIX: ("has prefix", f'"{match.path.value}"'),
            PathKind.REGEX: ("~=", f'regexp("{match.path.value}")'),
        }[match.path.kind]
        yield f"path {sign} {value}"
