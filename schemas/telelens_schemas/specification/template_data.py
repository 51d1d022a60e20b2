"""What a specification's templates are given: the data that fields lead into."""

from __future__ import annotations

from collections.abc import Mapping

from telelens_schemas.templates.values import Value

FIELDS: Mapping[str, Mapping[str, str]] = {"Telepresence": {"Username": "The name of the user who runs it."}}
"""By name the fields in them, with what they mean."""


def template_data(username: str) -> Value:
    """The data, for one user."""
    return {"Telepresence": {"Username": username}}


def fields_of(path: tuple[str, ...]) -> Mapping[str, str]:
    """The fields of what a chain of fields leads to, with what they are; nothing where it leads nowhere."""
    if not path:
        return dict.fromkeys(FIELDS, "What the run knows of itself.")
    return FIELDS.get(path[0], {}) if len(path) == 1 else {}


def about_field(path: tuple[str, ...]) -> str:
    """What a chain of fields is; empty: unknown."""
    return fields_of(path[:-1]).get(path[-1], "") if path else ""
