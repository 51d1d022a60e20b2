"""``docker run --env-file``: one ``NAME=VALUE`` a line, taken as it stands, no quotes and no escapes.

The rules are those of docker/cli ``opts/file.go``: leading blanks and lines with ``#`` first are skipped, and Go's
line scanner drops a ``\\r`` before the line's end. So a value with a line break cannot be written at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from telelens_schemas.environment.errors import EnvironmentFileError


def can_hold(name: str, value: str) -> bool:
    """Whether the variable survives."""
    plain_name = bool(name) and name[0] != "#" and not any(c.isspace() or c in "=\0\ufeff" for c in name)
    return plain_name and "\n" not in value and "\0" not in value and not value.endswith("\r")


def write(environment: Mapping[str, str]) -> str:
    """The file's text."""
    return "".join(f"{name}={value}\n" for name, value in environment.items())


def read(text: str) -> dict[str, str]:
    """The file's variables; a name alone (docker takes it from its own environment) is skipped."""
    environment = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        line = line.removesuffix("\r").lstrip(" \t")
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not name or any(character.isspace() for character in name):
            raise EnvironmentFileError(f"line {number}: {name!r} is not a variable's name", "expected NAME=VALUE")
        if equals:
            environment[name] = value
    return environment
