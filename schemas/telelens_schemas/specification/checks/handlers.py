"""Handlers that nobody has, and those that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from telelens_schemas.specification.checks.unread import handlers_are_known, has_unread_keys, uses_are_known
from telelens_schemas.specification.checks.where import Named, trail_of
from telelens_schemas.specification.edits import removal_of
from telelens_schemas.specification.items import item_removal
from telelens_schemas.specification.models import Handler, Specification
from telelens_schemas.specification.nodes import Node
from telelens_schemas.specification.parts import NamedFix
from telelens_schemas.specification.problems import Code, Severity, Tag
from telelens_schemas.specification.reader import Reader
from telelens_schemas.suggestions import closest, did_you_mean

_MOST_CANDIDATES = 300
"""Among more names the search for a similar one would take longer than an edit may."""


def check_handlers(specification: Specification, reader: Reader, *, is_whole: bool) -> None:
    """What is missing is not said where it may stand in a part that is broken."""
    names = [handler.name for handler in specification.handlers if handler.name]
    known = frozenset(names)
    is_known = is_whole and handlers_are_known(specification)
    candidates = names if len(names) <= _MOST_CANDIDATES else []
    used = set()
    for named, code in _uses(specification):
        used.add(named.name)
        if is_known and named.name not in known:
            hint = did_you_mean(named.name, candidates) or (
                f"there are {len(names)} others" if names else "there are no handlers"
            )
            reader.add(
                code,
                f'there is no handler "{named.name}": {hint}',
                named.range,
                named.trail,
                replacement=closest(named.name, candidates),
            )
    unused = [one for one in specification.handlers if one.name and one.name not in used] if is_whole else []
    if unused and uses_are_known(specification):
        for handler in unused:
            named = Named(handler.name, handler.source)
            reader.add(
                Code.UNUSED_HANDLER,
                f'no intercept uses the handler "{handler.name}"',
                named.range,
                named.trail,
                severity=Severity.HINT,
                choices=_removal(handler, specification),
                tags=(Tag.UNUSED,),
            )


def _removal(handler: Handler, specification: Specification) -> tuple[NamedFix, ...]:
    item, place = handler.source.node, specification.source.places["handlers"]
    assert isinstance(item, Node)
    return item_removal(f'Remove handler "{handler.name}"', item, place)


def _uses(specification: Specification) -> Iterator[tuple[Named, Code]]:
    for prerequisite in specification.prerequisites:
        for key, name in (("create", prerequisite.create), ("delete", prerequisite.delete)):
            if name is not None:
                yield Named(name, prerequisite.source, key), Code.UNDEFINED_PREREQUISITE
    for workload in specification.workloads:
        for intercept in workload.intercepts:
            if intercept.handler is not None:
                yield Named(intercept.handler, intercept.source, "handler"), Code.UNDEFINED_HANDLER


def check_debug(handler: Handler, reader: Reader) -> None:
    """Whether there is something to debug."""
    others = {"script", "docker", "external"} & handler.source.places.keys()
    place = handler.source.places.get("debug")
    if place is not None and not others and not has_unread_keys(handler.source):
        reader.add(
            Code.DEBUG_WITHOUT_SCRIPT,
            f'the handler "{handler.name}" has nothing to debug: it has no "script"',
            place.key,
            trail_of(handler.source).to(".debug"),
            choices=removal_of(place),
        )
