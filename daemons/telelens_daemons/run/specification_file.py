"""Reads a specification from a file or from standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from telelens_daemons.errors import UserError

STANDARD_INPUT = "-"
STANDARD_INPUT_NAME = "stdin"
_ENDINGS = (".ispec.yaml", ".ispec.yml")


class UnreadableFileError(UserError):
    """It is not there, or not text."""

    code = "unreadable-file"


def specification_files(names: Sequence[str]) -> list[str]:
    """The files that are meant, each once; of a folder the specifications in it. Raises UnreadableFileError."""
    found: dict[str, None] = {}
    for name in names:
        if name == STANDARD_INPUT or not Path(name).is_dir():
            found[name] = None
            continue
        inside = sorted(str(path) for path in Path(name).rglob("*") if path.name.endswith(_ENDINGS) and path.is_file())
        if not inside:
            raise UnreadableFileError(
                f"there is no specification in {name}", hint="in folders, files called *.ispec.yaml are looked for"
            )
        found |= dict.fromkeys(inside)
    return list(found)


def read_text(file: str) -> str:
    """The text; raises UnreadableFileError."""
    try:
        data = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{file} is not text: byte {error.start} is not UTF-8", hint="save it as UTF-8"
        ) from error
    except OSError as error:
        raise UnreadableFileError(
            f"cannot read {file}: {(error.strerror or str(error)).lower()}", hint="name a specification's file"
        ) from error
