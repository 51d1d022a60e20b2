"""Says which names of a specification lead nowhere in the cluster that it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from telelens_schemas.specification import Problem
from telelens_schemas.specification.facts import Facts
from telelens_schemas.specification.live_checks import check_live
from telelens_schemas.specification.places import Place, places_of

from telelens_server.documents import Document, Documents
from telelens_server.findings import Findings


class Glimpses(Protocol):
    """What is certain of clusters; answers at once."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever another answer may be due."""

    def glimpse(self, places: Iterable[Place]) -> Facts:
        """What is certain now."""


class LiveDiagnostics:
    """Adds to the findings of a document, and has them told again when a cluster changes what they are."""

    def __init__(self, documents: Documents, findings: Findings, live: Glimpses) -> None:
        self._documents = documents
        self._findings = findings
        self._live = live
        self._seen: dict[str, Facts] = {}

    def register(self) -> None:
        """Find, and listen."""
        self._findings.add(self.problems)
        self._live.listen(self._again)

    def problems(self, document: Document) -> list[Problem]:
        """What is wrong with a document as far as clusters are known."""
        facts = self._facts(document)
        self._seen.setdefault(document.text.uri, facts)
        return _check(document, facts)

    def _facts(self, document: Document) -> Facts:
        return self._live.glimpse(place for one in document.reading.specifications for place in places_of(one))

    def _again(self) -> None:
        for uri, seen in list(self._seen.items()):
            document = self._documents.specification(uri)
            if document is None:
                del self._seen[uri]
                continue
            facts = self._seen[uri] = self._facts(document)
            if facts != seen and _check(document, facts) != _check(document, seen):
                self._findings.changed(uri)


def _check(document: Document, facts: Facts) -> list[Problem]:
    specifications = document.reading.specifications
    return [problem for one in specifications for problem in check_live(one, facts, document.name)]
