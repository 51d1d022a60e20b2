"""What a specification's templates are given: the data that fields lead into."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, str | Mapping[str, str]] = {"Telepresence": {"Username": "The name of the user who runs it."}}
"""By name, with what they hold or what they mean."""


def fields_of(path: tuple[str, ...]) -> Mapping[str, str]:
    """The fields of what a chain of fields leads to, with what they are; nothing where it leads nowhere."""
    here: str | Mapping[str, str | Mapping[str, str]] | Mapping[str, str] = FIELDS
    for step in path:
        found = here.get(step, "") if isinstance(here, Mapping) else ""
        here = found
    if isinstance(here, str):
        return {}
    return {name: value if isinstance(value, str) else "What the run knows of itself." for name, value in here.items()}


def about_field(path: tuple[str, ...]) -> str:
    """What a chain of fields is; empty: unknown."""
    return fields_of(path[:-1]).get(path[-1], "") if path else ""
