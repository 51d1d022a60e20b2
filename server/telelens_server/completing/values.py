"""Values that a key may have: words of a choice, names of the file, of compose files, of the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types
from telelens_schemas.specification.shapes import Either, Flag, Key, Leads, LocalPort, Names, Shape, Text

from telelens_server.completing.items import markdown, value_item, written
from telelens_server.completing.paths import paths
from telelens_server.compose_files import ComposeFiles
from telelens_server.cursor import Cursor
from telelens_server.describing import described
from telelens_server.documents import Document
from telelens_server.editor import Editor
from telelens_server.names import Live, Name, asked_at, handler_at, known_names, specification_at

AUTO = "auto"
_FIRST = "!"
"""Sorts before whatever letters and digits begin."""
_STREAMS = ("stdout", "stderr")
_Kind = types.CompletionItemKind


def values(
    document: Document, cursor: Cursor, column: int, live: Live, compose: ComposeFiles, editor: Editor
) -> types.CompletionList:
    """At once; names that a cluster has not told yet make the list incomplete. Where anything may be written, what is
    typed comes first: who goes on with Enter means that, and no longer word that begins so."""
    found = _offered(document, cursor, column, live, compose, editor)
    typed = document.text.line(cursor.line)[cursor.start : column]
    if not _is_open(cursor):
        return found
    # Asked again at each sign, for what is typed is another word then.
    found.is_incomplete = True
    if typed and all(one.label != typed for one in found.items):
        item = value_item(written(document, cursor, column), typed, _Kind.Value, "as typed", order=_FIRST)
        item.preselect = True
        found.items = [item, *found.items]
    return found


def _is_open(cursor: Cursor) -> bool:
    is_header = cursor.path[-3:] in (("headers", "[]", "name"), ("headers", "[]", "value"))
    return is_header or isinstance(cursor.shape, LocalPort)


def _offered(
    document: Document, cursor: Cursor, column: int, live: Live, compose: ComposeFiles, editor: Editor
) -> types.CompletionList:
    where = written(document, cursor, column)
    # Editors sort by the words themselves, false before true, where nothing says otherwise.
    found = [_choice(where, one, cursor, order) for order, one in enumerate(_choices(cursor))]
    if cursor.key is not None and cursor.key.leads is not None:
        led = paths(document, cursor, column, editor, cursor.key.leads)
        return types.CompletionList(is_incomplete=led.is_incomplete, items=[*found, *led.items])
    local = _of_the_file(document, cursor, compose)
    if local is not None:
        found += [value_item(where, one.name, _Kind.Reference, one.detail) for one in local]
        return types.CompletionList(is_incomplete=False, items=found)
    asked = asked_at(cursor, document)
    if asked is None:
        return types.CompletionList(is_incomplete=False, items=found)
    known = known_names(asked, document, live)
    is_ranked = asked.names is Names.HEADER
    found += [
        value_item(where, one.name, _Kind.Reference, one.detail, f"{order:03}" if is_ranked else "")
        for order, one in enumerate(known.names)
    ]
    return types.CompletionList(is_incomplete=not known.complete, items=found)


def _choice(where: types.Range, word: str, cursor: Cursor, order: int) -> types.CompletionItem:
    key = cursor.key
    is_default = key is not None and key.default == word
    item = value_item(where, word, _Kind.EnumMember, "default" if is_default else "", order=f"{order:02}")
    item.documentation = markdown(described(key)) if key is not None else None
    return item


def _choices(cursor: Cursor) -> Sequence[str]:
    if cursor.path[-3:] == ("headers", "[]", "value"):
        return (AUTO,)
    return choices_of(cursor.key, cursor.shape)


def choices_of(key: Key | None, shape: Shape | None) -> Sequence[str]:
    """What may be written as it is, whatever else may be: words, and a port where one is the default."""
    if key is not None and key.leads is Leads.OUTPUT:
        return _STREAMS
    if key is not None and isinstance(shape, LocalPort):
        return (key.default,) if key.default.isdecimal() else ()
    return tuple(_words(shape))


def _words(shape: Shape | None) -> Iterator[str]:
    match shape:
        case Flag():
            yield from ("true", "false")
        case Text():
            yield from shape.choices
        case Either():
            for one in shape.shapes:
                yield from _words(one)


def _of_the_file(document: Document, cursor: Cursor, compose: ComposeFiles) -> list[Name] | None:
    """``None`` where such names are not the file's to give."""
    if cursor.key is None:
        return None
    specification = specification_at(document, cursor.line)
    match cursor.key.names:
        case Names.HANDLER:
            handlers = specification.handlers if specification is not None else ()
            return _distinct(Name(one.name, _kind_of(set(one.source.places))) for one in handlers)
        case Names.CONNECTION:
            connections = specification.connections if specification is not None else ()
            return _distinct(Name(one.name or "", one.context or "") for one in connections)
        case Names.COMPOSE_SERVICE:
            return _distinct(_services(document, cursor, compose))
    return None


def _services(document: Document, cursor: Cursor, files: ComposeFiles) -> Iterator[Name]:
    """Of the compose file, or of the one that is written in the handler. A file on disk is small, or not read."""
    handler = handler_at(document, cursor.line + 1)
    compose = handler.docker.compose if handler is not None and handler.docker is not None else None
    if compose is not None and compose.spec is not None:
        yield from (Name(one.name, "service") for one in compose.spec.services)
        return
    path = files.located(document.text.uri, compose.context if compose is not None else None)
    file = files.read(path) if path is not None else None
    if path is not None and file is not None:
        yield from (Name(one, f"service in {path.name}") for one in file.definitions)


def _kind_of(keys: set[str]) -> str:
    return next((kind for kind in ("script", "docker", "external") if kind in keys), "no-op")


def _distinct(names: Iterator[Name]) -> list[Name]:
    return list({one.name: one for one in names if one.name}.values())
