"""What is wrong with open documents: plain ones are judged as they are read, those that hold templates beside the loop.

A template is expanded within an editor's bounds first. Where those do not suffice, the bounds of a run decide, once
typing has rested: what a run would expand is not wrong.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from telelens_schemas.specification.expanding import Expanded

from telelens_server.documents import Document, Documents
from telelens_server.editor import Editor
from telelens_server.readings import Readings

if TYPE_CHECKING:
    from telelens_server.templating.judgement import Question

_REST_SECONDS = 1.0
"""Without an edit, until a template is expanded that costs more than an editor spends while one types."""
_LONGEST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class _Subject:
    """A text, as trusted as it is then."""

    source: str
    trusted: bool

    def is_same(self, other: _Subject) -> bool:
        """Each edit makes another text, though it may read the same."""
        return self.source is other.source and self.trusted == other.trusted


@dataclass(frozen=True, slots=True)
class _Known:
    subject: _Subject
    is_thorough: bool
    expanded: Expanded


class _Desk:
    """Where one document is judged."""

    def __init__(self) -> None:
        self.known: _Known | None = None
        self.judged: _Subject | None = None
        """What a thread is judging."""
        self.task: asyncio.Task[None] | None = None
        self.answered = asyncio.Event()
        self.edited = asyncio.Event()
        self.stale = Event()
        """The same for the thread that is judging."""
        self.rested_at = 0.0

    def disturb(self) -> None:
        """What it works on is not wanted any more."""
        self.answered.clear()
        self.edited.set()
        self.stale.set()

    async def rests(self) -> bool:
        """Whether nothing was edited for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                await self.edited.wait()
        return not self.edited.is_set()


class Judgements:
    """Of each document the last one. Who reads one must not keep it: the next one takes its parts over."""

    def __init__(
        self, documents: Documents, readings: Readings, editor: Editor, environment: Mapping[str, str]
    ) -> None:
        self._documents = documents
        self._readings = readings
        self._editor = editor
        self._environment = environment
        self._desks: dict[str, _Desk] = {}
        self._listeners: list[Callable[[str], None]] = []

    def register(self) -> None:
        """Listen."""
        self._editor.on_trust(self._trust_changed)
        self._readings.listen(self._was_read)
        self._documents.on_close(self._clear)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the URI of each document for which there is another judgement, or will be."""
        self._listeners.append(listener)

    def of(self, document: Document) -> Expanded | None:
        """``None`` until one is there; then the listeners are told."""
        if not document.is_templated:
            return _plain(document) if self._readings.is_known(document) else None
        desk = self._desks.setdefault(document.text.uri, _Desk())
        if self._is_current(desk, document):
            return desk.known.expanded if desk.known is not None else None
        # Who asks once more for what is being judged waits for it, too: ended early, it would be half an answer.
        if desk.judged is None or not desk.judged.is_same(self._subject(document)):
            desk.disturb()
        if desk.task is None or desk.task.done():
            uri = document.text.uri
            desk.task = asyncio.create_task(self._work(uri, desk), name=f"judge {uri}")
        return None

    async def settled(self, document: Document) -> Expanded | None:
        """Waits for it; ``None`` where the document is closed meanwhile."""
        while (found := self.of(document)) is None:
            if not document.is_templated:
                await self._readings.known(document)
                if self._documents.specification(document.text.uri) is not document:
                    return None
                continue
            desk = self._desks[document.text.uri]
            await desk.answered.wait()
            if desk.task is not None and desk.task.done():
                desk.task.result()
            if self._documents.specification(document.text.uri) is not document:
                return None
        return found

    async def of_closed(self, document: Document) -> Expanded:
        """Of a document that is not open: nobody types there, so that it may take its time."""
        if not document.is_templated:
            await self._readings.known(document)
            return _plain(document)
        found = await self._asked(document, Event())
        return await self._asked(document, Event(), is_thorough=True) if found.exceeded is not None else found

    async def _work(self, uri: str, desk: _Desk) -> None:
        """Until there is one of what stands there then."""
        try:
            while (document := self._documents.specification(uri)) is not None and document.is_templated:
                desk.edited.clear()
                known = desk.known
                if known is None or not self._is_current(desk, document):
                    await self._judge(uri, desk, is_thorough=False)
                    continue
                desk.answered.set()
                self._tell(uri)
                if known.expanded.exceeded is None or known.is_thorough:
                    return
                if await desk.rests():
                    await self._judge(uri, desk, is_thorough=True)
        finally:
            desk.answered.set()

    async def _judge(self, uri: str, desk: _Desk, *, is_thorough: bool) -> None:
        # As after any answer, who types has as long a moment for others as this one took.
        await asyncio.sleep(max(0.0, desk.rested_at - time.monotonic()))
        document = self._documents.specification(uri)
        if document is None:
            return
        desk.stale.clear()
        subject = desk.judged = self._subject(document)
        earlier, desk.known = desk.known, None
        if is_thorough:
            # It may take long: what was found until now is said meanwhile, so that its parts cannot be taken over.
            desk.known = earlier
        began = time.monotonic()
        try:
            expanded = await self._asked(
                document,
                desk.stale,
                is_thorough=is_thorough,
                earlier=earlier.expanded if earlier is not None and not is_thorough else None,
            )
        finally:
            desk.judged = None
        now = time.monotonic()
        desk.rested_at = now + min(now - began, _LONGEST_PAUSE)
        desk.known = _Known(subject, is_thorough, expanded)

    async def _asked(
        self, document: Document, stale: Event, *, is_thorough: bool = False, earlier: Expanded | None = None
    ) -> Expanded:
        # Imported with the first template: an editor waits for its server to start.
        from telelens_server.templating.judgement import Question, judge

        question = Question(
            text=document.text.source,
            name=document.name,
            environment=self._environment if self._editor.is_trusted else None,
            template=document.known_template,
            earlier=earlier,
            is_thorough=is_thorough,
        )
        found = await asyncio.to_thread(judge, question, stale)
        if found.template is not None:
            document.adopt(found.template)
        return _within_bounds(question, found)

    def _is_current(self, desk: _Desk, document: Document) -> bool:
        return desk.known is not None and desk.known.subject.is_same(self._subject(document))

    def _subject(self, document: Document) -> _Subject:
        return _Subject(document.text.source, self._editor.is_trusted)

    def _was_read(self, uri: str) -> None:
        document = self._documents.specification(uri)
        if document is not None and not document.is_templated:
            self._tell(uri)

    def _tell(self, uri: str) -> None:
        for listener in self._listeners:
            listener(uri)

    def _trust_changed(self) -> None:
        for document in self._documents.opened():
            if document.is_templated and document.is_specification:
                self._tell(document.text.uri)

    def _clear(self) -> None:
        for uri in [uri for uri in self._desks if self._documents.specification(uri) is None]:
            self._desks.pop(uri).disturb()


def _plain(document: Document) -> Expanded:
    reading = document.reading
    return Expanded(document.text.source, reading, reading.problems, reading)


def _within_bounds(question: Question, found: Expanded) -> Expanded:
    """To cost more than an editor spends is not wrong."""
    if found.exceeded is None or question.is_thorough:
        return found
    return dataclasses.replace(found, problems=tuple(one for one in found.problems if one is not found.exceeded))
