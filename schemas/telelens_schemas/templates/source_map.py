"""Which stretch of the expanded text comes from which stretch of the template."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from telelens_schemas.templates.limits import Budget
from telelens_schemas.templates.values import byte_length, joined


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the output and its source: text that maps character by character, or all that one action wrote at
    one time. Offsets are in characters."""

    output_start: int
    output_end: int
    source_start: int
    source_end: int
    literal: bool


@dataclass(frozen=True)
class Expansion:
    """The text that a template became."""

    text: str
    segments: tuple[Segment, ...]
    """In the order of the output, without gaps. An action that wrote nothing has an empty one."""

    @cached_property
    def _starts(self) -> list[int]:
        return [segment.output_start for segment in self.segments]

    def to_source(self, offset: int) -> int:
        """Where the user sees what stands at this offset of the output; of an action, its beginning."""
        return self.source_range(offset, offset)[0]

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the source that the stretch of the output comes from. An action counts as a whole."""
        if not self.segments:
            return 0, 0
        first = self._segment_at(start)
        last = first if end <= first.output_end else self._segment_before(end)
        source_start = first.source_start + (start - first.output_start if first.literal else 0)
        source_end = last.source_start + (end - last.output_start) if last.literal else last.source_end
        return source_start, max(source_start, source_end)

    def outputs_of(self, source_start: int) -> tuple[str, ...]:
        """What the action that begins there wrote, each time that it was reached."""
        return tuple(
            self.text[segment.output_start : segment.output_end]
            for segment in self.segments
            if segment.source_start == source_start and not segment.literal
        )

    def _segment_at(self, offset: int) -> Segment:
        index = max(bisect_right(self._starts, offset) - 1, 0)
        return self.segments[index]

    def _segment_before(self, offset: int) -> Segment:
        index = max(bisect_left(self._starts, offset) - 1, 0)
        return self.segments[index]


@dataclass
class Output:
    """Where an execution writes."""

    budget: Budget
    _parts: list[str] = field(default_factory=list)
    _segments: list[Segment] = field(default_factory=list)
    _length: int = 0

    def write(self, text: str, start: int, end: int, *, literal: bool) -> None:
        """Adds what a stretch of the source became. Raises LimitExceeded."""
        self.budget.output(byte_length(text))
        if not literal:
            text = joined(text)
        self._parts.append(text)
        output_end = self._length + len(text)
        self._segments.append(Segment(self._length, output_end, start, end, literal))
        self._length = output_end

    def whole(self) -> Expansion:
        """What was written until now."""
        return Expansion("".join(self._parts), tuple(self._segments))
