"""Files that a POSIX shell sources. Everything is in single quotes, where no character means anything."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from telelens_schemas.environment.errors import EnvironmentFileError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def can_hold(name: str, value: str) -> bool:
    """Whether the variable survives: Kubernetes allows names (``my.name``) that a shell does not."""
    return _NAME.fullmatch(name) is not None and "\0" not in value


def write(environment: Mapping[str, str], *, export: bool = False) -> str:
    """The file's text."""
    prefix = "export " if export else ""
    return "".join(f"{prefix}{name}={_quote(value)}\n" for name, value in environment.items())


def read(text: str) -> dict[str, str]:
    """The variables of a file of plain assignments, with or without ``export``. Nothing is run or expanded."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        raise EnvironmentFileError(f"not a file of shell assignments: {error}") from error
    environment = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and _NAME.fullmatch(name):
            environment[name] = value
        elif word != "export":
            raise EnvironmentFileError(f"{word!r} is not an assignment", "expected NAME='VALUE'")
    return environment


def _quote(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
