"""Requests that a filter takes, and whether it takes one: by the same patterns as the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from telelens_schemas.matching.nodes import LONGEST_SAMPLE, Assertion, Group, Node, Repeat
from telelens_schemas.matching.parser import PatternError, parse
from telelens_schemas.resources import Match, PathKind

ALIASES: Final = {":authority": "host"}
_PATHS: Final = ("/", "/~", "/zq", "/A-1/b_2.c", "/" + "".join(map(chr, range(33, 63))), "/%7E?" + "zQ9" * 9)
_ORDINARY: Final = {
    ":path": (*_PATHS, "/a?b=1"),
    ":method": ("GET", "POST", "HEAD", "QX-Z"),
    "host": ("a", "x.y:8080", "[::1]:80", "Q-1.z"),
}
"""Values so different that a pattern which takes all of them takes every one."""


@dataclass(frozen=True, slots=True)
class Request:
    """As the engine sees it; names in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]


def takes(match: Match | None, request: Request) -> bool:
    """Whether ``match`` takes it. Raises PatternError."""
    if match is None:
        return True
    for header in match.headers:
        name = ALIASES.get(header.name.lower(), header.name.lower())
        values = {":path": [request.target], ":method": [request.method]}.get(name)
        if not _any(header.regex, values or [value for one, value in request.headers if one == name]):
            return False
    bare = request.target.partition("?")[0]
    if match.path is None:
        return True
    if match.path.kind is PathKind.REGEX:
        return _any(match.path.value, [bare])
    return bare == match.path.value if match.path.kind is PathKind.EQUAL else bare.startswith(match.path.value)


@lru_cache(maxsize=512)
def sample_request(match: Match | None) -> Request | None:
    """One that ``match`` takes; None where none is found that can be sent. Raises PatternError."""
    if match is None:
        return Request("GET", "/", ())
    conditions: dict[str, list[str]] = {}
    for header in match.headers:
        conditions.setdefault(ALIASES.get(header.name.lower(), header.name.lower()), []).append(header.regex)
    methods = _values(conditions.pop(":method", [])) or ["GET"]
    paths, literal = conditions.pop(":path", []), list[str]()
    if match.path is not None:
        (paths if match.path.kind is PathKind.REGEX else literal).append(match.path.value)
    targets = [*literal, *_values(paths)] or ["/"]
    headers = tuple((name, value) for name, regexes in conditions.items() for value in _each(name, regexes))
    for target in (path for one in targets for path in (one, f"/{one}", f"/{one[1:]}") if path.startswith("/")):
        made = Request(methods[0], target, headers)
        if _can_be_sent(made) and takes(match, made):
            return made
    return None


def _values(regexes: list[str]) -> list[str]:
    """Samples of the patterns: those first that satisfy all, of these those that are not empty."""
    trees = [parse(one) for one in regexes]
    found = dict.fromkeys(sample for tree in trees for sample in tree.samples())
    return sorted(found, key=lambda one: (sum(not tree.matches(one) for tree in trees), not one))


def _each(name: str, regexes: list[str]) -> list[str]:
    """For each pattern a value, fewer where one satisfies several."""
    values, chosen = _values(regexes), list[str]()
    if name == "host":
        return values[:1]
    for regex in regexes:
        if not _any(regex, chosen):
            chosen += [value for value in values if _any(regex, [value])][:1]
    return chosen


def _any(regex: str, values: Iterable[str]) -> bool:
    tree = parse(regex)
    return any(tree.matches(value) for value in values)


def _can_be_sent(request: Request) -> bool:
    return (
        bool(request.method)
        and request.method.replace("-", "").isalnum()
        and all("!" <= char <= "~" and char != "#" for char in request.target)
        and all(value == value.strip() and len(value) <= LONGEST_SAMPLE for _, value in request.headers)
        and not any(name == "host" and not value for name, value in request.headers)
    )


@lru_cache(maxsize=512)
def always_true(name: str, regex: str) -> bool:
    """Whether every request satisfies the condition on a pseudo-header (``:bare``: on the path)."""
    values = _PATHS[:-1] if name == ":bare" else _ORDINARY.get(ALIASES.get(name, name), ())
    try:
        tree = parse(regex)
    except PatternError:
        return False
    return bool(values) and all(tree.matches(value) for value in values)


@lru_cache(maxsize=512)
def some_path(regex: str) -> bool:
    """Whether a text that begins with / can match. Raises PatternError."""
    return _begins(parse(regex), "/")[0]


def _begins(node: Node, char: str) -> tuple[bool, bool]:
    """Whether it can begin with ``char``, and whether it can be empty."""
    match node:
        case Group():
            found = [_begins_all(sequence, char) for sequence in node.alternatives]
            return any(can for can, _ in found), any(empty for _, empty in found)
        case Repeat():
            can, empty = _begins(node.node, char)
            return can and node.most != 0, empty or node.least == 0
        case Assertion():
            return False, True
    return bool(node.ends(char, {0}, fold=False)), False


def _begins_all(sequence: tuple[Node, ...], char: str) -> tuple[bool, bool]:
    for node in sequence:
        can, empty = _begins(node, char)
        if can or not empty:
            return can, False
    return False, True
