"""Hears of changes in specifications and in what they lead to: on disk by the editor's word, and, of compose files that
are open, edit by edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.editor import Editor
from telelens_server.features.answering import answer

_COMPOSE = ("*compose*.yaml", "*compose*.yml")
PATTERNS = ("**/*.ispec.yaml", "**/*.ispec.yml", *(f"**/{name}" for name in _COMPOSE))
_REST_SECONDS = 0.2
"""After an edit: who goes on typing is not told after each key."""


class WatchedFiles:
    """Asks for it where the editor can, once it is ready."""

    def __init__(self, server: LanguageServer, editor: Editor) -> None:
        self._server = server
        self._editor = editor
        self._listeners: list[Callable[[], None]] = []
        self._resting: asyncio.TimerHandle | None = None

    def register(self) -> None:
        """Listen."""
        answer(self._server, types.INITIALIZED, self._initialized)
        answer(self._server, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._changed)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it whenever one of the files has changed."""
        self._listeners.append(listener)

    def edited(self, uri: str) -> None:
        """A document has been opened, changed or closed; one that is no compose file changes nothing for others."""
        name = PurePosixPath(uri).name
        if not any(fnmatchcase(name, one) for one in _COMPOSE):
            return
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.get_running_loop().call_later(_REST_SECONDS, self._tell)

    def _initialized(self, params: types.InitializedParams) -> None:
        del params
        if not self._editor.can("workspace.did_change_watched_files.dynamic_registration"):
            return
        options = types.DidChangeWatchedFilesRegistrationOptions(
            watchers=[types.FileSystemWatcher(glob_pattern=pattern) for pattern in PATTERNS]
        )
        asked = types.Registration("telelens-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        self._server.client_register_capability(types.RegistrationParams([asked]))

    def _changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        del params
        self._tell()

    def _tell(self) -> None:
        self._resting = None
        for listener in self._listeners:
            listener()
