"""What was read of one fragment: problems and keys, kept as long as the fragment stays what it is.

Lines and paths are worked out when somebody asks: both change when something is typed above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.nodes import Node, Scalar
from telelens_schemas.specification.problems import Code, Fix, Problem, Related, Replacement, Severity, Tag
from telelens_schemas.specification.shapes import Key, Struct
from telelens_schemas.specification.source import Placed, Range

Message = str | Callable[[], str]
Where = Placed
Edits = tuple[tuple[Where, str], ...]
"""Each stretch with what to write there."""
NamedFix = tuple[str, Edits]
"""A fix whose lines are not counted yet, and its title."""


@dataclass(eq=False, slots=True)
class Part:
    """``value`` is what the fragment's root was read as; ``children`` are the parts that it reaches."""

    home: Fragment
    value: Any = None
    above: Part | None = None
    step: str = "$"
    findings: list[Finding] = field(default_factory=list)
    keys: list[FoundKey] = field(default_factory=list)
    structs: list[FoundStruct] = field(default_factory=list)
    children: list[Part] = field(default_factory=list)
    is_sound: bool = False
    """Nothing is wrong with it that shows in this part alone: found once, it need not be looked for again."""

    @property
    def path(self) -> str:
        """From the root of its document."""
        return f"{self.above.path}{self.step}" if self.above is not None else self.step

    def walk(self) -> Iterator[Part]:
        """Itself and everything below, each once."""
        seen: set[int] = set()
        stack = [self]
        while stack:
            part = stack.pop()
            if id(part) not in seen:
                seen.add(id(part))
                yield part
                stack += reversed(part.children)


@dataclass(frozen=True, slots=True)
class Trail:
    """A path: of a part, and onward."""

    part: Part
    onward: str = ""

    @property
    def path(self) -> str:
        """From the root of the document."""
        return self.part.path + self.onward

    @property
    def name(self) -> str:
        """The last key, for messages."""
        path = self.path
        return path.rpartition(".")[2] if "." in path else "the document"

    def to(self, step: str) -> Trail:
        """One step further."""
        return Trail(self.part, self.onward + step)


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A known key as it stands."""

    trail: Trail
    key: Scalar
    value: Node
    about: Key


@dataclass(frozen=True, slots=True)
class FoundStruct:
    """A mapping as it stands, with all that it may hold."""

    trail: Trail
    node: Node
    shape: Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem whose lines are not counted yet."""

    trail: Trail
    where: Where
    severity: Severity
    code: Code
    message: Message
    related: tuple[tuple[Where, str], ...] = ()
    replacement: str | None = None
    fixes: tuple[NamedFix, ...] = ()
    choices: tuple[NamedFix, ...] = ()
    """Fixes that are for the user to choose."""
    tags: tuple[Tag, ...] = ()

    def problem(self, file: str) -> Problem:
        """With lines and path as they are now."""
        place = _range(self.where)
        return Problem(
            file=file,
            range=place,
            severity=self.severity,
            code=self.code,
            message=self.message if isinstance(self.message, str) else self.message(),
            path=self.trail.path,
            related=tuple(Related(_range(where), said) for where, said in self.related),
            fixes=tuple(self._fixes(place)),
            tags=self.tags,
        )

    def _fixes(self, place: Range) -> Iterator[Fix]:
        if self.replacement is not None:
            yield Fix(f"Change to {self.replacement}", (Replacement(place, self.replacement),))
        for named, is_choice in ((self.fixes, False), (self.choices, True)):
            for title, edits in named:
                yield Fix(title, tuple(Replacement(_range(where), text) for where, text in edits), is_choice)


def _range(where: Where) -> Range:
    return where.range
