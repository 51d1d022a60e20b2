"""Checks and compares what intercepts take."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from telelens_schemas.matching.nodes import Literal
from telelens_schemas.matching.parser import PatternError, check_pattern, parse, quoted
from telelens_schemas.matching.sampling import ALIASES, always_true, some_path
from telelens_schemas.names import PERSONAL_HEADER
from telelens_schemas.resources import Match, PathKind, PathMatch

PSEUDO_HEADERS: Final = (":authority", ":method", ":path")
_TOKEN: Final = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
"""RFC 9110, 5.6.2, in lower case."""
_ANYTHING: Final = ".*"


def check_match(match: Match) -> None:
    """Raises PatternError, saying which header or path is wrong."""
    for header in match.headers:
        check_header_name(header.name)
        try:
            check_header_value(header.name, header.regex)
        except PatternError as error:
            raise PatternError(f"header {header.name}: {error.message}", error.hint) from error
    if match.path is not None:
        _check_path(match.path.kind, match.path.value)


def check_header_value(name: str, regex: str) -> None:
    """Raises PatternError."""
    check_pattern(regex)
    if name.lower() == PERSONAL_HEADER and _literal(regex) is None:
        raise PatternError(
            f"{quoted(regex)} could match the requests of others",
            "this header takes one literal value: auto makes yours",
        )
    if name.lower() == ":path" and not some_path(regex):
        raise PatternError(f"{quoted(regex)} matches no path: each begins with /", "like /api.*")


@lru_cache(maxsize=512)
def _literal(regex: str) -> str | None:
    """The one text that a pattern matches which is made of nothing else; ``None``: it is another one."""
    alternatives = parse(regex).alternatives
    chars = [one.char for one in alternatives[0] if isinstance(one, Literal)]
    return "".join(chars) if len(alternatives) == 1 and chars and len(chars) == len(alternatives[0]) else None


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
        if not some_path(value):
            raise PatternError(f"path: {quoted(value)} matches no path: each begins with /", "like /api.*")
        return
    if not value.startswith("/"):
        raise PatternError(f'the path "{value}" does not begin with /', "like /api")
    if bad := next((char for char in value if not " " < char <= "~" or char in "?#"), ""):
        raise PatternError(f"the path {value!r} holds {bad!r}", "a path has no query, and other characters as %XX")


def same_place(one: Match | None, other: Match | None) -> bool:
    """Whether two intercepts cannot stand beside each other: on the same path, what one takes holds all that the other
    takes. One without filters, or with such as every request passes, takes everything. Those that merely overlap can:
    the older one wins."""
    if is_everything(one) or is_everything(other):
        return True
    if _path_condition(one) != _path_condition(other):
        return False
    ones, others = _conditions(one), _conditions(other)
    return ones <= others or others <= ones


def leaves_nothing(first: Match | None, later: Match | None) -> bool:
    """Whether ``first``, being the older one, takes every request that ``later`` would take. Only where that is sure:
    one pattern is the other, takes anything, or takes the literal that the other is."""
    if not _path_within(_path_condition(first), _path_condition(later)):
        return False
    conditions = _conditions(later)
    if not all(any(_value_within(one, other) for other in conditions) for one in _conditions(first)):
        return False
    return rank(first) <= rank(later)


def _path_within(whole: PathMatch | None, part: PathMatch | None) -> bool:
    if whole is None or whole == part:
        return True
    if part is None or part.kind is PathKind.REGEX:
        return False
    if whole.kind is PathKind.REGEX:
        return part.kind is PathKind.EQUAL and parse(whole.value).matches(part.value)
    return whole.kind is PathKind.PREFIX and part.value.startswith(whole.value)


def _value_within(whole: tuple[str, str], part: tuple[str, str]) -> bool:
    (name, regex), (other, narrow) = whole, part
    if name != other:
        return False
    if regex in (_ANYTHING, narrow):
        return True
    text = _literal(narrow)
    if text is None:
        return False
    own = _literal(regex)
    return text == own if own is not None else parse(regex).matches(text)


def is_everything(match: Match | None) -> bool:
    """Whether there are no filters."""
    return not _conditions(match) and _path_condition(match) is None


def rank(match: Match | None) -> int:
    """Which filter is asked first, the lower: a personal header, other headers, paths and the like, everything."""
    names = {name for name, _ in _conditions(match)}
    if PERSONAL_HEADER in names:
        return 0
    if not names.issubset(ALIASES.get(name, name) for name in PSEUDO_HEADERS):
        return 1
    return 3 if is_everything(match) else 2


def _conditions(match: Match | None) -> frozenset[tuple[str, str]]:
    """Without those that every request satisfies."""
    headers = match.headers if match else ()
    found = ((ALIASES.get(header.name.lower(), header.name.lower()), header.regex) for header in headers)
    return frozenset(one for one in found if not always_true(*one))


def _path_condition(match: Match | None) -> PathMatch | None:
    path = match.path if match else None
    if path is None or (path.kind is PathKind.PREFIX and path.value == "/"):
        return None
    return None if path.kind is PathKind.REGEX and always_true(":bare", path.value) else path


def describe(match: Match | None) -> tuple[str, ...]:
    """One line for each condition, as users know them; empty: every request."""
    if match is None:
        return ()
    lines = [f'header("{header.name}") ~= regexp({quoted(header.regex)})' for header in match.headers]
    return (*lines, *_path_line(match))


def _path_line(match: Match) -> Iterable[str]:
    if match.path is not None:
        sign, value = {
            PathKind.EQUAL: ("==", quoted(match.path.value)),
            PathKind.PREFIX: ("has prefix", quoted(match.path.value)),
            PathKind.REGEX: ("~=", f"regexp({quoted(match.path.value)})"),
        }[match.path.kind]
        yield f"path {sign} {value}"
