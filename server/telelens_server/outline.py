"""The outline of a specification: what it defines and what it intercepts, by name.

Editors ask for it after every edit. So what is worked out of a part of the text is kept, with lines that count from the
part's first, and an entry is written without the protocol's classes, of which each would take a dozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lsprotocol.types import SymbolKind
from telelens_schemas.specification import Connection, Handler, Intercept, Range, Source, Specification, Workload
from telelens_schemas.specification.parts import Part, Trail

from telelens_server.documents import Document
from telelens_server.steps import Steps, collected

Span = tuple[int, int, int, int]
"""First line and character, last line and character, as the editor counts."""
_Spans = Callable[[Range], Span]


@dataclass(frozen=True, slots=True)
class Entry:
    """One name. Its lines, and its children's, count from a line that whoever holds it knows."""

    name: str
    kind: SymbolKind
    detail: str
    whole: Span
    chosen: Span
    """The name itself."""
    children: tuple[Placed, ...] = ()

    def written(self, first: int) -> dict[str, Any]:
        """As the protocol has it, from that first line."""
        symbol: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind.value,
            "range": _range(self.whole, first),
            "selectionRange": _range(self.chosen, first),
        }
        if self.detail:
            symbol["detail"] = self.detail
        if self.children:
            symbol["children"] = [child.entry.written(first + child.first) for child in self.children]
        return symbol


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and its first line."""

    first: int
    entry: Entry


def outline(document: Document) -> Steps[list[Placed]]:
    """Of several specifications in a file each has its own root. Pauses after each handler and workload."""
    outlining = _Outlining(document)
    specifications = document.reading.specifications
    if len(specifications) == 1:
        return (yield from outlining.sections(specifications[0]))
    placed = []
    for one in specifications:
        root = yield from outlining.root(one)
        placed.append(Placed(0, root))
    return placed


class _Outlining:
    """Makes the outline of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        # Where both count columns alike, a part says the same wherever it stands.
        self._is_plain = document.text.source.isascii()

    def root(self, one: Specification) -> Steps[Entry]:
        """A whole specification."""
        children = yield from self.sections(one)
        return _entry(one.name, SymbolKind.Package, one.source, "name", self._span, children=tuple(children))

    def sections(self, one: Specification) -> Steps[list[Placed]]:
        """The keys of the root that name something, in their order."""
        found = []
        if one.connection is not None and "connection" in one.source.places:
            found.append(self._section(one, "connection", (), _of_connection(one.connection)))
        if one.connections:
            named = (
                _entry(each.name or "", SymbolKind.Interface, each.source, "name", self._span, _of_connection(each))
                for each in one.connections
            )
            found.append(self._section(one, "connections", tuple(Placed(0, entry) for entry in named)))
        if prerequisites := tuple(Placed(0, each) for each in self._prerequisites(one)):
            found.append(self._section(one, "prerequisites", prerequisites))
        for key, items in (("handlers", one.handlers), ("workloads", one.workloads)):
            if items:
                children = yield from collected(self._item(item) for item in items)
                found.append(self._section(one, key, tuple(children)))
        return sorted((Placed(0, entry) for entry in found), key=lambda placed: placed.entry.whole)

    def _prerequisites(self, one: Specification) -> Iterator[Entry]:
        """The handlers that run before and after, each where it is named."""
        for each in one.prerequisites:
            for key, name in (("create", each.create), ("delete", each.delete)):
                if name:
                    place = each.source.places[key]
                    head, value = self._span(place.key), self._span(place.value)
                    chosen = value if head[2:] <= value[:2] else head  # an alias stands for a value above
                    yield Entry(name, SymbolKind.Event, key, (*head[:2], *chosen[2:]), chosen)

    def _section(self, one: Specification, key: str, children: tuple[Placed, ...], detail: str = "") -> Entry:
        place = one.source.places.get(key)
        if place is None:
            return _entry(key, SymbolKind.Namespace, one.source, key, self._span, detail, children)
        head, value = self._span(place.key), self._span(place.value)
        whole = (*head[:2], *max(head[2:], value[2:]))
        return Entry(key, SymbolKind.Namespace, detail, whole, head, children)

    def _item(self, item: Handler | Workload) -> Placed:
        trail = item.source.trail
        part = trail.part if isinstance(trail, Trail) else None
        # What uses an anchor has places outside of its part.
        if part is not None and part.value is item and self._is_plain and not part.home.uses:
            return Placed(part.home.first_line, self._document.index.of_part(part, _of_part))
        return Placed(0, _of_item(item, self._span))

    def _span(self, where: Range) -> Span:
        found = self._document.text.to_editor(where)
        return found.start.line, found.start.character, found.end.line, found.end.character


def _of_part(part: Part) -> Entry:
    first = part.home.first_line + 1

    def span(where: Range) -> Span:
        return where.line - first, where.column - 1, where.end_line - first, where.end_column - 1

    return _of_item(part.value, span)


def _of_item(item: Handler | Workload, span: _Spans) -> Entry:
    if isinstance(item, Handler):
        return _entry(item.name, SymbolKind.Function, item.source, "name", span, _of_handler(item))
    intercepts = tuple(
        Placed(0, _entry(one.name or item.name, SymbolKind.Event, one.source, "name", span, _of_intercept(one)))
        for one in item.intercepts
    )
    return _entry(item.name, SymbolKind.Module, item.source, "name", span, item.namespace or "", intercepts)


def _entry(
    name: str,
    kind: SymbolKind,
    source: Source,
    key: str,
    span: _Spans,
    detail: str = "",
    children: tuple[Placed, ...] = (),
) -> Entry:
    """``key`` is the one whose value is the name; what is merged in from elsewhere is shown where it is used."""
    whole, chosen = span(source.range), span(source.value_range(key))
    if not whole[:2] <= chosen[:2] <= chosen[2:] <= whole[2:] or chosen[0] != chosen[2]:
        start = chosen[:2] if whole[:2] <= chosen[:2] and chosen[2:] <= whole[2:] else whole[:2]
        chosen = (*start, *start)
    # An empty name is no name to the protocol.
    return Entry(name or "…", kind, detail, whole, chosen, children)


def _range(span: Span, first: int) -> dict[str, Any]:
    line, character, end_line, end_character = span
    return {
        "start": {"line": first + line, "character": character},
        "end": {"line": first + end_line, "character": end_character},
    }


def _of_connection(connection: Connection) -> str:
    return ", ".join(one for one in (connection.context, connection.namespace) if one)


def _of_handler(handler: Handler) -> str:
    return next((kind for kind in ("script", "docker", "external") if kind in handler.source.places), "no-op")


def _of_intercept(intercept: Intercept) -> str:
    port = f"port {intercept.port}" if intercept.port is not None else ""
    handler = f"→ {intercept.handler}" if intercept.handler else ""
    disabled = "disabled" if not intercept.enabled else ""
    return " ".join(one for one in (port, handler, disabled) if one)
