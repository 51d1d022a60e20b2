"""Where the compose files are that a specification leads to."""

from __future__ import annotations

from pathlib import Path

from telelens_schemas.specification import Specification
from telelens_schemas.specification.compose import FILE_NAMES, ComposeReading, contexts, read_compose

LARGEST = 1_000_000
"""Bytes of a compose file that is looked into."""


def located(folder: Path, context: str | None) -> Path | None:
    """The file that a specification in a folder means by a context: the file itself, or its folder."""
    place = folder / (context or "")
    try:
        if place.is_file():
            return place
        return next((path for name in FILE_NAMES if (path := place / name).is_file()), None)
    except (OSError, ValueError):
        return None  # too long, no right to look, a byte that no path may have


def read_compose_files(specification: Specification, folder: Path) -> dict[str, ComposeReading]:
    """Those that a specification in the folder leads to, by its contexts; those that cannot be read are left out."""
    found = {}
    for context in contexts(specification):
        path = located(folder, context)
        text = _read(path) if path is not None else None
        if text is not None:
            found[context] = read_compose(text, str(path))
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace") if path.stat().st_size <= LARGEST else None
    except OSError:
        return None
