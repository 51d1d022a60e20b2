"""What the editor on the other side can do, and what its user allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer

from telelens_server.features.answering import answer
from telelens_server.requests import TRUST


class Editor:
    """Told by ``initialize``; before that, an editor that can nothing and trusts nothing."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._capabilities: types.ClientCapabilities | None = None
        self._listeners: list[Callable[[], None]] = []
        self._commands: frozenset[str] = frozenset()
        self.is_trusted = False
        """Whether templates of the workspace may be expanded: until somebody says so, they may not."""

    def register(self) -> None:
        """Listen."""
        answer(self._server, types.INITIALIZE, self._initialize)
        answer(self._server, TRUST, self._trust)

    def on_trust(self, listener: Callable[[], None]) -> None:
        """Call it when the user has said something else of trust than before."""
        self._listeners.append(listener)

    def can(self, capability: str) -> bool:
        """A capability by its path: ``workspace.diagnostics.refresh_support``."""
        if self._capabilities is None:
            return False
        return bool(get_capability(self._capabilities, capability, False))

    def knows(self, command: str) -> bool:
        """Whether it said that it has a command, which an answer may name then."""
        return command in self._commands

    @property
    def pulls_diagnostics(self) -> bool:
        """It asks for diagnostics when it wants them: nothing is pushed then."""
        capabilities = self._capabilities
        text = capabilities.text_document if capabilities is not None else None
        return text is not None and text.diagnostic is not None

    @property
    def resolved_of_actions(self) -> frozenset[str]:
        """What of a code action it may be given later."""
        if self._capabilities is None:
            return frozenset()
        support = get_capability(self._capabilities, "text_document.code_action.resolve_support", None)
        return frozenset(support.properties) if support is not None else frozenset()

    def refresh(self) -> None:
        """What depends on trust is worth asking for again."""
        if self.can("workspace.inlay_hint.refresh_support"):
            self._server.workspace_inlay_hint_refresh(None)

    def _initialize(self, params: types.InitializeParams) -> None:
        self._capabilities = params.capabilities
        self.is_trusted = _said(params.initialization_options)
        self._commands = frozenset(_commands(params.initialization_options))

    def _trust(self, params: Any) -> None:
        before, self.is_trusted = self.is_trusted, _said(params)
        self.refresh()
        if self.is_trusted != before:
            for listener in self._listeners:
                listener()


def _said(options: Any) -> bool:
    """``trusted`` of something that came as JSON; whatever is not plainly true means no."""
    return _option(options, "trusted") is True


def _commands(options: Any) -> Iterator[str]:
    named = _option(options, "commands")
    yield from (one for one in named if isinstance(one, str)) if isinstance(named, list | tuple) else ()


def _option(options: Any, name: str) -> Any:
    return options.get(name) if isinstance(options, Mapping) else getattr(options, name, None)
