"""How a function of templates is declared: a Go signature, a line of documentation, and the Python that does it.

A family is a module's worth of functions::

    STRINGS = Family()

    @STRINGS.function("repeat", "count int, text string", "string", "The text so many times in a row.")
    def repeat(calling: Calling, count: int, text: str) -> str:
        calling.budget.memory(count * len(text))
        return text * count

The engine checks arguments against the signature and says what Go says when they do not fit, so a function sees only
values of the types that it declares. Variadic parameters (``items ...any``) come as further positional arguments.
A function returns a value or raises FunctionError; its result is made into the declared type (``as_type``).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from telelens_schemas.templates.limits import Budget
from telelens_schemas.templates.values import Kind, Value, canonical_type

REFLECTED = "reflect.Value"
"""The type of parameters and results that Go's builtins see as they are: see ``reflected``."""

NETWORK = ("getHostByName",)
"""The functions that ask the network, where they may."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Implementation: TypeAlias = "Callable[Concatenate[Calling, Arguments], Result]"


class FunctionError(Exception):
    """A function refuses: the text is what its Go counterpart returns as an error."""


def local_now() -> datetime.datetime:
    """The present in the zone of this machine."""
    return datetime.datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Calling:
    """What a function may know of who calls it."""

    budget: Budget
    environment: Mapping[str, str]
    """What ``env`` reads; never the process's own unless the caller gave it."""
    may_use_network: bool = False
    now: Callable[[], datetime.datetime] = local_now
    """The present, with the zone that counts as local."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; of a variadic one the type of each argument."""

    name: str
    type: str
    """As Go prints it: ``interface {}``."""
    spelt: str
    """As people write it: ``any``."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its signature. ``call`` takes a Calling and the arguments."""

    name: str
    parameters: tuple[Parameter, ...]
    variadic: bool
    result: str
    documentation: str
    call: Callable[..., Value]

    @property
    def go_kind(self) -> Kind:
        """As a value."""
        return "func"

    @property
    def go_type(self) -> str:
        """As a value."""
        types = [parameter.type for parameter in self.parameters]
        if self.variadic:
            types[-1] = "..." + types[-1]
        return f"func({', '.join(types)}) {self.result}"

    @property
    def signature(self) -> str:
        """``repeat(count int, text string) string``."""
        return f"{self.name}({', '.join(self.labels)}) {_as_written(self.result)}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The parameters as the signature shows them: ``count int``, ``items ...any``."""
        last = len(self.parameters) - 1
        return tuple(
            f"{parameter.name} {'...' if self.variadic and index == last else ''}{_as_written(parameter.spelt)}"
            for index, parameter in enumerate(self.parameters)
        )

    @property
    def fewest(self) -> int:
        """Arguments that it needs at least."""
        return len(self.parameters) - self.variadic


def _as_written(go_type: str) -> str:
    return go_type.replace("interface {}", "any").replace(REFLECTED, "any")


class Family:
    """Functions that belong together. Filled while its module is imported, and only read afterwards."""

    def __init__(self) -> None:
        self._functions: dict[str, Function] = {}

    def function(
        self, name: str, parameters: str, result: str, documentation: str
    ) -> Callable[[Implementation[Arguments, Result]], Implementation[Arguments, Result]]:
        """Declares the decorated Python function, whose first parameter is a Calling. ``parameters`` as in Go:
        ``"count int, text string"``, ``"a, b int64"``, ``"items ...any"``."""

        def declare(implementation: Implementation[Arguments, Result]) -> Implementation[Arguments, Result]:
            declared, variadic = read_parameters(parameters)
            self._functions[name] = Function(
                name, declared, variadic, canonical_type(result), documentation, implementation
            )
            return implementation

        return declare

    def alias(self, name: str, of: str) -> None:
        """A second name of a function that was declared already."""
        self._functions[name] = replace(self._functions[of], name=name)

    def __iter__(self) -> Iterator[Function]:
        return iter(self._functions.values())


def read_parameters(text: str) -> tuple[tuple[Parameter, ...], bool]:
    """A Go parameter list, and whether it ends with a variadic one."""
    declared: list[Parameter] = []
    names: list[str] = []
    variadic = False
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, spelt = part.partition(" ")
        names.append(name)
        if not spelt:
            continue
        variadic = spelt.startswith("...")
        spelt = spelt.removeprefix("...")
        declared += [Parameter(each, canonical_type(spelt), spelt) for each in names]
        names = []
    if names:
        raise ValueError(f"no type for {', '.join(names)} in the parameters {text!r}")
    return tuple(declared), variadic


def table(*families: Iterable[Function]) -> Mapping[str, Function]:
    """All functions by name; those of a later family take the place of earlier ones."""
    return {function.name: function for family in families for function in family}
