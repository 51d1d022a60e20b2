"""Where the reference page of the language is, for links in messages and hovers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PAGE = "specification.md"


@cache
def reference() -> str | None:
    """The page's address; ``None`` where this installation has none."""
    package = Path(__file__).resolve().parent
    for place in (package / "docs" / PAGE, package.parent.parent / "docs" / PAGE):
        if place.is_file():
            return place.as_uri()
    return None


def section(anchor: str) -> str | None:
    """The address of one of its sections."""
    page = reference()
    return f"{page}#{anchor}" if page is not None else None
