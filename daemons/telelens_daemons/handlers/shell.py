"""Which shell runs a script."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from telelens_daemons.errors import UserError

LAST_RESORT = "sh"


class ShellNotFound(UserError):
    """The handler asks for a shell that this workstation does not have."""

    code = "shell-not-found"


def shell_command(script: str, *, shell: str | None, environment: Mapping[str, str]) -> list[str]:
    """Return the argument list that runs ``script``; without a ``shell`` it is the user's own, ``SHELL``.

    Raises ShellNotFound.
    """
    name = shell or environment.get("SHELL") or LAST_RESORT
    path = shutil.which(name, path=environment.get("PATH", os.defpath))
    if path is None:
        where = "" if shell else " (the environment variable SHELL names it)"
        raise ShellNotFound(f"there is no shell {name!r} here{where}", hint="set script.shell to bash, zsh or sh")
    return [path, "-c", script]
