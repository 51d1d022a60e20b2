"""A pattern as a tree. Each node can be written for PCRE2 and can say the shortest text that it matches."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

LINE_BREAKS = r"\r\n"
LONGEST_SAMPLE = 512
"""Characters; a longer text is neither tried nor shown."""


class Node(Protocol):
    """A part of a pattern."""

    def pcre(self) -> str:
        """For PCRE2, so that it never leaves the line of the text that the value stands in."""

    def sample(self, *, full: bool = False) -> str:
        """Some text that it matches; ``full``: with what may be left out, and by the last alternative."""

    def ends(self, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
        """Where in ``text`` it may end when it begins at one of ``starts``; ``fold``: whatever the case.

        All ways at once, so that no pattern takes long.
        """


def written(char: str) -> str:
    """A character that means itself wherever it stands, also between blanks and quotes of a command."""
    return char if char.isalnum() or char == "_" else f"\\x{ord(char):02x}"


@dataclass(frozen=True, slots=True)
class Literal:
    """One character."""

    char: str

    def pcre(self) -> str:
        return written(self.char)

    def sample(self, *, full: bool = False) -> str:
        return self.char

    def ends(self, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
        return _after(self.pcre(), text, starts, fold=fold)


@dataclass(frozen=True, slots=True)
class Class:
    """One character of several; ``body`` is already PCRE2's, ``example`` one that matches."""

    body: str
    example: str
    negated: bool = False

    def pcre(self) -> str:
        if self.negated:
            return f"[^{LINE_BREAKS}{self.body}]"
        return f"[{self.body}]"

    def sample(self, *, full: bool = False) -> str:
        return self.example

    def ends(self, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
        return _after(self.pcre(), text, starts, fold=fold)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place without a width, or a flag: ``\\b``, ``(?i)``."""

    text: str

    def pcre(self) -> str:
        return self.text

    def sample(self, *, full: bool = False) -> str:
        return ""

    def ends(self, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
        if self.text.startswith("(?"):
            return starts
        # Between two ends that are no letters, as RE2 and the engine see them: Python's \B is never in an empty text.
        place, between = _compiled(self.text, fold=False), f"\n{text}\n"
        return {start for start in starts if place.match(between, start + 1)}


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, each a sequence; ``flags`` like ``i`` or ``-i``."""

    alternatives: tuple[tuple[Node, ...], ...]
    flags: str = ""

    def pcre(self) -> str:
        inner = "|".join("".join(node.pcre() for node in sequence) for sequence in self.alternatives)
        return f"(?{self.flags}:{inner})"

    def sample(self, *, full: bool = False) -> str:
        return "".join(node.sample(full=full) for node in self.alternatives[-1 if full else 0])

    def samples(self) -> list[str]:
        """One or two of each alternative, the shorter first."""
        return [Group((one,)).sample(full=full) for one in self.alternatives for full in (False, True)]

    def ends(self, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
        found: set[int] = set()
        fold = {"i": True, "-i": False}.get(self.flags, fold)
        for sequence in self.alternatives:
            at = starts
            for node in sequence:
                if isinstance(node, Assertion) and node.text in ("(?i)", "(?-i)"):
                    fold = node.text == "(?i)"
                at = node.ends(text, at, fold=fold)
            found |= at
        return found

    def matches(self, text: str) -> bool:
        """Whether it matches the whole of ``text``."""
        return len(text) <= LONGEST_SAMPLE and len(text) in self.ends(text, {0}, fold=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A node several times; ``most`` ``None``: without end."""

    node: Node
    least: int
    most: int | None

    @property
    def varies(self) -> bool:
        """Whether it leaves a choice of how often."""
        return self.most != self.least

    def pcre(self) -> str:
        inner = self.node.pcre()
        if self.most is None:
            return inner + {0: "*", 1: "+"}.get(self.least, f"{{{self.least},}}")
        if (self.least, self.most) == (0, 1):
            return f"{inner}?"
        return f"{inner}{{{self.least},{self.most}}}" if self.varies else f"{inner}{{{self.least}}}"

    def sample(self, *, full: bool = False) -> str:
        part = self.node.sample(full=full)
        count = max(self.least, 1) if full and self.most != 0 else self.least
        return part * min(count, LONGEST_SAMPLE // max(len(part), 1) + 1)

    def ends(self, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
        at = starts
        for _ in range(self.least):
            before, at = at, self.node.ends(text, at, fold=fold)
            if at == before:
                break
        found, new = set(at), at
        more = len(text) + 1 if self.most is None else min(self.most - self.least, len(text) + 1)
        for _ in range(more):
            new = self.node.ends(text, new, fold=fold) - found
            if not new:
                break
            found |= new
        return found


def _after(pattern: str, text: str, starts: AbstractSet[int], *, fold: bool) -> AbstractSet[int]:
    one = _compiled(pattern, fold=fold)
    return {start + 1 for start in starts if one.match(text, start)}


@lru_cache(maxsize=512)
def _compiled(pattern: str, *, fold: bool) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII | re.IGNORECASE if fold else re.ASCII)
