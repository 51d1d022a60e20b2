"""Large texts are read beside the loop: what is asked about one waits for that, and all else is answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telelens_server.documents import Document, Documents

_LARGE = 50_000
"""Characters that take longer to read than others may wait."""


class Readings:
    """Begins a reading when it is first asked for. An edit does not end it: from there, the edit costs little more."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._tasks: dict[Document, asyncio.Task[None]] = {}
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the URI of each document that has been read here."""
        self._listeners.append(listener)

    def is_known(self, document: Document) -> bool:
        """Whether the reading of what stands there is a matter of a moment; if not, it begins."""
        if document not in self._tasks:
            if document.unread <= _LARGE:
                return True
            task = asyncio.create_task(self._read(document), name=f"read {document.text.uri}")
            self._tasks[document] = task
        return False

    async def known(self, document: Document) -> None:
        """Waits until it is."""
        while not self.is_known(document):
            task = self._tasks[document]
            await asyncio.wait({task})  # which others wait for, too: that one ends is no end for all
            task.result()

    async def _read(self, document: Document) -> None:
        try:
            while document.unread > _LARGE:
                await document.read_aside()
        finally:
            del self._tasks[document]
        for listener in self._listeners:
            listener(document.text.uri)
