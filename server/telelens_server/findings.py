"""Everything that is wrong with a document: what its text says, then what others (a cluster) say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from telelens_schemas.specification import Code, Problem, Severity
from telelens_schemas.specification.expanding import Expanded

from telelens_server.documents import Document
from telelens_server.judgements import Judgements

Finder = Callable[[Document, Expanded], Sequence[Problem]]
"""Answers at once, from what is known; calls ``Findings.changed`` when it would answer something else."""


class Findings:
    """The one list that diagnostics and quick fixes read. Finders are added where the server is wired."""

    def __init__(self, judgements: Judgements) -> None:
        self._judgements = judgements
        self._finders: list[Finder] = []
        self._of_files: list[Finder] = []
        self._listeners: list[Callable[[str], None]] = []
        judgements.listen(self.changed)

    def add(self, finder: Finder, *, of_files: bool) -> None:
        """From now on, what it finds is wrong, too; ``of_files``: also with documents that are not open."""
        self._finders.append(finder)
        if of_files:
            self._of_files.append(finder)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the URI of each document of which something else is wrong though its text is
        the same."""
        self._listeners.append(listener)

    def changed(self, uri: str) -> None:
        """A finder has something new to say."""
        for listener in self._listeners:
            listener(uri)

    def of(self, document: Document) -> list[Problem] | None:
        """The problems of a document as it stands now; ``None`` as long as its templates are not judged yet, after
        which the listeners are told."""
        expanded = self._judgements.of(document)
        return _every(document, expanded, self._finders) if expanded is not None else None

    async def settled(self, document: Document) -> list[Problem]:
        """The same, waited for. Nothing is wrong with a document that is closed meanwhile."""
        expanded = await self._judgements.settled(document)
        return _every(document, expanded, self._finders) if expanded is not None else []

    async def of_closed(self, document: Document) -> list[Problem]:
        """The same of one that is not open: no cluster is asked for it."""
        return _every(document, await self._judgements.of_closed(document), self._of_files)


def _every(document: Document, expanded: Expanded, finders: Iterable[Finder]) -> list[Problem]:
    written: Iterable[Problem] = expanded.problems
    tree = expanded.reading.tree
    if tree is not None and not tree.documents:
        written = (_begun(one) if one.code is Code.NO_SPECIFICATION else one for one in written)
    return [*written, *(one for finder in finders for one in finder(document, expanded))]


def _begun(problem: Problem) -> Problem:
    """An empty file cannot run; to who has just made it, or emptied it, nothing is wrong."""
    message = 'the file is empty, and holds no specification yet: begin with "workloads:"'
    return replace(problem, severity=Severity.INFORMATION, message=message)
