"""JSON: one object of strings; holds everything."""

from __future__ import annotations

import json
from collections.abc import Mapping

from telelens_schemas.environment.errors import EnvironmentFileError


def can_hold(name: str, value: str) -> bool:
    """Whether the variable survives: always."""
    return True


def write(environment: Mapping[str, str]) -> str:
    """The file's text."""
    return json.dumps(dict(environment), indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> dict[str, str]:
    """The file's variables."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise EnvironmentFileError(f"not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise EnvironmentFileError("not an environment", "expected one JSON object whose values are strings")
    return found
