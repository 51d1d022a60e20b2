"""Where else the name at a position stands: of handlers, connections, anchors, and services of compose files."""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Handler
from telelens_schemas.specification.nodes import Entries

from telelens_server.compose_files import ComposeFile, ComposeFiles, uses_in
from telelens_server.documents import Document
from telelens_server.names import specification_at
from telelens_server.rows import Mark
from telelens_server.steps import Steps, collected
from telelens_server.symbols import Role
from telelens_server.working import Work, working

ANCHOR = "anchor"
_LONGEST_ANCHOR = 200
_ANCHOR_NAME = re.compile(r"[^\s,\[\]{}&*!#:\"']+")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place. A definition is where the name is given."""

    uri: str
    range: types.Range
    is_definition: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A name and everywhere that it stands, in the order of the text."""

    what: str
    name: str
    here: types.Range
    """The place that was asked about."""
    places: tuple[Occurrence, ...]
    pattern: re.Pattern[str]
    """What such a name may look like."""
    taken: frozenset[str]
    """Other things of the kind have these names."""

    @property
    def definitions(self) -> list[Occurrence]:
        """Where it is given."""
        return [one for one in self.places if one.is_definition]


_NAMES = {
    Role.HANDLER: re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*"),
    Role.CONNECTION: re.compile(r"[a-z0-9][a-z0-9-]{0,62}"),
    Role.SERVICE: re.compile(r"[a-zA-Z0-9._-]+"),
}


class Occurrences:
    """Looks into compose files where a name leads there."""

    def __init__(self, server: LanguageServer, files: ComposeFiles) -> None:
        self._server = server
        self._files = files

    async def at(
        self, document: Document, position: types.Position, token: types.ProgressToken | None = None
    ) -> Named | None:
        """The name at a position; ``None`` where there is none that leads anywhere. Progress is told under a token."""
        async with working(self._server, token, "Looking for the name", document.text) as work:
            named = await work.in_moments(_symbol_at(document, position))
            if named is None:
                return _anchor_at(document, position)
            is_service = named.what == Role.SERVICE
            return await self._of_service(document, position, named, work) if is_service else named

    async def _of_service(self, document: Document, position: types.Position, named: Named, work: Work) -> Named | None:
        """The same name of other compose files is another's."""
        line, _ = document.text.place(position)
        handler = handler_at(document, line)
        compose = handler.docker.compose if handler is not None and handler.docker is not None else None
        if handler is None or compose is None:
            return None
        own = handler.source.range
        places = [one for one in named.places if own.line <= one.range.start.line + 1 <= own.end_line]
        if compose.spec is not None:
            found = [one for one in compose.spec.services if one.name == named.name]
            where = [document.text.to_editor(one.source.value_range("name")) for one in found]
            embedded = [Occurrence(document.text.uri, one, True) for one in where]
            written = compose.source.places.get("spec")
            root = written.value_node if written is not None else None
            used = uses_in(root) if isinstance(root, Entries) else ()
            embedded += [
                Occurrence(document.text.uri, document.text.to_editor(one), False)
                for name, one in used
                if name == named.name
            ]
            taken = frozenset(one.name for one in compose.spec.services) - {named.name}
            return dataclasses.replace(named, places=(*embedded, *places), taken=taken)
        uri, context = document.text.uri, compose.context
        path, file = await work.in_background(lambda check: self._file(uri, context))
        if file is None:
            return dataclasses.replace(named, places=tuple(places), taken=frozenset())
        places = [
            one
            for one in named.places
            if (other := handler_at(document, one.range.start.line + 1)) is not None
            and self._means(document, other, path)
        ]
        definition = file.definitions.get(named.name)
        outside = [Occurrence(file.uri, definition, True)] if definition is not None else []
        outside += [Occurrence(file.uri, one, False) for one in file.uses.get(named.name, ())]
        return dataclasses.replace(named, places=(*outside, *places), taken=frozenset(file.definitions) - {named.name})

    def _file(self, uri: str, context: str | None) -> tuple[Path | None, ComposeFile | None]:
        path = self._files.located(uri, context)
        return path, self._files.read(path) if path is not None else None

    def _means(self, document: Document, handler: Handler, path: Path | None) -> bool:
        compose = handler.docker.compose if handler.docker is not None else None
        if compose is None or compose.spec is not None:
            return False
        return self._files.located(document.text.uri, compose.context) == path


def handler_at(document: Document, line: int) -> Handler | None:
    """The handler around a line (1-based)."""
    specification = specification_at(document, line - 1)
    for handler in specification.handlers if specification is not None else ():
        where = handler.source.range
        if where.line <= line <= where.end_line:
            return handler
    return None


def _symbol_at(document: Document, position: types.Position) -> Steps[Named | None]:
    found = document.index.symbol_at(*document.text.place(position))
    if found is None:
        return None
    root, symbol = found
    text = document.text
    every = yield from collected(document.index.symbols(root))
    same_role = [one for one in every if one.role is symbol.role]
    # An alias stands for the same place twice.
    places = {one.range: one.is_definition for one in same_role if one.name == symbol.name}
    return Named(
        symbol.role,
        symbol.name,
        text.to_editor(symbol.range),
        tuple(Occurrence(text.uri, text.to_editor(where), places[where]) for where in sorted(places)),
        _NAMES[symbol.role],
        frozenset(one.name for one in same_role if one.is_definition and one.name != symbol.name),
    )


def _anchor_at(document: Document, position: types.Position) -> Named | None:
    column = document.text.column(position)
    around = document.text.line(position.line)[max(0, column - _LONGEST_ANCHOR) : column + 1]
    if "&" not in around and "*" not in around:
        return None  # before every line is looked at
    marks = document.rows.marks
    here = next((one for one in marks if one.line == position.line and one.start - 1 <= column <= one.end), None)
    if here is None:
        return None
    group = _same_anchor(document, marks, here)
    if not any(one.is_anchor for one in group):
        return None
    return Named(
        ANCHOR,
        here.name,
        _range(document, here),
        tuple(Occurrence(document.text.uri, _range(document, one), one.is_anchor) for one in group),
        _ANCHOR_NAME,
        frozenset(one.name for one in marks if one.name != here.name),
    )


def _same_anchor(document: Document, marks: Sequence[Mark], here: Mark) -> list[Mark]:
    """An anchor may be given anew: an alias means the last one above it, in its own document."""
    separators = document.rows.separators
    start = bisect.bisect_right(separators, here.line)
    same = [one for one in marks if one.name == here.name and bisect.bisect_right(separators, one.line) == start]
    groups: list[list[Mark]] = [[]]
    for one in same:
        if one.is_anchor and groups[-1]:
            groups.append([])
        groups[-1].append(one)
    return next((group for group in groups if here in group), [here])


def _range(document: Document, mark: Mark) -> types.Range:
    return types.Range(document.text.position(mark.line, mark.start), document.text.position(mark.line, mark.end))
