"""Running other programs to their end."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from imagebuilder.errors import BuildError


def run(*command: str | Path, environment: Mapping[str, str] | None = None, folder: Path | None = None) -> None:
    """Run a program; raises BuildError with what it said when it fails."""
    ended = subprocess.run(
        [str(part) for part in command],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=folder,
    )
    if ended.returncode:
        raise BuildError(f"{command[0]}: exit status {ended.returncode}:\n{ended.stdout[-4000:]}")
