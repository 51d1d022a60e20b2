"""The version of this distribution."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Like ``0.1.0``; ``0.0.0`` where the sources are run without being installed."""
    # A tenth of a second of imports, which most commands need not pay.
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as distribution_version

    try:
        return distribution_version("telelens")
    except PackageNotFoundError:
        return "0.0.0"
