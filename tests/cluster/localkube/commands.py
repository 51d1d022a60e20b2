"""Running other programs to their end."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from localkube.errors import CommandError

PLAIN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
"""An environment without the caller's proxies and settings, for what must not depend on them."""


def run(
    *command: str | Path,
    check: bool = True,
    stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return what it wrote to stdout.

    Raises CommandError when it fails and `check` is set.
    """
    arguments: Sequence[str] = [str(part) for part in command]
    try:
        ended = subprocess.run(
            arguments,
            check=False,
            capture_output=True,
            text=True,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            env=environment,
        )
    except FileNotFoundError as missing:
        raise CommandError(f"{arguments[0]}: not found on this machine") from missing
    if check and ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip()
        raise CommandError(f"{' '.join(arguments)}: exit status {ended.returncode}: {said}")
    return ended.stdout
