"""The tree of a YAML document, aliases resolved. Offsets are those in the fragment that is a node's home.

Built from the parser's events in a loop, not recursively, so that no nesting can exhaust the stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.source import Placed, Range


class Kind(StrEnum):
    """What a node is, in the words of messages."""

    TEXT = "text"
    NUMBER = "a number"
    FLAG = "true or false"
    NOTHING = "nothing"
    LIST = "a list"
    MAPPING = "a mapping"


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text, number, flag or nothing: YAML 1.1's rules, as the Go library reads them that made the language."""

    home: Fragment
    start: int
    end: int
    value: str
    plain: bool
    templated: bool = False
    """Holds a template action: its value and type are not known before expansion."""

    @property
    def is_unknown(self) -> bool:
        """It is broken: templated is only what is said of it, since nobody knows its value."""
        return self.templated and not self.home.text[self.start : self.end]

    @property
    def range(self) -> Range:
        """Where it stands now."""
        return self.home.range(self.start, self.end)

    @property
    def kind(self) -> Kind:
        """What the scalar is when nobody says what it should be."""
        if not self.plain:
            return Kind.TEXT
        return plain_kind(self.value)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    home: Fragment
    start: int
    end: int
    items: tuple[Node, ...]
    is_whole: bool = True
    """Nothing in it is broken."""

    @property
    def range(self) -> Range:
        """Where it stands now."""
        return self.home.range(self.start, self.end)

    @property
    def kind(self) -> Kind:
        """A list."""
        return Kind.LIST


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping: pairs as they stand, duplicates and merge keys included."""

    home: Fragment
    start: int
    end: int
    pairs: tuple[tuple[Node, Node], ...]
    is_whole: bool = True
    """Nothing in it is broken."""

    @property
    def range(self) -> Range:
        """Where it stands now."""
        return self.home.range(self.start, self.end)

    @property
    def kind(self) -> Kind:
        """A mapping."""
        return Kind.MAPPING


Node = Scalar | Items | Entries


def is_empty(node: Placed) -> bool:
    """Whether a key has no value, or a list without items. What is broken may hold some."""
    if isinstance(node, Items):
        return not node.items and node.is_whole
    return isinstance(node, Scalar) and node.kind is Kind.NOTHING and not node.templated


_PLAIN = (
    (re.compile(r"~|null|Null|NULL|"), Kind.NOTHING),
    (
        re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
        Kind.FLAG,
    ),
    (
        re.compile(
            r"[-+]?(\d[\d_]*|0x[\da-fA-F_]+|0b[01_]+|0o[0-7_]+|(\d[\d_]*)?\.\d+([eE][-+]?\d+)?|\d+\.?[eE][-+]?\d+)"
        ),
        Kind.NUMBER,
    ),
)


def plain_kind(text: str) -> Kind:
    """What a scalar is that is written so, without quotes."""
    return next((kind for pattern, kind in _PLAIN if pattern.fullmatch(text)), Kind.TEXT)


def as_text(text: str) -> str:
    """A word as it is written where YAML shall take it for text."""
    return text if plain_kind(text) is Kind.TEXT else f'"{text}"'


TRUE_WORDS = frozenset({"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
