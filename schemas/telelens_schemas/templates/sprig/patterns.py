"""RE2, which Go's regexp is, too: patterns compiled, matches found, replacements expanded as Go does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from telelens_schemas.templates.functions import Calling, FunctionError
from telelens_schemas.templates.sprig.characters import runes
from telelens_schemas.templates.values import byte_length

_WORDING: Final = (
    ("missing ]", "missing closing ]"),
    ("missing )", "missing closing )"),
    ("bad repetition operator", "invalid nested repetition operator"),
    ("no argument for repetition operator", "missing argument to repetition operator"),
    ("invalid repetition size", "invalid repeat count"),
    ("invalid perl operator", "invalid or unsupported Perl syntax"),
    ("invalid named capture group", "invalid named capture"),
    ("trailing \\", "trailing backslash at end of expression: "),
)
"""RE2's words for what is wrong, and Go's."""
_ANY_BYTE: Final = re.compile(r"\\Q.*?(?:\\E|\Z)|\\C|\\.", re.DOTALL)
_LARGEST: Final = 2 << 20
"""Bytes that a compiled pattern may take."""
_LEAST_COST: Final = 8
_CHEAP: Final = 512
"""So many characters at so many states are worth one step."""
_REFERENCE: Final = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")
_GROUP_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")


class _Found(Protocol):
    """What this needs of re2's match."""

    def span(self, group: int = 0) -> tuple[int, int]: ...
    def group(self, group: int = 0) -> str | None: ...
    def groups(self) -> Sequence[str | None]: ...


@dataclass(frozen=True, slots=True)
class Match:
    """One match: where it is, and the texts of its groups, the whole one first."""

    start: int
    end: int
    groups: tuple[str | None, ...]


class Pattern:
    """A compiled pattern and the text that it is used upon."""

    def __init__(self, calling: Calling, pattern: str, text: str, *, with_groups: bool = False) -> None:
        self._calling = calling
        self.text = runes(text)
        calling.budget.step(len(pattern) ** 2 // _CHEAP)
        calling.budget.memory(64 * byte_length(pattern) + byte_length(text))
        calling.budget.look_at_clock()
        self._compiled = _compile(runes(pattern), with_groups=with_groups)
        self._cost = (len(pattern) + _LEAST_COST) * len(text) * (1 + self._compiled.groups) // _CHEAP

    @property
    def names(self) -> Mapping[str, int]:
        """Numbers of the groups that have names."""
        names: Mapping[str, int] = self._compiled.groupindex
        return names

    def first(self) -> str | None:
        """The text of the first match."""
        self._look_through()
        found: _Found | None = self._compiled.search(self.text)
        return None if found is None else found.group()

    def matches(self, most: int = -1) -> Iterator[Match]:
        """All of them, or so many; none that is empty right behind another, as in Go."""
        if most == 0:
            return
        self._look_through()
        behind, count = -1, 0
        for found in self._compiled.finditer(self.text):
            self._calling.budget.step()
            start, end = found.span()
            if start == end == behind:
                continue
            behind, count = end, count + 1
            yield Match(start, end, (found.group(), *found.groups()))
            if count == most:
                return

    def _look_through(self) -> None:
        """At worst RE2 has as many states to think of as the pattern is long, at each character, and for each of them
        where every group is."""
        self._calling.budget.step(self._cost)


def _compile(pattern: str, *, with_groups: bool) -> Any:
    """Raises FunctionError with Go's words."""
    import re2

    if any(found[0] == r"\C" for found in _ANY_BYTE.finditer(pattern)):
        raise FunctionError(r"error parsing regexp: invalid escape sequence: `\C`")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _LARGEST
    options.never_capture = not with_groups
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise FunctionError(f"error parsing regexp: {_as_go_says(error.args[0])}") from error


def _as_go_says(message: bytes | str) -> str:
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    for ours, theirs in _WORDING:
        if text.startswith(ours):
            text = theirs + text.removeprefix(ours)
            break
    problem, separator, part = text.partition(": ")
    return f"{problem}: `{part}`" if separator else problem


def expanded(template: str, match: Match, names: Mapping[str, int]) -> str:
    """A replacement with ``$1``, ``${name}``, ``$$`` in it. A name is as long as it can be: ``$1x`` is not group 1."""

    def value(found: re.Match[str]) -> str:
        dollar, braced, bare = found.groups()
        if dollar:
            return "$"
        name = braced or bare
        number = int(name) if _GROUP_NUMBER.fullmatch(name) else names.get(name, -1)
        return (match.groups[number] or "") if 0 <= number < len(match.groups) else ""

    return _REFERENCE.sub(value, template)
