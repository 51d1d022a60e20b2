"""Everything that is wrong with a document: what its text says, then what others (a cluster) say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from telelens_schemas.specification import Code, Problem

from telelens_server.documents import Document

Finder = Callable[[Document], Sequence[Problem]]
"""Answers at once, from what is known; calls ``Findings.changed`` when it would answer something else."""


class Findings:
    """The one list that diagnostics and quick fixes read. Finders are added where the server is wired."""

    def __init__(self) -> None:
        self._finders: list[Finder] = []
        self._listeners: list[Callable[[str], None]] = []

    def add(self, finder: Finder) -> None:
        """From now on, what it finds is wrong, too."""
        self._finders.append(finder)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the URI of each document of which something else is wrong though its text is
        the same."""
        self._listeners.append(listener)

    def changed(self, uri: str) -> None:
        """A finder has something new to say."""
        for listener in self._listeners:
            listener(uri)

    def of(self, document: Document) -> list[Problem]:
        """The problems of a document as it stands now."""
        # What cannot be run yet is right to write: it is said when it is run.
        written = (one for one in document.reading.problems if one.code is not Code.NOT_SUPPORTED_YET)
        every = [*written, *(one for finder in self._finders for one in finder(document))]
        # What several aliases lead to is wrong once: where it stands.
        return list({(one.range, one.code, one.message): one for one in reversed(every)}.values())[::-1]
