"""The version of this distribution."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as distribution_version


@cache
def version() -> str:
    """Like ``0.1.0``; ``0.0.0`` where the sources are run without being installed."""
    try:
        return distribution_version("telelens")
    except PackageNotFoundError:
        return "0.0.0"
