"""Runs a template: walks its tree, writes text, and says where and why it cannot go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from telelens_schemas.templates.arguments import Failure
from telelens_schemas.templates.builtins import truth
from telelens_schemas.templates.errors import ExecutionError, LimitError
from telelens_schemas.templates.evaluation import Evaluation
from telelens_schemas.templates.formatting import quote, sprint
from telelens_schemas.templates.formatting.ordering import sorted_items
from telelens_schemas.templates.functions import Calling, Function
from telelens_schemas.templates.limits import LimitExceeded
from telelens_schemas.templates.nodes import (
    Action,
    Body,
    Branch,
    Definition,
    Invocation,
    Leave,
    Node,
    Pipe,
    Text,
)
from telelens_schemas.templates.reflected import MISSING, item_of
from telelens_schemas.templates.source import Lines
from telelens_schemas.templates.source_map import Output
from telelens_schemas.templates.values import (
    GoObject,
    Uint8,
    Value,
    as_type,
    is_integer,
    kind_of,
    type_of,
)

Left: TypeAlias = Literal["break", "continue", ""]
"""How a body was left: by one of the two, or at its end."""
NO_VALUE = "<no value>"


class Execution:
    """One run of one template."""

    def __init__(
        self,
        name: str,
        text: str,
        definitions: Mapping[str, Body],
        functions: Mapping[str, Function],
        calling: Calling,
    ) -> None:
        self.output = Output(calling.budget)
        self._name = name
        self._executing = name
        self._text = text
        self._definitions = definitions
        self._budget = calling.budget
        self._evaluation = Evaluation(functions, calling, Body(0, 0, 0, ()))

    def run(self, body: Node, data: Value) -> None:
        """Writes a body, or one action, for these data. Raises ExecutionError."""
        dot = MISSING if data is None else data
        self._evaluation.variables = [("$", dot)]
        try:
            self._body(dot, body if isinstance(body, Body) else Body(body.start, body.end, body.start, (body,)))
        except Failure as failure:
            raise self._error(ExecutionError, str(failure)) from None
        except LimitExceeded as exceeded:
            error = self._error(LimitError, exceeded.message)
            error.limit = exceeded.limit
            raise error from None
        except RecursionError:
            error = self._error(LimitError, "the template goes too deep")
            error.limit = "depth"
            raise error from None

    def _error(self, kind: type[LimitError] | type[ExecutionError], message: str) -> LimitError:
        node = self._evaluation.node
        lines = Lines(self._text)
        line = lines.line_of(node.position)
        place = f"{self._name}:{line}:{lines.go_column_of(node.position)}"
        whole = f"template: {place}: executing {quote(self._executing)} at <{node.say()}>: {message}"
        error = kind(message, whole, start=node.start, end=node.end, line=line, column=lines.column_of(node.position))
        return error  # type: ignore[return-value]

    def _body(self, dot: Value, body: Body) -> Left:
        self._evaluation.enter()
        for node in body.nodes:
            left = self._node(dot, node)
            if left:
                self._evaluation.depth -= 1
                return left
        self._evaluation.depth -= 1
        return ""

    def _node(self, dot: Value, node: Node) -> Left:
        self._budget.step()
        match node:
            case Text():
                self.output.write(node.text, node.start, node.end, literal=True)
            case Action():
                self._action(dot, node)
            case Branch(keyword="range"):
                return self._range(dot, node)
            case Branch():
                return self._branch(dot, node)
            case Leave():
                self._evaluation.node = node
                return node.keyword
            case Invocation():
                self._invoke(dot, node, node.name, node.pipe)
            case Definition(keyword="block"):
                stands_for = Invocation(node.start, node.end, node.position, node.name, node.pipe)
                self._invoke(dot, stands_for, node.name, node.pipe)
        return ""

    def _action(self, dot: Value, node: Action) -> None:
        self._evaluation.node = node
        value = self._evaluation.pipeline(dot, node.pipe)
        if node.pipe.variables:
            self.output.write("", node.start, node.end, literal=False)
            return
        self._evaluation.node = node
        self.output.write(self._printed(node, value), node.start, node.end, literal=False)

    def _printed(self, node: Action, value: Value) -> str:
        if value is MISSING:
            return NO_VALUE
        kind = kind_of(value)
        if kind == "func":
            self._evaluation.fail(f"can't print {node.say()} of type {type_of(value)}")
        text = sprint(value, charged=self._budget)
        if kind == "ptr" and isinstance(value, GoObject) and value.text() is None:
            return text.removeprefix("&")
        return text

    def _branch(self, dot: Value, node: Branch) -> Left:
        """if and with: the first arm whose value is not empty."""
        count = len(self._evaluation.variables)
        self._evaluation.node = node
        left: Left = ""
        for arm in node.arms:
            value = self._evaluation.pipeline(dot, arm.pipe)
            if truth(value):
                left = self._body(value if node.keyword == "with" else dot, arm.body)
                break
        else:
            if node.otherwise is not None:
                left = self._body(dot, node.otherwise)
        del self._evaluation.variables[count:]
        return left

    def _range(self, dot: Value, node: Branch) -> Left:
        evaluation = self._evaluation
        evaluation.node = node
        count = len(evaluation.variables)
        arm = node.arms[0]
        assert arm.pipe is not None
        value = evaluation.pipeline(dot, arm.pipe)
        inside = len(evaluation.variables)
        empty = True
        for index, item in self._items(value, arm.pipe):
            empty = False
            self._budget.step()
            self._set_variables(arm.pipe, index, item)
            left = self._body(item, arm.body)
            del evaluation.variables[inside:]
            if left == "break":
                break
        left = ""
        if empty and node.otherwise is not None:
            left = self._body(dot, node.otherwise)
        del evaluation.variables[count:]
        # In its else, too, a break is of this range, while a continue is of the one around it.
        return "" if left == "break" else left

    def _items(self, value: Value, pipe: Pipe) -> Iterator[tuple[Value, Value]]:
        """Index or key, and item."""
        if value is MISSING:
            return
        if is_integer(value):
            if len(pipe.variables) > 1:
                self._evaluation.fail(f"can't use {sprint(value)} to iterate over more than one variable")
            for number in range(int(value)):
                yield MISSING, as_type(number, type_of(value))
        elif isinstance(value, bytes):
            for at, byte in enumerate(value):
                yield at, Uint8(byte)
        elif isinstance(value, list):
            for at, item in enumerate(value):
                yield at, item_of(value, item)
        elif isinstance(value, dict):
            self._budget.items(len(value))
            for key, item in sorted_items(value):
                yield key, item_of(value, item)
        else:
            self._evaluation.fail(f"range can't iterate over {sprint(value, charged=self._budget)}")

    def _set_variables(self, pipe: Pipe, index: Value, item: Value) -> None:
        names = [variable.name for variable in pipe.variables]
        values = [index, item][-len(names) :] if names else []
        if pipe.assigns:
            for name, value in zip(names, values, strict=True):
                self._evaluation.assign(name, value)
        elif names:
            self._evaluation.variables[-len(names) :] = zip(names, values, strict=True)

    def _invoke(self, dot: Value, node: Invocation, name: str, pipe: Pipe | None) -> None:
        evaluation = self._evaluation
        evaluation.node = node
        body = self._definitions.get(name)
        if body is None:
            evaluation.fail(f"template {quote(name)} not defined")
        value = evaluation.pipeline(dot, pipe)
        variables, executing = evaluation.variables, self._executing
        evaluation.variables, self._executing = [("$", value)], name
        self._body(value, body)
        evaluation.variables, self._executing = variables, executing
