"""Places in a text, for people: lines and columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

LINE_END = re.compile(r"\r\n|\n|\r")
"""As editors count lines; Python and YAML know more."""


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A stretch of text: 1-based lines and columns (Unicode characters), the end exclusive."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    @property
    def range(self) -> Range:
        """Itself: it is where it stands."""
        return self


class Placed(Protocol):
    """What knows where it stands."""

    @property
    def range(self) -> Range:
        """Its place now."""


class Pathed(Protocol):
    """What knows its path from the root of its document."""

    @property
    def path(self) -> str:
        """Like ``$.workloads[0]``."""


@dataclass(frozen=True, slots=True)
class Place:
    """A key and its value."""

    key_node: Placed
    value_node: Placed

    @property
    def key(self) -> Range:
        """Where the key stands."""
        return self.key_node.range

    @property
    def value(self) -> Range:
        """Where the value stands."""
        return self.value_node.range


@dataclass(frozen=True, slots=True)
class Source:
    """Where a part of a specification comes from. Lines are counted when asked: edits above move them."""

    trail: Pathed | None = None
    node: Placed | None = None
    places: Mapping[str, Place] = field(default_factory=dict)
    """By the key's name as the file spells it."""

    @property
    def path(self) -> str:
        """From the root of its document."""
        return self.trail.path if self.trail is not None else "$"

    @property
    def range(self) -> Range:
        """Where the whole part stands."""
        return self.node.range if self.node is not None else Range()

    def value_range(self, key: str) -> Range:
        """Where the value of ``key`` stands; the whole part where it is absent."""
        place = self.places.get(key)
        return place.value if place is not None else self.range
