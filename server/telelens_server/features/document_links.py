"""Leads to the files that a specification speaks of: compose files, Dockerfiles, scripts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from telelens_schemas.specification import Handler, Range, Source
from telelens_schemas.specification.nodes import Scalar

from telelens_server.compose_files import ComposeFiles
from telelens_server.documents import Document, Documents
from telelens_server.features.answering import answer
from telelens_server.symbols import inside
from telelens_server.working import working

_WORD = re.compile(r"(?<![\w$./~-])(?:\.{0,2}/)?[\w.-]+(?:/[\w.-]+)*")
_LOOKS_LIKE_FILE = re.compile(r"/|\.(?:sh|py|js|ts|rb|pl|php|go|jar|ya?ml|json|toml|env|cfg|ini|mk)$|^Makefile$")
_WEB = re.compile(r"(?:https?://|git@|ssh://)\S+")
_MOST = 500
"""Words that are looked for on disk."""
_STEP = 50


@dataclass(frozen=True, slots=True)
class _Lead:
    """A stretch that may lead to a file: the first of ``paths`` that there is, or an address."""

    range: Range
    paths: tuple[str, ...] = ()
    context: str | None = None
    """Of a compose file."""
    address: str = ""


class DocumentLinks:
    """Answers ``textDocument/documentLink``; looks at the disk in a thread."""

    def __init__(self, server: LanguageServer, documents: Documents, compose: ComposeFiles) -> None:
        self._server = server
        self._documents = documents
        self._compose = compose

    def register(self) -> None:
        """Answer."""
        options = types.DocumentLinkOptions(resolve_provider=False, work_done_progress=True)
        answer(self._server, types.TEXT_DOCUMENT_DOCUMENT_LINK, self.links, options)

    async def links(self, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        """To files that are there."""
        document = self._documents.specification(params.text_document.uri)
        if document is None:
            return []
        # Places are taken now: the text may be another one when the disk has answered.
        leads = [(document.text.to_editor(one.range), one) for one in islice(_leads(document), _MOST)]
        found: list[types.DocumentLink] = []
        async with working(self._server, params.work_done_token, "Looking for files") as work:
            for start in range(0, len(leads), _STEP):
                await work.step(done=100 * start // len(leads))
                found += await asyncio.to_thread(self._found, document.text.uri, leads[start : start + _STEP])
        return found

    def _found(self, uri: str, leads: Sequence[tuple[types.Range, _Lead]]) -> list[types.DocumentLink]:
        own = to_fs_path(uri)
        links = []
        for where, lead in leads:
            target: str | None = lead.address or None
            if lead.context is not None:
                path = self._compose.located(uri, lead.context)
                target = path.as_uri() if path is not None else None
            elif lead.paths and own is not None:
                target = _first(Path(own).parent, lead.paths)
            if target is not None:
                links.append(types.DocumentLink(where, target))
        return links


def _first(folder: Path, paths: Sequence[str]) -> str | None:
    for one in paths:
        try:
            path = (folder / one).resolve()
            if path.is_file():
                return path.as_uri()
        except (OSError, ValueError, RuntimeError):
            continue
    return None


def _leads(document: Document) -> Iterator[_Lead]:
    for specification in document.reading.specifications:
        for handler in specification.handlers:
            yield from _of_handler(handler)


def _of_handler(handler: Handler) -> Iterator[_Lead]:
    if handler.script is not None:
        yield from _of_script(handler.script.source)
    docker = handler.docker
    if docker is not None and docker.build is not None and docker.build.context:
        where, context = _where(docker.build.source, "context"), docker.build.context
        if _WEB.fullmatch(context):
            yield _Lead(where, address=context if context.startswith("http") else "")
        else:
            yield _Lead(where, (f"{context}/Dockerfile", f"{context}/Containerfile"))
    if docker is not None and docker.compose is not None and docker.compose.context:
        yield _Lead(_where(docker.compose.source, "context"), context=docker.compose.context)
    external = handler.external
    if external is not None and external.output_path not in (None, "stdout", "stderr"):
        yield _Lead(_where(external.source, "outputPath"), (str(external.output_path),))


def _of_script(source: Source) -> Iterator[_Lead]:
    place = source.places.get("run")
    node = place.value_node if place is not None else None
    if not isinstance(node, Scalar):
        return
    text = node.home.text
    for word in _WORD.finditer(text, node.start, node.end):
        if _LOOKS_LIKE_FILE.search(word[0]):
            yield _Lead(node.home.range(word.start(), word.end()), (word[0],))


def _where(source: Source, key: str) -> Range:
    node = source.places[key].value_node
    return node.home.range(*inside(node)) if isinstance(node, Scalar) else source.value_range(key)
