"""The specifications of the workspace's folders, open or not: read once, and again when they have changed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pygls.uris import to_fs_path
from pygls.workspace import Workspace

from telelens_server.documents import Document, Documents
from telelens_server.text import EditorText
from telelens_server.working import Work

_ENDINGS = (".ispec.yaml", ".ispec.yml")
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages", "dist", "build", "target"})
_MOST_FILES = 1000
_MOST_FOLDERS = 20_000
_LARGEST = 5_000_000
"""Bytes of a file that is looked into though nobody has opened it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the workspace. ``stamp`` changes when its content does."""

    uri: str
    path: str
    stamp: tuple[int, int]


class WorkspaceFiles:
    """Looks through the folders in a thread, so that nobody waits for a disk."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def opened(self, workspace: Workspace) -> Iterator[Document]:
        """Specifications that are open."""
        for uri in list(workspace.text_documents):
            document = self._documents.specification(uri)
            if document is not None:
                yield document

    async def closed(self, workspace: Workspace, work: Work) -> Sequence[Found]:
        """Files that are not open, in the order of their paths."""
        folders = [path for uri in workspace.folders if (path := to_fs_path(uri)) is not None]
        if not folders and workspace.root_path is not None:
            folders = [workspace.root_path]
        await work.step("looking for specifications")
        found = await asyncio.to_thread(lambda: list(_walk(folders)))
        opened = {to_fs_path(uri) for uri in workspace.text_documents}
        return [one for one in found if one.path not in opened]


class Remembered(Generic[T]):
    """What is made of each file that is not open; made anew only when the file has changed, so that little is held."""

    def __init__(self, files: WorkspaceFiles, make: Callable[[Document, Work], Awaitable[T]]) -> None:
        self._files = files
        self._make = make
        self._known: dict[str, tuple[tuple[int, int], T]] = {}
        self._forgotten = 0

    async def every(self, workspace: Workspace, work: Work) -> Sequence[tuple[str, T]]:
        """By address; a file that cannot be read is left out."""
        files = await self._files.closed(workspace, work)
        known, made = self._known, dict[str, T]()
        for number, one in enumerate(files):
            before = known.get(one.uri)
            if before is None or before[0] != one.stamp:
                await work.step(Path(one.path).name, 100 * number // len(files))
                source = await asyncio.to_thread(_source, one.path)
                if source is None:
                    continue
                text = EditorText(one.uri, source=source, position_codec=workspace.position_codec)
                forgotten = self._forgotten
                before = one.stamp, await self._make(Document(text), work)
                if forgotten == self._forgotten:  # else what it was made of may be another by now
                    known[one.uri] = before
            made[one.uri] = before[1]
        for uri in known.keys() - made.keys():
            del known[uri]
        return list(made.items())

    def forget(self, is_outdated: Callable[[T], bool]) -> None:
        """Make those anew though their files have not changed; those that are being made, too."""
        self._forgotten += 1
        for uri in [uri for uri, (_, made) in self._known.items() if is_outdated(made)]:
            del self._known[uri]


def _walk(folders: Sequence[str]) -> Iterator[Found]:
    seen: set[str] = set()
    left = _MOST_FOLDERS
    for folder in folders:
        for here, below, files in os.walk(folder):
            left -= 1
            if left < 0 or len(seen) >= _MOST_FILES:
                return
            below[:] = sorted(name for name in below if not name.startswith(".") and name not in _SKIPPED)
            for name in sorted(files):
                path = os.path.join(here, name)
                if name.endswith(_ENDINGS) and path not in seen:
                    seen.add(path)
                    found = _found(path)
                    if found is not None:
                        yield found


def _found(path: str) -> Found | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return Found(Path(path).as_uri(), path, (state.st_mtime_ns, state.st_size)) if state.st_size <= _LARGEST else None


def _source(path: str) -> str | None:
    try:
        # As editors read: bytes that are no UTF-8 become signs that YAML refuses with their place.
        return Path(path).read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
