"""pygls' protocol, with our own texts in its workspace."""

from __future__ import annotations

from pygls.protocol import LanguageServerProtocol
from pygls.workspace import Workspace

from telelens_server.text import EditorWorkspace


class EditorProtocol(LanguageServerProtocol):
    """Where pygls reads and writes documents, it finds ours."""

    _editor_workspace: EditorWorkspace | None = None

    @property
    def workspace(self) -> Workspace:
        """The open documents; raises RuntimeError before ``initialize``."""
        if self._editor_workspace is None:
            self._editor_workspace = EditorWorkspace.like(super().workspace)
        return self._editor_workspace

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        # Editors cancel what they no longer need, answered in the meantime or not: nothing to be warned of.
        if msg_id in self._request_futures:
            super()._handle_cancel_notification(msg_id)
