"""One template: its tree, what is wrong with it, and what it becomes."""

from __future__ import annotations

import copy
import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from telelens_schemas.templates.errors import Problem, UnreadableTemplate
from telelens_schemas.templates.execution import Execution
from telelens_schemas.templates.functions import Calling, Function, local_now
from telelens_schemas.templates.lexer import Lexer, Token
from telelens_schemas.templates.library import functions as library
from telelens_schemas.templates.limits import Budget, Limits
from telelens_schemas.templates.nodes import (
    Action,
    Body,
    Branch,
    Broken,
    Definition,
    Node,
    Variable,
    names_function,
    path_to,
    walk,
)
from telelens_schemas.templates.parser import parse_text
from telelens_schemas.templates.source import Lines
from telelens_schemas.templates.source_map import Expansion
from telelens_schemas.templates.values import Value


@dataclass(frozen=True, slots=True)
class Context:
    """For whom a template is expanded, and what that may cost."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """What ``env`` reads."""
    may_use_network: bool = False
    now: Callable[[], datetime.datetime] = local_now
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    """By which ``limits.seconds`` are counted."""


@dataclass(frozen=True)
class Template:
    """What a text is as a template. Offsets count characters."""

    name: str
    text: str
    root: Body
    definitions: Mapping[str, Body]
    """Templates by name, this one among them."""
    problems: tuple[Problem, ...]
    """What is wrong, the first first; with any the template cannot be expanded."""
    functions: Mapping[str, Function]

    def execute(self, data: Value, context: Context | None = None) -> Expansion:
        """The text that it becomes. Functions that change a map change a copy. Raises UnreadableTemplate,
        ExecutionError, LimitError."""
        if self.problems:
            raise self._unreadable(self.problems[0])
        execution = self._execution(context)
        execution.run(self.definitions[self.name], copy.deepcopy(data))
        return execution.output.whole()

    def evaluate(self, action: Action, data: Value, context: Context | None = None) -> str:
        """What one action writes that ``stands_alone``; others may be broken. Raises ExecutionError, LimitError."""
        execution = self._execution(context)
        execution.run(action, copy.deepcopy(data))
        return execution.output.whole().text

    def stands_alone(self, action: Action) -> bool:
        """Whether its value needs nothing that other actions declare or set: neither variables nor another dot."""
        around = self.path_to(action.start)
        if any(isinstance(node, Branch | Definition) and node.keyword != "if" for node in around):
            return False
        inside = list(walk(action))
        names = {node.name for node in inside if isinstance(node, Variable)} - {"$"}
        return not names and not any(action.start <= problem.start < action.end for problem in self.problems)

    def names(self, beginnings: str | tuple[str, ...]) -> bool:
        """Whether a function is named in it that begins so."""
        return names_function(self.root, beginnings)

    def path_to(self, offset: int) -> tuple[Node, ...]:
        """The nodes around a place, the innermost last."""
        return path_to(self.root, offset)

    def actions(self) -> list[tuple[int, int]]:
        """The stretches between braces, braces included, in order, whether they can be read or not."""
        spans: list[tuple[int, int]] = []
        lexer = Lexer(self.text)
        broken = {node.start: node.end for node in walk(self.root) if isinstance(node, Broken)}
        start = -1
        while (token := lexer.next()).kind != "end of file":
            if token.kind == "comment":
                spans.append((token.start, token.end))
            elif token.kind == "left":
                start = token.start
                if start in broken:
                    spans.append((start, broken[start]))
                    lexer.resume(broken[start])
            elif token.kind == "right":
                spans.append((start, token.end))
            elif token.kind == "error":
                lexer.resume(token.end)
        return spans

    def tokens(self, start: int, end: int) -> list[Token]:
        """The tokens of the action between these offsets, without spaces: what completion looks at while the action is
        being written."""
        lexer = Lexer(self.text[start:end])
        found: list[Token] = []
        while (token := lexer.next()).kind != "end of file":
            if token.kind == "error" and token.start >= end - start:
                break
            if token.kind != "space":
                found.append(replace(token, start=token.start + start, end=token.end + start))
        return found

    def _execution(self, context: Context | None) -> Execution:
        context = context or Context()
        calling = Calling(
            Budget(context.limits, context.clock), context.environment, context.may_use_network, context.now
        )
        return Execution(self.name, self.text, self.definitions, self.functions, calling)

    def _unreadable(self, problem: Problem) -> UnreadableTemplate:
        lines = Lines(self.text)
        return UnreadableTemplate(
            problem.message,
            f"template: {self.name}:{problem.line}: {problem.go_message or problem.message}",
            start=problem.start,
            end=problem.end,
            line=lines.line_of(problem.start),
            column=lines.column_of(problem.start),
            hint=problem.hint,
        )


def parse(text: str, *, name: str = "main", functions: Mapping[str, Function] | None = None) -> Template:
    """The text as a template; any text is one. ``functions`` are all unless said otherwise."""
    known = library() if functions is None else functions
    parsed = parse_text(name, text, known)
    return Template(name, text, parsed.root, parsed.definitions, parsed.problems, known)
