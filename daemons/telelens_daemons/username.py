"""What a specification's templates are told of who runs it."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "TELELENS_USERNAME"


def username(environment: Mapping[str, str]) -> str:
    """The login's name, or what the variable says instead; empty where there is none: a container's user may have no
    name."""
    if chosen := environment.get(VARIABLE):
        return chosen
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
