"""The files of ``--env-file`` and ``--env-json``: looked at before anything is asked of the cluster, written after."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telelens_daemons.errors import UserError

if TYPE_CHECKING:
    from telelens_schemas.environment import Syntax

DEFAULT_SYNTAX = "docker"


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """One file to be written. ``lenient``: what its syntax cannot hold is left out, as nobody chose the syntax."""

    path: Path
    syntax: Syntax
    lenient: bool = False

    def check(self) -> None:
        """Raises UserError where the file could not be written."""
        target = Path(os.path.realpath(self.path))
        if target.is_dir():
            raise _unwritable(self.path, "it is a folder")
        if target.exists() and not target.is_file():
            return  # A pipe or a device: opening it now would already be seen at its other end.
        if not target.parent.is_dir():
            raise _unwritable(self.path, f"there is no folder {target.parent}")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise _unwritable(self.path, f"you may not write in {target.parent}")

    def write(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """Write what may be imported; return the names of what was left out. Raises UserError."""
        from telelens_schemas.environment import EnvironmentFileError, importable, unwritable, write

        wanted = importable(environment)
        left_out = unwritable(wanted, self.syntax) if self.lenient else ()
        try:
            text = write({name: wanted[name] for name in wanted if name not in left_out}, self.syntax)
        except EnvironmentFileError as error:
            raise UserError(error.message, hint=error.hint, code="environment") from error
        try:
            _replace(Path(os.path.realpath(self.path)), text)
        except OSError as error:
            raise _unwritable(self.path, (error.strerror or str(error)).lower()) from error
        return left_out


def environment_files(*, env_file: Path | None, env_syntax: str, env_json: Path | None) -> list[EnvironmentFile]:
    """The files that are asked for, looked at. JSON, which holds everything, comes first. Raises UserError."""
    from telelens_schemas.environment import Syntax

    if env_syntax and env_syntax not in tuple(Syntax):
        raise UserError(f'--env-syntax "{env_syntax}" is not known', hint=f"one of: {', '.join(Syntax)}", code="usage")
    files = []
    if env_json is not None:
        files.append(EnvironmentFile(env_json, Syntax.JSON))
    if env_file is not None:
        files.append(EnvironmentFile(env_file, Syntax(env_syntax or DEFAULT_SYNTAX), lenient=not env_syntax))
    for file in files:
        file.check()
    return files


def _replace(target: Path, text: str) -> None:
    """A new file in place of the old one, whose mode may let others read."""
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        return
    import tempfile

    descriptor, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(beside, target)
    except BaseException:
        os.unlink(beside)
        raise


def _unwritable(path: Path, why: str) -> UserError:
    return UserError(f"cannot write {path}: {why}", hint="give another path", code="environment")
