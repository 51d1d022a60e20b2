"""How long ago something was, in words."""

from __future__ import annotations

from datetime import UTC, datetime

from telelens_schemas.resources.metadata import parse_time


def age(created: str, *, now: datetime | None = None) -> str:
    """``5 min``: since an RFC 3339 moment."""
    seconds = int(((now or datetime.now(UTC)) - parse_time(created)).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{max(seconds, 0)} s"
