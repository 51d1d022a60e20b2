"""The syntax tree of a template. Every node knows its stretch of the source, and can say itself as Go's messages do.

``start`` and ``end`` are offsets in characters; ``position`` is the offset that Go's messages name, which is not always
the start: of ``.a.b`` it is that of ``.b``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from telelens_schemas.templates.formatting.quoting import quote
from telelens_schemas.templates.numbers import Number


@dataclass(frozen=True, slots=True)
class Node:
    """A stretch of the source."""

    start: int
    end: int
    position: int

    @property
    def children(self) -> tuple[Node, ...]:
        """Nodes inside of this one, in order."""
        return ()

    def say(self) -> str:
        """As Go's messages show it."""
        return ""


@dataclass(frozen=True, slots=True)
class Dot(Node):
    """``.``"""

    def say(self) -> str:
        return "."


@dataclass(frozen=True, slots=True)
class Nil(Node):
    """``nil``"""

    def say(self) -> str:
        return "nil"


@dataclass(frozen=True, slots=True)
class BoolNode(Node):
    """``true`` or ``false``."""

    value: bool

    def say(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True)
class NumberNode(Node):
    """A number or a character constant."""

    number: Number

    def say(self) -> str:
        return self.number.text


@dataclass(frozen=True, slots=True)
class StringNode(Node):
    """A string constant."""

    quoted: str
    text: str

    def say(self) -> str:
        return self.quoted


@dataclass(frozen=True, slots=True)
class Identifier(Node):
    """The name of a function."""

    name: str

    def say(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``$x`` and fields of it."""

    name: str
    """With its $."""
    fields: tuple[str, ...] = ()

    def say(self) -> str:
        return ".".join((self.name, *self.fields))


@dataclass(frozen=True, slots=True)
class Field(Node):
    """``.a.b``"""

    fields: tuple[str, ...]

    def say(self) -> str:
        return "." + ".".join(self.fields)


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Fields of what is in parentheses or of a function's result: ``(f .x).a.b``."""

    of: Expression
    fields: tuple[str, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.of,)

    def say(self) -> str:
        return ".".join((_in_parentheses(self.of), *self.fields))


@dataclass(frozen=True, slots=True)
class Command(Node):
    """A function, field or value with its arguments."""

    arguments: tuple[Expression, ...]
    """The first is what is called."""

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arguments

    def say(self) -> str:
        return " ".join(_in_parentheses(argument) for argument in self.arguments)


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """Commands, each of which is given the value of the one before; and the variables that get the last value."""

    variables: tuple[Variable, ...]
    assigns: bool
    """``=`` rather than ``:=``."""
    commands: tuple[Command, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return (*self.variables, *self.commands)

    def say(self) -> str:
        declared = ", ".join(variable.say() for variable in self.variables)
        sign = (" = " if self.assigns else " := ") if declared else ""
        return declared + sign + " | ".join(command.say() for command in self.commands)


Expression: TypeAlias = Dot | Nil | BoolNode | NumberNode | StringNode | Identifier | Variable | Field | Chain | Pipe


def _in_parentheses(node: Node) -> str:
    return f"({node.say()})" if isinstance(node, Pipe) else node.say()


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Text between actions, after trim markers took their spaces."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """``{{/* … */}}``, with its braces."""


@dataclass(frozen=True, slots=True)
class Action(Node):
    """``{{ pipeline }}``, with its braces."""

    pipe: Pipe

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.pipe,)

    def say(self) -> str:
        return f"{{{{{self.pipe.say()}}}}}"


@dataclass(frozen=True, slots=True)
class Leave(Node):
    """``{{break}}`` or ``{{continue}}``."""

    keyword: Literal["break", "continue"]

    def say(self) -> str:
        return f"{{{{{self.keyword}}}}}"


@dataclass(frozen=True, slots=True)
class Broken(Node):
    """An action that cannot be read; an error says why. ``pipe`` is what could be read of it."""

    keyword: str
    pipe: Pipe | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.pipe,) if self.pipe is not None else ()


@dataclass(frozen=True, slots=True)
class Invocation(Node):
    """``{{template "name" pipeline}}``, with its braces; also what a block leaves at its place."""

    name: str
    pipe: Pipe | None

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.pipe,) if self.pipe is not None else ()

    def say(self) -> str:
        return f"{{{{template {quote(self.name)}{f' {self.pipe.say()}' if self.pipe is not None else ''}}}}}"


@dataclass(frozen=True, slots=True)
class Body(Node):
    """What stands between two actions of a block."""

    nodes: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.nodes


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """``{{if pipe}}body`` or ``{{else if pipe}}body``; from the first brace to the next arm."""

    opening_end: int
    pipe: Pipe | None
    """``None`` when it cannot be read."""
    body: Body

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.body,) if self.pipe is None else (self.pipe, self.body)


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """``if``, ``with`` or ``range`` with all that belongs to it, from its first brace to behind its ``{{end}}``."""

    keyword: Literal["if", "with", "range"]
    arms: tuple[Arm, ...]
    otherwise: Body | None

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arms if self.otherwise is None else (*self.arms, self.otherwise)


@dataclass(frozen=True, slots=True)
class Definition(Node):
    """``{{define "name"}}…{{end}}``, or the body of a block."""

    keyword: Literal["define", "block"]
    name: str
    name_start: int
    name_end: int
    pipe: Pipe | None
    """Of a block."""
    body: Body

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.body,) if self.pipe is None else (self.pipe, self.body)


def walk(node: Node) -> Iterator[Node]:
    """The node and all inside of it, in the order of the source."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(current.children)


def path_to(node: Node, offset: int) -> tuple[Node, ...]:
    """The nodes around a place, the innermost last; a place at the end of a node counts as inside."""
    path = [node]
    while True:
        inner = [child for child in path[-1].children if child.start <= offset <= child.end]
        if not inner:
            return tuple(path)
        path.append(inner[-1])


def names_function(node: Node, beginnings: str | tuple[str, ...]) -> bool:
    """Whether a function is named in a node that begins so."""
    return any(isinstance(one, Identifier) and one.name.startswith(beginnings) for one in walk(node))
