"""Where the name of a compose service stands: in the compose file, and in the specifications that lead to it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path
from telelens_schemas.specification import Handler, Range
from telelens_schemas.specification.nodes import Entries, Node

from telelens_server.compose_files import ComposeFile, ComposeFiles, definitions_in, uses_in
from telelens_server.documents import Document, Documents
from telelens_server.index import covers
from telelens_server.named import PATTERNS, Named, Occurrence
from telelens_server.names import handler_at
from telelens_server.readings import Readings
from telelens_server.steps import collected
from telelens_server.symbols import Role
from telelens_server.working import Work


class ServiceOccurrences:
    """Looks into compose files. The same name of other ones is another's."""

    def __init__(self, documents: Documents, readings: Readings, files: ComposeFiles) -> None:
        self._documents = documents
        self._readings = readings
        self._files = files

    def may_name(self, document: Document) -> bool:
        """Whether a document that is no specification may be a compose file to which one leads."""
        return "services" in document.text.source and any(self._leading())

    async def of_specification(
        self, document: Document, position: types.Position, named: Named, work: Work
    ) -> Named | None:
        """``named`` is what the specification itself says of the name at a position in it."""
        line, _ = document.text.place(position)
        handler = handler_at(document, line)
        compose = handler.docker.compose if handler is not None and handler.docker is not None else None
        if handler is None or compose is None:
            return None
        if compose.spec is not None:
            return _embedded(document, handler, named)
        uri, context = document.text.uri, compose.context
        path, file = await work.in_background(lambda check: self._file(uri, context))
        if file is None:
            own = handler.source.range
            places = tuple(one for one in named.places if own.line <= one.range.start.line + 1 <= own.end_line)
            return dataclasses.replace(named, places=places, taken=frozenset())
        return _of_both(named, file, self._meaning(document, named.places, path))

    async def of_file(self, document: Document, position: types.Position, work: Work) -> Named | None:
        """The name at a position in a compose file, if a specification that is open speaks of it."""
        own = to_fs_path(document.text.uri)
        path = Path(own) if own is not None else None
        file = await work.in_background(lambda check: self._files.read(path) if path is not None else None)
        found = _at(file, position) if file is not None else None
        if file is None or found is None:
            return None
        name, here = found
        spoken: list[Occurrence] = []
        for one in list(self._leading()):
            await self._readings.known(one)
            ranges = set()
            for root in one.reading.parts:
                symbols = await work.in_moments(collected(one.index.symbols(root)))
                ranges |= {each.range for each in symbols if each.role is Role.SERVICE and each.name == name}
            uses = [Occurrence(one.text.uri, one.text.to_editor(where), False) for where in sorted(ranges)]
            spoken += self._meaning(one, uses, path)
        named = Named(Role.SERVICE, name, document.text.uri, here, (), PATTERNS[Role.SERVICE], frozenset())
        return _of_both(named, file, spoken) if spoken else None

    def _leading(self) -> Iterator[Document]:
        """Specifications that are open and may lead to compose files."""
        for one in self._documents.opened():
            if one.is_specification and "compose" in one.text.source:
                yield one

    def _file(self, uri: str, context: str | None) -> tuple[Path | None, ComposeFile | None]:
        path = self._files.located(uri, context)
        return path, self._files.read(path) if path is not None else None

    def _meaning(
        self, document: Document, places: tuple[Occurrence, ...] | list[Occurrence], path: Path | None
    ) -> list[Occurrence]:
        """Those of a specification's places whose handlers lead to the compose file."""
        handlers = [(one, handler_at(document, one.range.start.line + 1)) for one in places]
        return [one for one, handler in handlers if handler is not None and self._means(document, handler, path)]

    def _means(self, document: Document, handler: Handler, path: Path | None) -> bool:
        compose = handler.docker.compose if handler.docker is not None else None
        if compose is None or compose.spec is not None or path is None:
            return False
        other = self._files.located(document.text.uri, compose.context)
        return other is not None and os.path.normpath(other) == os.path.normpath(path)


def embedded_at(document: Document, line: int, column: int) -> tuple[str, Range] | None:
    """The service that a compose file within a specification names there."""
    handler = handler_at(document, line)
    root = _root(handler) if handler is not None else None
    every = (*definitions_in(root), *uses_in(root)) if root is not None else ()
    return next((one for one in every if covers(one[1], line, column)), None)


def _root(handler: Handler) -> Node | None:
    """Of the compose file that is written in a handler."""
    compose = handler.docker.compose if handler.docker is not None else None
    written = compose.source.places.get("spec") if compose is not None else None
    return written.value_node if written is not None and isinstance(written.value_node, Entries) else None


def _embedded(document: Document, handler: Handler, named: Named) -> Named:
    root, text, own = _root(handler), document.text, handler.source.range
    given = list(definitions_in(root))
    places = [Occurrence(text.uri, text.to_editor(where), True) for name, where in given if name == named.name]
    used = (where for name, where in uses_in(root) if name == named.name)
    places += [Occurrence(text.uri, text.to_editor(where), False) for where in used]
    places += [one for one in named.places if own.line <= one.range.start.line + 1 <= own.end_line]
    return dataclasses.replace(named, places=tuple(places), taken=frozenset(name for name, _ in given) - {named.name})


def _at(file: ComposeFile, position: types.Position) -> tuple[str, types.Range] | None:
    every = [(name, where) for name, where in file.definitions.items()]
    every += [(name, where) for name, ranges in file.uses.items() for where in ranges]
    return next((one for one in every if one[1].start <= position <= one[1].end), None)


def _of_both(named: Named, file: ComposeFile, spoken: list[Occurrence]) -> Named:
    """What the compose file says, and what specifications say."""
    definition = file.definitions.get(named.name)
    places = [Occurrence(file.uri, definition, True)] if definition is not None else []
    places += [Occurrence(file.uri, one, False) for one in file.uses.get(named.name, ())]
    return dataclasses.replace(named, places=(*places, *spoken), taken=frozenset(file.definitions) - {named.name})
