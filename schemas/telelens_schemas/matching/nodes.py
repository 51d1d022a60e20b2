"""A pattern as a tree. Each node can be written for PCRE2 and can say the shortest text that it matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LINE_BREAKS = r"\r\n"


class Node(Protocol):
    """A part of a pattern."""

    def pcre(self) -> str:
        """For PCRE2, so that it never leaves the line of the text that the value stands in."""

    def sample(self) -> str:
        """Some text that it matches."""


def written(char: str) -> str:
    """A character that means itself wherever it stands, also between blanks and quotes of a command."""
    return char if char.isalnum() or char == "_" else f"\\x{ord(char):02x}"


@dataclass(frozen=True, slots=True)
class Literal:
    """One character."""

    char: str

    def pcre(self) -> str:
        return written(self.char)

    def sample(self) -> str:
        return self.char


@dataclass(frozen=True, slots=True)
class Class:
    """One character of several; ``body`` is already PCRE2's, ``example`` one that matches."""

    body: str
    example: str
    negated: bool = False
    may_break: bool = False
    """Whether, unguarded, it would match a line break."""

    def pcre(self) -> str:
        if self.negated:
            return f"[^{LINE_BREAKS}{self.body}]"
        guard = f"(?![{LINE_BREAKS}])" if self.may_break else ""
        return f"(?:{guard}[{self.body}])" if guard else f"[{self.body}]"

    def sample(self) -> str:
        return self.example


@dataclass(frozen=True, slots=True)
class Assertion:
    """A place without a width, or a flag: ``\\b``, ``(?i)``."""

    text: str

    def pcre(self) -> str:
        return self.text

    def sample(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives, each a sequence; ``flags`` like ``i`` or ``-i``."""

    alternatives: tuple[tuple[Node, ...], ...]
    flags: str = ""

    def pcre(self) -> str:
        inner = "|".join("".join(node.pcre() for node in sequence) for sequence in self.alternatives)
        return f"(?{self.flags}:{inner})"

    def sample(self) -> str:
        return "".join(node.sample() for node in self.alternatives[0])


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

    def sample(self) -> str:
        return self.node.sample() * self.least
