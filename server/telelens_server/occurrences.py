"""Where else the name at a position stands: of handlers, connections, anchors, and services of compose files."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_schemas.specification import Part, Range

from telelens_server.compose_files import ComposeFiles
from telelens_server.documents import Document, Documents
from telelens_server.named import PATTERNS, Named, Occurrence
from telelens_server.readings import Readings
from telelens_server.rows import Mark
from telelens_server.service_occurrences import ServiceOccurrences, embedded_at
from telelens_server.steps import Steps, collected
from telelens_server.symbols import Role
from telelens_server.working import working

ANCHOR = "anchor"
_LONGEST_ANCHOR = 200
_ANCHOR_NAME = re.compile(r"[^\s,\[\]{}&*!#:\"']+")


class Occurrences:
    """Of names in specifications, and in the compose files to which those lead."""

    def __init__(self, server: LanguageServer, documents: Documents, readings: Readings, files: ComposeFiles) -> None:
        self._server = server
        self._documents = documents
        self._services = ServiceOccurrences(documents, readings, files)

    async def at(self, uri: str, position: types.Position, token: types.ProgressToken | None = None) -> Named | None:
        """The name at a position; ``None`` where there is none that leads anywhere. Progress is told under a token."""
        document = self._documents.get(uri)
        if document is None or not (document.is_specification or self._services.may_name(document)):
            return None
        async with working(self._server, token, "Looking for the name", document.text) as work:
            if not document.is_specification:
                return await self._services.of_file(document, position, work)
            named = await work.in_moments(_name_at(document, position))
            if named is None:
                return _anchor_at(document, position)
            is_service = named.what == Role.SERVICE
            return await self._services.of_specification(document, position, named, work) if is_service else named


def _name_at(document: Document, position: types.Position) -> Steps[Named | None]:
    line, column = document.text.place(position)
    found = document.index.symbol_at(line, column)
    if found is not None:
        root, symbol = found
        return (yield from _named(document, root, symbol.role, symbol.name, symbol.range))
    embedded = embedded_at(document, line, column)
    if embedded is None:
        return None
    root = next(document.index.parts_at(line))
    return (yield from _named(document, root, Role.SERVICE, *embedded))


def _named(document: Document, root: Part, role: Role, name: str, here: Range) -> Steps[Named]:
    text = document.text
    every = yield from collected(document.index.symbols(root))
    same_role = [one for one in every if one.role is role]
    # An alias stands for the same place twice.
    places = {one.range: one.is_definition for one in same_role if one.name == name}
    return Named(
        role,
        name,
        text.uri,
        text.to_editor(here),
        tuple(Occurrence(text.uri, text.to_editor(where), places[where]) for where in sorted(places)),
        PATTERNS[role],
        frozenset(one.name for one in same_role if one.is_definition and one.name != name),
    )


def _anchor_at(document: Document, position: types.Position) -> Named | None:
    column = document.text.column(position)
    around = document.text.line(position.line)[max(0, column - _LONGEST_ANCHOR) : column + 1]
    if "&" not in around and "*" not in around:
        return None  # before every line is looked at
    every = document.rows.marks
    here = next((one for one in every if one.line == position.line and one.start - 1 <= column <= one.end), None)
    if here is None:
        return None
    marks = _of_one_document(document, every, here)
    group = _same_anchor(marks, here)
    if not any(one.is_anchor for one in group):
        return None
    return Named(
        ANCHOR,
        here.name,
        document.text.uri,
        _range(document, here),
        tuple(Occurrence(document.text.uri, _range(document, one), one.is_anchor) for one in group),
        _ANCHOR_NAME,
        frozenset(one.name for one in marks if one.name != here.name),
    )


def _of_one_document(document: Document, marks: Sequence[Mark], here: Mark) -> list[Mark]:
    """Anchors hold until the next ``---``."""
    separators = document.rows.separators
    start = bisect.bisect_right(separators, here.line)
    return [one for one in marks if bisect.bisect_right(separators, one.line) == start]


def _same_anchor(marks: Sequence[Mark], here: Mark) -> list[Mark]:
    """An anchor may be given anew: an alias means the last one above it."""
    groups: list[list[Mark]] = [[]]
    for one in (mark for mark in marks if mark.name == here.name):
        if one.is_anchor and groups[-1]:
            groups.append([])
        groups[-1].append(one)
    return next((group for group in groups if here in group), [here])


def _range(document: Document, mark: Mark) -> types.Range:
    return types.Range(document.text.position(mark.line, mark.start), document.text.position(mark.line, mark.end))
