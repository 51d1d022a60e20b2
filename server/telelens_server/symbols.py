"""The names that a specification gives to its own things, and the places that use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from telelens_schemas.specification import FoundKey, Part, Range, Specification
from telelens_schemas.specification.nodes import Items, Node, Scalar


class Role(StrEnum):
    """What bears a name."""

    HANDLER = "handler"
    CONNECTION = "connection"
    SERVICE = "compose service"


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name where it stands: ``start`` and ``end`` are offsets in the node's fragment."""

    role: Role
    name: str
    node: Scalar
    start: int
    end: int
    is_definition: bool = False
    key: FoundKey | None = None

    @property
    def range(self) -> Range:
        """Where it stands now."""
        return self.node.home.range(self.start, self.end)


_PLACES: tuple[tuple[str, re.Pattern[str], Role, bool], ...] = (
    ("name", re.compile(r".*\.handlers\[\d+\]\.name"), Role.HANDLER, True),
    ("name", re.compile(r".*\.connections\[\d+\]\.name"), Role.CONNECTION, True),
    ("name", re.compile(r".*\.connection\.name"), Role.CONNECTION, True),
    ("name", re.compile(r".*\.services\[\d+\]\.name"), Role.SERVICE, False),
    ("handler", re.compile(r".*\.handler"), Role.HANDLER, False),
    ("create", re.compile(r".*\.prerequisites\[\d+\]\.create"), Role.HANDLER, False),
    ("delete", re.compile(r".*\.prerequisites\[\d+\]\.delete"), Role.HANDLER, False),
    ("connection", re.compile(r".*\.services\[\d+\]\.connection"), Role.CONNECTION, False),
    ("connection", re.compile(r".*\.x-telepresence\.connection"), Role.CONNECTION, False),
)
_WORKLOAD = re.compile(r".*\.workloads\[\d+\]\.name")
_KEYS = frozenset(key for key, *_ in _PLACES)


def symbols_of(part: Part) -> tuple[Symbol, ...]:
    """The names in one part."""
    return tuple(symbol for key in part.keys if key.about.name in _KEYS for symbol in _symbols(key))


def _symbols(found: FoundKey) -> Iterator[Symbol]:
    key, path = found.about.name, found.trail.path
    for name, pattern, role, is_definition in _PLACES:
        if name == key and pattern.fullmatch(path):
            for scalar in _scalars(found.value):
                start, end = inside(scalar)
                yield Symbol(role, scalar.value, scalar, start, end, is_definition, found)
    if key == "name" and _WORKLOAD.fullmatch(path):
        for scalar in _scalars(found.value):
            prefix, slash, _ = scalar.value.partition("/")
            start, end = inside(scalar)
            if slash and prefix and end - start == len(scalar.value):
                yield Symbol(Role.CONNECTION, prefix, scalar, start, start + len(prefix), key=found)


def keyed_symbols(specification: Specification) -> Iterator[Symbol]:
    """Of older versions: handlers that are named by their keys."""
    for handler in specification.handlers:
        place = handler.source.places.get("name")
        node = place.value_node if place is not None and place.key_node is place.value_node else None
        if isinstance(node, Scalar) and node.value:
            start, end = inside(node)
            yield Symbol(Role.HANDLER, node.value, node, start, end, is_definition=True)


def _scalars(value: Node) -> Iterator[Scalar]:
    for node in value.items if isinstance(value, Items) else (value,):
        if isinstance(node, Scalar) and node.value and not node.templated:
            yield node


def inside(scalar: Scalar) -> tuple[int, int]:
    """From where to where the text of a scalar stands, its quotes left out."""
    written = scalar.home.text[scalar.start : scalar.end]
    if len(written) > 1 and written[0] in "\"'" and written[-1] == written[0] and written[1:-1] == scalar.value:
        return scalar.start + 1, scalar.end - 1
    return scalar.start, scalar.end
