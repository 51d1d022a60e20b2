"""Since when, as people say it."""

from __future__ import annotations

from datetime import datetime


def since(moment: datetime | None, now: datetime) -> str:
    """`` since 14:03``, by the clock of ``now``, with the day where that is another one; empty: not known."""
    if moment is None:
        return ""
    there = moment.astimezone(now.tzinfo)
    if there.date() == now.date():
        return f" since {there:%H:%M}"
    year = f" {there.year}" if there.year != now.year else ""
    return f" since {there.day} {there:%b}{year}, {there:%H:%M}"
