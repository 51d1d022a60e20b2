"""Names that two have."""

from __future__ import annotations

from collections.abc import Container, Iterable

from telelens_schemas.specification.checks.unread import has_unread_keys
from telelens_schemas.specification.checks.where import Named, first_line
from telelens_schemas.specification.models import Handler, Specification
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.reader import Reader


def check_names(specification: Specification, reader: Reader) -> None:
    """Each kind of thing apart; of several connections each has intercepts of its own."""
    _distinct("handler", (Named(one.name, one.source) for one in specification.handlers), reader)
    _distinct("connection", (Named(one.name or "", one.source) for one in specification.connections), reader)
    intercepts: dict[str | None, list[Named]] = {}
    for workload, intercept in specification.enabled:
        name = intercept.name if "name" in intercept.source.places else workload.bare_name
        intercepts.setdefault(workload.connection, []).append(Named(name, intercept.source))
    for of_one in intercepts.values():
        _distinct("intercept", of_one, reader)


def check_names_within(handler: Handler, reader: Reader) -> None:
    """Those that two have in one handler."""
    _distinct("environment variable", (Named(one.name, one.source) for one in handler.environment), reader)
    if handler.docker is not None and handler.docker.compose is not None:
        services = handler.docker.compose.services
        _distinct("compose service", (Named(one.name, one.source) for one in services), reader)


def _distinct(what: str, named: Iterable[Named], reader: Reader) -> None:
    first: dict[str, Named] = {}
    hint = ': give it a "name"' if what == "intercept" else ""
    for one in named:
        before = first.setdefault(one.name, one)
        if one.name and before is not one and not _is_named_otherwise(one):
            if _is_named_otherwise(before):
                first[one.name] = one
                continue
            place = one.source.places.get("name")
            free = free_name(one.name, first)
            reader.add(
                Code.DUPLICATE_NAME,
                f'there is another {what} "{one.name}" in line {before.range.line}{hint}',
                first_line(one.range),
                one.trail,
                related=((before.range, "the other one"),),
                fixes=((f"Rename to {free}", ((place.value, free),)),) if place is not None else (),
            )


def _is_named_otherwise(one: Named) -> bool:
    """It has this name only as long as it has none of its own."""
    return "name" not in one.source.places and has_unread_keys(one.source)


def free_name(name: str, taken: Container[str]) -> str:
    """The same with a number that makes it another one."""
    separator = "_" if name.isupper() or "_" in name else "-"
    number = 2
    while f"{name}{separator}{number}" in taken:
        number += 1
    return f"{name}{separator}{number}"
