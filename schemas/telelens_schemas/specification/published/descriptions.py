"""A key in words."""

from __future__ import annotations

from telelens_schemas.specification.shapes import Key, Support


def description(key: Key) -> str:
    """What it means, what it is by default, whether it can be run."""
    parts = [key.about]
    if key.default:
        parts.append(f"Default: {key.default}.")
    if key.deprecated:
        parts.append(f"Deprecated: write {key.deprecated}.")
    if key.support is not Support.YES:
        parts.append(support(key))
    return " ".join(parts)


def support(key: Key) -> str:
    """What this version of Telelens cannot do; empty where it can."""
    match key.support:
        case Support.NOT_YET:
            return "This version of Telelens cannot run it yet."
        case Support.OFF_ONLY:
            return "This version of Telelens can only run it switched off."
        case Support.IGNORED:
            return "This version of Telelens ignores it."
    return ""
