"""What stands where in a reading: the one index of a document, which every feature reads.

What is worked out of a part is kept as long as the part stays what it was, so that an edit costs its own part only.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from telelens_schemas.specification import FoundKey, Part, Range, Reading, Specification
from telelens_schemas.specification.nodes import Scalar
from telelens_schemas.specification.parts import Trail

from telelens_server.symbols import Symbol, keyed_symbols, symbols_of

T = TypeVar("T")


class Index:
    """Of one reading; takes over from the ``earlier`` one what still holds."""

    def __init__(self, reading: Reading, earlier: Index | None = None) -> None:
        self.reading = reading
        self._older: dict[int, tuple[Part, dict[Any, Any]]] | None = earlier.hand_over() if earlier is not None else {}
        self._memory: dict[int, tuple[Part, dict[Any, Any]]] = {}
        self._parts: list[Part] | None = None

    @property
    def parts(self) -> list[Part]:
        """Every part, those around others first."""
        if self._parts is None:
            self._parts = [part for root in self.reading.parts for part in root.walk()]
        return self._parts

    def of_part(self, part: Part, work: Callable[[Part], T]) -> T:
        """What ``work`` makes of a part. It must depend on nothing but the part, and hold no absolute lines."""
        self._take_over()
        _, known = self._memory.setdefault(id(part), (part, {}))
        if work not in known:
            known[work] = work(part)
        result: T = known[work]
        return result

    def hand_over(self) -> dict[int, tuple[Part, dict[Any, Any]]]:
        """What is remembered; the index is not used any more then."""
        return self._memory if self._older is None else self._older

    def key_at(self, line: int, column: int) -> FoundKey | None:
        """The innermost key whose name or plain value is there."""
        best = None
        for part in self.parts_at(line):
            for key in part.keys:
                is_plain = isinstance(key.value, Scalar)
                if covers(key.key.range, line, column) or (is_plain and covers(key.value.range, line, column)):
                    best = key
        return best

    def keys_around(self, line: int, column: int) -> list[FoundKey]:
        """Every key whose name or value is there, the outermost first."""
        found = []
        for part in self.parts_at(line):
            for key in part.keys:
                name, value = key.key.range, key.value.range
                start = (name.line, name.column)
                if start <= (line, column) <= max((value.end_line, value.end_column), (name.end_line, name.end_column)):
                    found.append(key)
        return found

    def parts_at(self, line: int) -> Iterator[Part]:
        """The parts that hold a line, the outermost first."""
        part = _last_before(self.reading.parts, line)
        while part is not None:
            yield part
            part = _last_before(part.children, line)

    def symbol_at(self, line: int, column: int) -> tuple[Part, Symbol] | None:
        """The name that is there, and the document that it belongs to."""
        root = None
        for part in self.parts_at(line):
            root = root or part
            for symbol in self.of_part(part, symbols_of):
                if covers(symbol.range, line, column):
                    return root, symbol
        if root is not None:
            for symbol in self._keyed(root):
                if covers(symbol.range, line, column):
                    return root, symbol
        return None

    def symbols(self, root: Part) -> Iterator[Symbol]:
        """Every name that a document gives or uses."""
        for part in root.walk():
            yield from self.of_part(part, symbols_of)
        yield from self._keyed(root)

    def _keyed(self, root: Part) -> Iterator[Symbol]:
        found = next((one for one in self.reading.specifications if _root_of(one) is root), None)
        return keyed_symbols(found) if found is not None else iter(())

    def _take_over(self) -> None:
        if self._older is None:
            return
        older, self._older = self._older, None
        if older:
            for part in self.parts:
                known = older.get(id(part))
                if known is not None and known[0] is part:
                    self._memory[id(part)] = known


def _root_of(specification: Specification) -> Part | None:
    trail = specification.source.trail
    part = trail.part if isinstance(trail, Trail) else None
    while part is not None and part.above is not None:
        part = part.above
    return part


def covers(where: Range, line: int, column: int) -> bool:
    """Whether a place is in a range or at its end."""
    return (where.line, where.column) <= (line, column) <= (where.end_line, where.end_column)


def _last_before(parts: Sequence[Part], line: int) -> Part | None:
    """Parts stand in the order of the text, and apart from each other."""
    index = bisect.bisect_right(parts, line - 1, key=lambda part: part.home.first_line)
    return parts[index - 1] if index else None
