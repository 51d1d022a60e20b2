"""Reads a specification from a file or from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from telelens_daemons.errors import UserError

STANDARD_INPUT = "-"


class UnreadableFileError(UserError):
    """It is not there, or not text."""

    code = "unreadable-file"


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
