"""Templates where a name refers to something of the specification: they are expanded only after who reads it has to
know what belongs together."""

from __future__ import annotations

import dataclasses

from telelens_schemas.specification.nodes import Node, Scalar
from telelens_schemas.specification.shapes import Key, Names
from telelens_schemas.specification.templates import find_actions, mask

PREFIX_TEMPLATED = "what stands before the slash names a connection and cannot be a template: write the name"


def templated_reference(key: Key, value: Node) -> tuple[Scalar, str] | None:
    """What of a key's value must not be a template, and why; ``None``: nothing."""
    if not isinstance(value, Scalar) or not value.templated or value.is_unknown or key.names is None:
        return None
    if key.names.is_of_the_specification:
        return value, f"{key.name} names something of this specification and cannot be a template: write the name"
    prefix = _prefix(value) if key.names is Names.WORKLOAD else None
    if prefix is None:
        return None
    return prefix, PREFIX_TEMPLATED


def _prefix(name: Scalar) -> Scalar | None:
    """The templated one of a workload's name. A slash that a template writes is known
    only when that is expanded (``templated_prefixes``)."""
    written = name.home.text[name.start : name.end]
    actions = find_actions(written)
    slash = mask(written, actions).find("/")
    if not any(action.start < slash for action in actions):
        return None
    start = 1 if written[0] in "\"'" else 0
    return dataclasses.replace(name, start=name.start + start, end=name.start + slash)
