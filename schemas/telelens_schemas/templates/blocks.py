"""Blocks that are open while a template is read: what has begun and waits for its ``{{end}}``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from telelens_schemas.templates.nodes import Arm, Body, Branch, Definition, Node, Pipe

BlockKeyword = Literal["if", "with", "range", "define", "block"]


@dataclass(slots=True)
class OpenBlock:
    """One block, or the template itself, which no ``{{end}}`` closes."""

    keyword: BlockKeyword | Literal[""]
    start: int
    opening_end: int
    pipe: Pipe | None = None
    position: int = 0
    name: str = ""
    name_range: tuple[int, int] = (0, 0)
    variables: list[str] | None = None
    """What was declared around it, where that is not to be seen inside."""
    variable_count: int = 0
    range_depth: int = 0
    nodes: list[Node] = field(default_factory=list)
    arms: list[Arm] = field(default_factory=list)
    in_else: bool = False
    arm_start: int = 0
    arm_opening_end: int = 0
    arm_pipe: Pipe | None = None
    is_broken: bool = False
    """Its opening action cannot be read."""

    def body(self, end: int) -> Body:
        """What was collected since the last opening or else."""
        return Body(self.arm_opening_end, end, self.arm_opening_end, tuple(self.nodes))

    def finish_arm(self, end: int) -> None:
        """At an else, or at the end."""
        self.arms.append(Arm(self.arm_start, end, self.arm_start, self.arm_opening_end, self.arm_pipe, self.body(end)))

    def next_arm(self, start: int, opening_end: int, pipe: Pipe | None) -> None:
        """Behind ``{{else if}}`` or ``{{else}}``."""
        self.nodes = []
        self.arm_start = start
        self.arm_opening_end = opening_end
        self.arm_pipe = pipe

    def as_branch(self, body_end: int, end: int) -> Branch:
        """Of an if, with or range."""
        assert self.keyword in ("if", "with", "range")
        otherwise = None
        if self.in_else:
            otherwise = self.body(body_end)
        else:
            self.finish_arm(body_end)
        return Branch(self.start, end, self.position, self.keyword, tuple(self.arms), otherwise)

    def as_definition(self, body_end: int, end: int) -> Definition:
        """Of a define or block."""
        assert self.keyword in ("define", "block")
        return Definition(
            self.start, end, self.position, self.keyword, self.name, *self.name_range, self.pipe, self.body(body_end)
        )
