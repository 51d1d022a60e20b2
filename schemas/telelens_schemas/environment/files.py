"""Environment files: the syntaxes that ``--env-syntax`` names, written and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import ModuleType

from telelens_schemas.environment import compose, docker, json_file, shell
from telelens_schemas.environment.errors import EnvironmentFileError


class Syntax(StrEnum):
    """The values of ``--env-syntax``, spelled as in the seeds' tool."""

    DOCKER = "docker"
    """``docker run --env-file``."""
    COMPOSE = "compose"
    """``env_file`` of a compose file."""
    SH = "sh"
    """Assignments that a POSIX shell sources."""
    SH_EXPORT = "sh:export"
    """The same, exported."""
    JSON = "json"


_MODULES: Mapping[Syntax, ModuleType] = {
    Syntax.DOCKER: docker,
    Syntax.COMPOSE: compose,
    Syntax.SH: shell,
    Syntax.SH_EXPORT: shell,
    Syntax.JSON: json_file,
}


def write(environment: Mapping[str, str], syntax: Syntax) -> str:
    """The text of an environment file, variables in order of name.

    Raises ``EnvironmentFileError`` when the syntax cannot hold a variable; nothing is ever changed or dropped
    silently. ``unwritable`` tells which.
    """
    refused = unwritable(environment, syntax)
    if refused:
        raise EnvironmentFileError(
            f"{syntax} files cannot hold {', '.join(refused)}", "write it as JSON: --env-json, or --env-syntax=json"
        )
    ordered = dict(sorted(environment.items()))
    if syntax is Syntax.SH_EXPORT:
        return shell.write(ordered, export=True)
    writer: Callable[[Mapping[str, str]], str] = _MODULES[syntax].write
    return writer(ordered)


def unwritable(environment: Mapping[str, str], syntax: Syntax) -> tuple[str, ...]:
    """Names of the variables that the syntax cannot hold."""
    can_hold: Callable[[str, str], bool] = _MODULES[syntax].can_hold
    return tuple(sorted(name for name, value in environment.items() if not can_hold(name, value)))


def read(text: str, syntax: Syntax) -> dict[str, str]:
    """The variables of an environment file. Read the file with ``newline=""``: values may hold ``\\r``.

    Raises ``EnvironmentFileError`` with the line.
    """
    reader: Callable[[str], dict[str, str]] = _MODULES[syntax].read
    return reader(text)
