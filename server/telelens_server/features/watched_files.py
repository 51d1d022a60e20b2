"""Hears from the editor that files have changed which are not open: specifications, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from telelens_server.editor import Editor
from telelens_server.features.answering import answer

PATTERNS = ("**/*.ispec.yaml", "**/*.ispec.yml", "**/*compose*.yaml", "**/*compose*.yml")


class WatchedFiles:
    """Asks for it where the editor can, once it is ready."""

    def __init__(self, server: LanguageServer, editor: Editor) -> None:
        self._server = server
        self._editor = editor
        self._listeners: list[Callable[[], None]] = []

    def register(self) -> None:
        """Listen."""
        answer(self._server, types.INITIALIZED, self._initialized)
        answer(self._server, types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._changed)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it whenever one of the files has changed."""
        self._listeners.append(listener)

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
        for listener in self._listeners:
            listener()
