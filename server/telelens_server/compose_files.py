"""Compose files that specifications lead to: which services they have, and where their names stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol
from pygls.uris import to_fs_path
from telelens_daemons.run.compose_files import LARGEST, located
from telelens_schemas.specification import Range, Specification
from telelens_schemas.specification.compose import ComposeReading, contexts, read_compose
from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.tree import parse

from telelens_server.symbols import inside
from telelens_server.text import EditorText

_LEADS_TO_SERVICE = "service:"
_LISTS = ("links", "volumes_from")
_MODES = ("network_mode", "pid", "ipc")
"""What a service may share with another one."""


@dataclass(frozen=True)
class ComposeFile:
    """One that could be read. ``definitions`` and ``uses`` are the ranges of names, in the editor's positions."""

    uri: str
    path: Path
    source: str
    definitions: Mapping[str, types.Range]
    uses: Mapping[str, tuple[types.Range, ...]]

    @cached_property
    def reading(self) -> ComposeReading:
        """What is said there of us."""
        return read_compose(self.source, self.uri)


class ComposeFiles:
    """Reads them from the editor where they are open there, else from disk; again only when they have changed."""

    def __init__(self, protocol: LanguageServerProtocol) -> None:
        self._protocol = protocol
        self._known: dict[Path, tuple[tuple[int, int], ComposeFile | None]] = {}

    def located(self, uri: str, context: str | None) -> Path | None:
        """The file that a specification at ``uri`` means by a context: the file itself, or its folder."""
        own = to_fs_path(uri)
        if own is None:
            return None
        return located(Path(own).parent, context)

    def meant(self, uri: str, specification: Specification) -> dict[str, ComposeReading]:
        """Those that a specification at ``uri`` leads to, by its contexts; those that cannot be read are left out."""
        paths = ((context, self.located(uri, context)) for context in contexts(specification))
        files = ((context, self.read(path)) for context, path in paths if path is not None)
        return {context: file.reading for context, file in files if file is not None}

    def read(self, path: Path) -> ComposeFile | None:
        """``None``: it cannot be read."""
        opened = self._opened(path)
        if opened is not None:
            return _read(opened, path)
        try:
            state = path.stat()
            stamp = state.st_mtime_ns, state.st_size
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = self._known[path] = stamp, self._from_disk(path) if state.st_size <= LARGEST else None
        except OSError:
            return None
        return known[1]

    def _opened(self, path: Path) -> EditorText | None:
        for uri, text in list(self._protocol.workspace.text_documents.items()):
            if isinstance(text, EditorText) and to_fs_path(uri) == str(path):
                return text
        return None

    def _from_disk(self, path: Path) -> ComposeFile | None:
        source = path.read_bytes().decode("utf-8", "replace")
        codec = self._protocol.workspace.position_codec
        return _read(EditorText(path.as_uri(), source=source, position_codec=codec), path)


def _read(text: EditorText, path: Path) -> ComposeFile | None:
    tree = parse(text.source.removeprefix("\ufeff"))
    root = tree.documents[0].root if tree.documents else None
    if not isinstance(_entry(root, "services"), Entries):
        return None
    definitions: dict[str, types.Range] = {}
    for name, where in definitions_in(root):
        definitions.setdefault(name, text.to_editor(where))
    uses: dict[str, list[types.Range]] = {}
    for name, where in uses_in(root):
        uses.setdefault(name, []).append(text.to_editor(where))
    return ComposeFile(text.uri, path, text.source, definitions, {name: tuple(found) for name, found in uses.items()})


def definitions_in(root: Node | None) -> Iterator[tuple[str, Range]]:
    """The services of a compose file, or of one within a specification."""
    services = _entry(root, "services")
    for key, _ in services.pairs if isinstance(services, Entries) else ():
        if isinstance(key, Scalar) and key.value:
            yield key.value, _inner(key)


def uses_in(root: Node | None) -> Iterator[tuple[str, Range]]:
    """Where services of a compose file, or of one within a specification, name others."""
    services = _entry(root, "services")
    for _, service in services.pairs if isinstance(services, Entries) else ():
        yield from _uses(service)


def _uses(service: Node) -> Iterator[tuple[str, Range]]:
    """Where one service names others."""
    depends = _entry(service, "depends_on")
    names = [key for key, _ in depends.pairs] if isinstance(depends, Entries) else _items(depends)
    listed = (one for key in _LISTS for one in _items(_entry(service, key)))
    for node in (*names, *listed, _extended(_entry(service, "extends"))):
        if isinstance(node, Scalar) and node.value:
            name, where = node.value.partition(":")[0], _inner(node)
            yield name, Range(where.line, where.column, where.line, where.column + len(name))
    for mode in (_entry(service, key) for key in _MODES):
        if isinstance(mode, Scalar) and mode.value.startswith(_LEADS_TO_SERVICE):
            where, name = _inner(mode), mode.value.removeprefix(_LEADS_TO_SERVICE)
            yield name, Range(where.line, where.column + len(_LEADS_TO_SERVICE), where.line, where.end_column)


def _extended(extends: Node | None) -> Node | None:
    """The service of this file that another one begins as."""
    if isinstance(extends, Scalar):
        return extends
    return _entry(extends, "service") if _entry(extends, "file") is None else None


def _entry(node: Node | None, name: str) -> Node | None:
    if not isinstance(node, Entries):
        return None
    return next((value for key, value in node.pairs if isinstance(key, Scalar) and key.value == name), None)


def _items(node: Node | None) -> list[Node]:
    return list(node.items) if isinstance(node, Items) else []


def _inner(scalar: Scalar) -> Range:
    return scalar.home.range(*inside(scalar))
