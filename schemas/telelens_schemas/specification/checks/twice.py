"""What stands twice where once was probably meant. Nothing is broken by it: these are warnings."""

from __future__ import annotations

from telelens_schemas.specification.checks.names import free_name
from telelens_schemas.specification.checks.where import Named, first_line, trail_of
from telelens_schemas.specification.items import item_removal
from telelens_schemas.specification.models import Handler, Intercept, Specification
from telelens_schemas.specification.nodes import Items, Node, Scalar
from telelens_schemas.specification.parts import NamedFix, Trail, Where
from telelens_schemas.specification.problems import Code, Severity
from telelens_schemas.specification.reader import Reader

Names = dict[tuple[str | None, str], Named]
"""Of specifications, with the namespaces that store them."""


def check_headers(intercept: Intercept, reader: Reader) -> None:
    """Names of headers mean the same in any case."""
    first: dict[str, Named] = {}
    for header in intercept.headers:
        named = Named(header.name, header.source)
        before = first.setdefault(header.name.lower(), named)
        if header.name and before is not named:
            assert isinstance(header.source.node, Node)
            place = intercept.source.places["headers"]
            message = f'the header "{header.name}" stands twice: first in line {before.range.line}; both must match'
            fixes = item_removal(f'Remove this "{header.name}"', header.source.node, place)
            _add(message, named.range, before.range, named.trail, fixes, reader)


def check_ports(handler: Handler, reader: Reader) -> None:
    """A port of the host can be published once."""
    place = handler.docker.source.places.get("ports") if handler.docker is not None else None
    if handler.docker is None or place is None or not isinstance(place.value_node, Items):
        return
    first: dict[str, Scalar] = {}
    for item in place.value_node.items:
        if isinstance(item, Scalar) and not item.templated:
            before = first.setdefault(item.value, item)
            if before is not item:
                message = f"port {item.value} is published twice: first in line {before.range.line}"
                fixes = item_removal(f"Remove this {item.value}", item, place)
                _add(message, item, before, trail_of(handler.docker.source).to(".ports"), fixes, reader)


def check_own_name(specification: Specification, others: Names, reader: Reader) -> None:
    """Whether another specification of its file has its name; adds it to ``others``."""
    named, namespace = _called(specification)
    if namespace is None and "namespace" in named.source.places:
        return  # which one, a template writes
    place = named.source.places.get("name")
    if place is None or not isinstance(place.value_node, Scalar) or place.value_node.value != named.name:
        return  # it is called like its file
    before = others.setdefault((namespace, named.name), named)
    if before is not named:
        where = f"in line {before.range.line}: once stored, one replaces the other"
        message = f'there is another specification "{named.name}" {where}'
        free = free_name(named.name, {name for _, name in others})
        fix = (f"Rename to {free}", ((place.value, free),))
        _add(message, named.range, before.range, named.trail, (fix,), reader)


def _called(specification: Specification) -> tuple[Named, str | None]:
    """An object is known by its metadata."""
    metadata = specification.metadata
    if metadata is None or not metadata.name:
        return Named(specification.name, specification.source), None
    return Named(metadata.name, metadata.source), metadata.namespace


def _add(
    message: str, where: Where, before: Where, trail: Trail, choices: tuple[NamedFix, ...], reader: Reader
) -> None:
    reader.add(
        Code.DUPLICATE_NAME,
        message,
        first_line(where.range),
        trail,
        severity=Severity.WARNING,
        related=((before, "the first one"),),
        choices=choices,
    )
