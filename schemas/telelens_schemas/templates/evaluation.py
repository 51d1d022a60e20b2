"""Values of expressions: pipelines, commands, fields and calls, with the type rules of ``text/template``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from telelens_schemas.templates.arguments import Failure, can_be_nil, constant, fitting, typed_constant
from telelens_schemas.templates.builtins import truth
from telelens_schemas.templates.formatting import quote, sprint
from telelens_schemas.templates.functions import REFLECTED, Calling, Function, FunctionError
from telelens_schemas.templates.limits import LimitExceeded
from telelens_schemas.templates.nodes import (
    Chain,
    Command,
    Dot,
    Expression,
    Field,
    Identifier,
    Nil,
    Node,
    Pipe,
    Variable,
)
from telelens_schemas.templates.reflected import MISSING, Boxed, item_of, plain, static_type, unboxed
from telelens_schemas.templates.values import (
    ANY,
    GoObject,
    SizedInt,
    Value,
    as_type,
    joined,
    key_type,
    type_of,
    zero_of,
)

NO_FINAL: Final = object()
"""There is no value from an earlier command of the pipeline."""
_READ_IN_A_STEP: Final = 10
"""Functions read about 2**10 characters in the time of a step."""
_SHORT_CIRCUITS: Final = {"and": False, "or": True}


class Evaluation:
    """Evaluates expressions; what is declared is on a stack, as blocks need it."""

    def __init__(self, functions: Mapping[str, Function], calling: Calling, root: Node) -> None:
        self.node = root
        """What is being evaluated: errors name it."""
        self.variables: list[tuple[str, Value]] = []
        self.depth = 0
        """Of templates, blocks and parentheses that are being evaluated."""
        self.calling = calling
        self.budget = calling.budget
        self._functions = functions

    def fail(self, message: str) -> NoReturn:
        """Ends the execution here."""
        raise Failure(message)

    def enter(self) -> None:
        """One level deeper. Raises LimitExceeded."""
        self.depth += 1
        if self.depth > self.budget.limits.depth:
            raise LimitExceeded("depth", f"the template goes more than {self.budget.limits.depth} levels deep")

    def pipeline(self, dot: Value, pipe: Pipe | None) -> Value:
        """The value of the last command, which declared variables get, too. Whoever calls takes those away."""
        if pipe is None:
            return MISSING
        self.enter()
        self.node = pipe
        value: Value = NO_FINAL
        for command in pipe.commands:
            self.budget.step()
            value = self._command(dot, command, value)
            if isinstance(value, Boxed):
                value = unboxed(value)
        for variable in pipe.variables:
            if pipe.assigns:
                self.assign(variable.name, value)
            else:
                self.variables.append((variable.name, value))
        self.depth -= 1
        return value

    def assign(self, name: str, value: Value) -> None:
        """To the variable of that name that was declared last."""
        for index in range(len(self.variables) - 1, -1, -1):
            if self.variables[index][0] == name:
                self.variables[index] = (name, value)
                return
        self.fail(f"undefined variable: {name}")

    def _variable(self, name: str) -> Value:
        for known, value in reversed(self.variables):
            if known == name:
                return value
        self.fail(f"undefined variable: {name}")

    def _command(self, dot: Value, command: Command, final: Value) -> Value:
        first = command.arguments[0]
        match first:
            case Field():
                return self._field_node(dot, first, command.arguments, final)
            case Chain():
                return self._chain(dot, first, command.arguments, final)
            case Identifier():
                return self._function(dot, first, command, command.arguments, final)
            case Pipe():
                self._not_a_function(command.arguments, final)
                return self.pipeline(dot, first)
            case Variable():
                return self._variable_node(dot, first, command.arguments, final)
        self.node = first
        self._not_a_function(command.arguments, final)
        match first:
            case Dot():
                return dot
            case Nil():
                self.fail("nil is not a command")
        return constant(first)

    def _not_a_function(self, arguments: Sequence[Expression], final: Value) -> None:
        if len(arguments) > 1 or final is not NO_FINAL:
            self.fail(f"can't give argument to non-function {arguments[0].say()}")

    def _field_node(self, dot: Value, node: Field, arguments: Sequence[Expression], final: Value) -> Value:
        self.node = node
        return self._fields(dot, dot, node, node.fields, arguments, final)

    def _chain(self, dot: Value, node: Chain, arguments: Sequence[Expression], final: Value) -> Value:
        self.node = node
        if isinstance(node.of, Nil):
            self.fail(f"indirection through explicit nil in {node.say()}")
        value = self.argument(dot, None, node.of)
        return self._fields(dot, value, node, node.fields, arguments, final)

    def _variable_node(self, dot: Value, node: Variable, arguments: Sequence[Expression], final: Value) -> Value:
        self.node = node
        value = self._variable(node.name)
        if not node.fields:
            self._not_a_function(arguments or (node,), final)
            return value
        return self._fields(dot, value, node, node.fields, arguments, final)

    def _fields(
        self,
        dot: Value,
        receiver: Value,
        node: Node,
        names: Sequence[str],
        arguments: Sequence[Expression],
        final: Value,
    ) -> Value:
        for name in names[:-1]:
            receiver = self._field(dot, name, node, (), NO_FINAL, receiver)
        return self._field(dot, names[-1], node, arguments, final, receiver)

    def _field(
        self, dot: Value, name: str, node: Node, arguments: Sequence[Expression], final: Value, receiver: Value
    ) -> Value:
        if receiver is MISSING or receiver is None:
            return MISSING
        spelt = static_type(receiver)
        value = unboxed(receiver)
        if value is MISSING:
            self.fail(f"nil pointer evaluating {spelt}.{name}")
        has_arguments = len(arguments) > 1 or final is not NO_FINAL
        method = value.method(name) if isinstance(value, GoObject | SizedInt) else None
        if method is not None:
            return self._call(dot, method, node, arguments[1:], final, is_builtin=False)
        if isinstance(value, GoObject):
            if name in value.fields():
                if has_arguments:
                    self.fail(f"{name} has arguments but cannot be invoked as function")
                return value.fields()[name]
        elif isinstance(value, dict) and key_type(type_of(value)) in ("string", ANY):
            if has_arguments:
                self.fail(f"{name} is not a method but has arguments")
            return item_of(value, value[name]) if name in value else MISSING
        self.fail(f"can't evaluate field {name} in type {spelt}")

    def _function(
        self, dot: Value, node: Identifier, command: Node, arguments: Sequence[Expression], final: Value
    ) -> Value:
        self.node = node
        function = self._functions.get(node.name)
        if function is None:
            self.fail(f"{quote(node.name)} is not a defined function")
        return self._call(dot, function, command, arguments[1:], final, is_builtin=True)

    def _call(
        self,
        dot: Value,
        function: Function,
        node: Node,
        arguments: Sequence[Expression],
        final: Value,
        *,
        is_builtin: bool,
    ) -> Value:
        self._check_count(function, len(arguments), final)
        if is_builtin and function.name in _SHORT_CIRCUITS and function.result == REFLECTED:
            return self._short_circuit(dot, arguments, final, _SHORT_CIRCUITS[function.name])
        types = [self._parameter_type(function, index) for index in range(len(arguments) + 1)]
        given = [self.argument(dot, types[index], argument) for index, argument in enumerate(arguments)]
        if final is not NO_FINAL:
            given.append(fitting(final, types[len(arguments)]))
        if is_builtin and function.name == "call":
            name = arguments[0].say() if arguments else sprint(plain(final))
            return self._call_value(name, unboxed(given[0]), given[1:], node)
        return self._result_of(function, given, node)

    def _call_value(self, name: str, function: Value, given: Sequence[Value], node: Node) -> Value:
        """The builtin ``call``: a function that is a value."""
        self.node = node
        if function is MISSING:
            self.fail("error calling call: call of nil")
        if not isinstance(function, Function):
            self.fail(f"error calling call: non-function {name} of type {type_of(function)}")
        if len(given) < function.fewest or (len(given) > function.fewest and not function.variadic):
            wanted = f"{'at least ' if function.variadic else ''}{function.fewest}"
            self.fail(f"error calling call: wrong number of args for {name}: got {len(given)} want {wanted}")
        types = [self._parameter_type(function, index) for index in range(len(given))]
        return self._result_of(function, [fitting(*each) for each in zip(given, types, strict=True)], node)

    def _check_count(self, function: Function, count: int, final: Value) -> None:
        total = count + (final is not NO_FINAL)
        if function.variadic:
            if total < function.fewest:
                self.fail(f"wrong number of args for {function.name}: want at least {function.fewest} got {count}")
        elif total != function.fewest:
            self.fail(f"wrong number of args for {function.name}: want {function.fewest} got {total}")

    @staticmethod
    def _parameter_type(function: Function, index: int) -> str:
        return function.parameters[min(index, len(function.parameters) - 1)].type if function.parameters else ANY

    def _short_circuit(self, dot: Value, arguments: Sequence[Expression], final: Value, decides: bool) -> Value:
        value: Value = MISSING
        for argument in arguments:
            value = self.argument(dot, REFLECTED, argument)
            if truth(value) == decides:
                return value
        return value if final is NO_FINAL else final

    def _result_of(self, function: Function, given: Sequence[Value], node: Node) -> Value:
        self.budget.step(sum(len(value) >> _READ_IN_A_STEP for value in given if isinstance(value, str)))
        try:
            result = function.call(self.calling, *given)
        except FunctionError as error:
            self.node = node
            self.fail(f"error calling {function.name}: {error}")
        except LimitExceeded:
            self.node = node
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # As Go makes an error of a function's panic: one odd value must not end the program that expands.
            self.node = node
            self.fail(f"error calling {function.name}: {error}")
        if function.result == REFLECTED:
            return result
        if isinstance(result, str):
            result = joined(result)
        return Boxed(result) if function.result == ANY else as_type(result, function.result)

    def argument(self, dot: Value, wanted: str | None, node: Expression) -> Value:
        """The value of an argument as that Go type; ``None`` takes any as it is."""
        self.node = node
        match node:
            case Dot():
                return fitting(dot, wanted)
            case Nil():
                if wanted is None or not can_be_nil(wanted):
                    self.fail(f"cannot assign nil to {wanted}")
                return MISSING if wanted == REFLECTED else zero_of(wanted)
            case Field():
                return fitting(self._field_node(dot, node, (node,), NO_FINAL), wanted)
            case Variable():
                return fitting(self._variable_node(dot, node, (), NO_FINAL), wanted)
            case Pipe():
                return fitting(self.pipeline(dot, node), wanted)
            case Identifier():
                return fitting(self._function(dot, node, node, (), NO_FINAL), wanted)
            case Chain():
                return fitting(self._chain(dot, node, (), NO_FINAL), wanted)
        return typed_constant(node, wanted or ANY)
