"""What is written and could not be read may be anything. It is wrong already, where it stands; who would say that
something is missing, or comes twice, asks here first."""

from __future__ import annotations

from collections.abc import Sequence

from telelens_schemas.specification.models import Intercept, Specification
from telelens_schemas.specification.nodes import Entries, Items, Kind, Node, Scalar
from telelens_schemas.specification.source import Source
from telelens_schemas.suggestions import closest


def has_unread_keys(source: Source, like: str | None = None) -> bool:
    """Whether a mapping has a key that is broken or unknown: it may be any other one, or the one that it is ``like``,
    misspelt."""
    node, known = source.node, source.places
    if not isinstance(node, Entries):
        return False
    keys = (key for key, _ in node.pairs)
    return not node.is_whole or any(
        isinstance(key, Scalar)
        and key.value not in known
        and key.value != "<<"
        and (like is None or closest(key.value, [like]) is not None)
        for key in keys
    )


def may_have(source: Source, key: str) -> bool:
    """Whether a mapping of which no value of that key was read may have one."""
    place = source.places.get(key)
    return _says_something(place.value_node) if place is not None else has_unread_keys(source)


def handlers_are_known(specification: Specification) -> bool:
    """Whether there can be none but those that were read."""
    every = specification.handlers
    return _all_read(specification.source, "handlers", every) and all(one.name for one in every)


def uses_are_known(specification: Specification) -> bool:
    """Whether all handlers that somebody wants are those that were read."""
    prerequisites = specification.prerequisites
    return (
        _all_read(specification.source, "prerequisites", prerequisites)
        and not any(
            getattr(one, key) is None and may_have(one.source, key)
            for one in prerequisites
            for key in ("create", "delete")
        )
        and intercepts_are_known(specification)
        and not any(
            one.handler is None and may_have(one.source, "handler")
            for workload in specification.workloads
            for one in workload.intercepts
        )
    )


def intercepts_are_known(specification: Specification) -> bool:
    """Whether there can be none but those that were read."""
    return _all_read(specification.source, "workloads", specification.workloads) and all(
        _all_read(one.source, "intercepts", one.intercepts) for one in specification.workloads
    )


def local_port_is_known(intercept: Intercept) -> bool:
    """Whether it is what was read, or nothing was written."""
    place = intercept.source.places.get("localPort")
    if place is None:
        return not has_unread_keys(intercept.source)
    node = place.value_node
    is_read = isinstance(node, Scalar) and node.value.isdecimal() and int(node.value) == intercept.local_port
    return is_read or not _says_something(node)


def _all_read(source: Source, key: str, read: Sequence[object]) -> bool:
    place = source.places.get(key)
    if place is None:
        return not has_unread_keys(source, key)
    node = place.value_node
    match node:
        case Items():
            return len(node.items) == len(read)
        case Entries():
            return len(node.pairs) == len(read)
    return not _says_something(node)


def _says_something(node: object) -> bool:
    assert isinstance(node, Node)
    return not isinstance(node, Scalar) or node.templated or node.kind is not Kind.NOTHING
