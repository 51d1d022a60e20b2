"""Puts the server together: the one place where features are wired."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import cast

from cattrs import Converter
from lsprotocol import types
from pygls.lsp.server import LanguageServer
from telelens_daemons.version import version

from telelens_server import debugging
from telelens_server.cluster.live import LiveCluster
from telelens_server.compose_files import ComposeFiles
from telelens_server.compose_findings import ComposeFindings
from telelens_server.documents import Documents
from telelens_server.editor import Editor
from telelens_server.features.answering import answer
from telelens_server.features.code_actions import CodeActions
from telelens_server.features.code_lenses import CodeLenses
from telelens_server.features.completion import Completion
from telelens_server.features.definition import Definition
from telelens_server.features.diagnostics import Diagnostics
from telelens_server.features.document_links import DocumentLinks
from telelens_server.features.document_symbols import DocumentSymbols
from telelens_server.features.folding import Folding
from telelens_server.features.formatting import Formatting
from telelens_server.features.highlights import Highlights
from telelens_server.features.hover import Hover
from telelens_server.features.inlay_hints import InlayHints
from telelens_server.features.live_diagnostics import LiveDiagnostics
from telelens_server.features.pulled_diagnostics import PulledDiagnostics
from telelens_server.features.references import References
from telelens_server.features.rename import Rename
from telelens_server.features.selection import Selection
from telelens_server.features.semantic_tokens import SemanticTokens
from telelens_server.features.signature_help import SignatureHelp
from telelens_server.features.watched_files import WatchedFiles
from telelens_server.features.workspace_symbols import WorkspaceSymbols
from telelens_server.findings import Findings
from telelens_server.judgements import Judgements
from telelens_server.occurrences import Occurrences
from telelens_server.protocol import EditorProtocol, make_converter
from telelens_server.read_first import ReadFirst
from telelens_server.readings import Readings
from telelens_server.templating.expansion import Expansions
from telelens_server.workspace_files import WorkspaceFiles

NAME = "telelens-server"


def create_server(converter_factory: Callable[[], Converter] = make_converter) -> LanguageServer:
    """A server that has not begun to listen. A converter may be another server's, too: it learns shapes alone."""
    server = LanguageServer(
        NAME,
        version(),
        text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
        protocol_cls=EditorProtocol,
        converter_factory=converter_factory,
    )
    protocol = cast(EditorProtocol, server.protocol)
    documents = Documents(protocol)
    live = LiveCluster(os.environ, partial(_warn, server))
    editor = Editor(server)
    readings = Readings(documents)
    protocol.answer_within(ReadFirst(server, documents, readings).around)
    judgements = Judgements(documents, readings, editor, os.environ)
    findings = Findings(judgements)
    expansions = Expansions(os.environ)
    compose = ComposeFiles(protocol)
    occurrences = Occurrences(server, documents, readings, compose)
    beside = ComposeFindings(compose, documents, findings)
    findings.add(beside, of_files=True)
    watched = WatchedFiles(server, editor)
    files = WorkspaceFiles(documents)
    editor.register()
    judgements.register()
    watched.register()
    watched.listen(beside.files_changed)
    Diagnostics(server, documents, findings, editor, watched).register()
    PulledDiagnostics(server, documents, findings, editor, files, watched).register()
    LiveDiagnostics(documents, judgements, findings, live, compose).register()
    answer(server, types.SHUTDOWN, partial(_stop, live))
    WorkspaceSymbols(server, files, readings).register()
    CodeLenses(server, documents, judgements, live, editor).register()
    Completion(server, documents, live, editor, compose).register()
    Hover(server, documents, live, editor, expansions).register()
    CodeActions(server, documents, findings, editor).register()
    InlayHints(server, documents, editor, expansions).register()
    for feature in (
        DocumentSymbols,
        Folding,
        Selection,
        Formatting,
        SemanticTokens,
        SignatureHelp,
    ):
        feature(server, documents).register()
    for leading in (Definition, References, Highlights, Rename):
        leading(server, occurrences).register()
    DocumentLinks(server, documents, compose).register()
    debugging.register(server)
    return server


async def _stop(live: LiveCluster, _: None) -> None:
    await live.stop()


def _warn(server: LanguageServer, message: str) -> None:
    server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))
