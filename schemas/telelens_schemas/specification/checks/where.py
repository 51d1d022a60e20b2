"""Where a check points at."""

from __future__ import annotations

from dataclasses import dataclass

from telelens_schemas.specification.nodes import Scalar
from telelens_schemas.specification.parts import Trail
from telelens_schemas.specification.source import Range, Source


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and the key of which it is the value."""

    name: str
    source: Source
    key: str = "name"

    @property
    def range(self) -> Range:
        """Of the name; of the part that lacks it."""
        return self.source.value_range(self.key)

    @property
    def trail(self) -> Trail:
        """Its path."""
        return trail_of(self.source).to(f".{self.key}")

    def first(self, length: int) -> Range:
        """Of its first letters, where they stand in one line."""
        whole = self.range
        place = self.source.places.get(self.key)
        node = place.value_node if place is not None else None
        if not isinstance(node, Scalar) or whole.line != whole.end_line:
            return whole
        start = whole.column + (0 if node.plain else 1)
        return Range(whole.line, start, whole.line, start + length)


def trail_of(source: Source) -> Trail:
    """The path of something that was read."""
    assert isinstance(source.trail, Trail)
    return source.trail


def first_line(where: Range) -> Range:
    """A problem of a whole part is shown at its beginning, not over all its lines."""
    if where.line == where.end_line:
        return where
    return Range(where.line, where.column, where.line, where.column + 1)
