"""Says which names of a specification lead nowhere in the cluster that it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from telelens_schemas.specification import Problem, Specification
from telelens_schemas.specification.compose import Described, described_in
from telelens_schemas.specification.expanding import Expanded
from telelens_schemas.specification.facts import Facts
from telelens_schemas.specification.live_checks import check_live
from telelens_schemas.specification.places import Place, places_of

from telelens_server.compose_files import ComposeFiles
from telelens_server.documents import Document, Documents
from telelens_server.findings import Findings
from telelens_server.judgements import Judgements


class Glimpses(Protocol):
    """What is certain of clusters; answers at once."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever another answer may be due."""

    def glimpse(self, places: Iterable[Place]) -> Facts:
        """What is certain now."""


class LiveDiagnostics:
    """Adds to the findings of a document, and has them told again when a cluster changes what they are."""

    def __init__(
        self, documents: Documents, judgements: Judgements, findings: Findings, live: Glimpses, files: ComposeFiles
    ) -> None:
        self._documents = documents
        self._judgements = judgements
        self._findings = findings
        self._live = live
        self._files = files
        self._seen: dict[str, Facts] = {}

    def register(self) -> None:
        """Find, and listen."""
        self._findings.add(self.problems, of_files=False)
        self._live.listen(self._again)

    def problems(self, document: Document, expanded: Expanded) -> list[Problem]:
        """What is wrong with a document as far as clusters are known."""
        facts = self._facts(document, expanded)
        self._seen.setdefault(document.text.uri, facts)
        return self._check(document, expanded, facts)

    def _facts(self, document: Document, expanded: Expanded) -> Facts:
        return self._live.glimpse(
            place
            for one in expanded.reading.specifications
            for place in places_of(one, (each.service for each in self._described(document, one)))
        )

    def _described(self, document: Document, specification: Specification) -> list[Described]:
        return [*described_in(specification, self._files.meant(document.text.uri, specification))]

    def _check(self, document: Document, expanded: Expanded, facts: Facts) -> list[Problem]:
        return expanded.judged(
            lambda one: check_live(one, facts, document.name, described=self._described(document, one))
        )

    def _again(self) -> None:
        for uri, seen in list(self._seen.items()):
            document = self._documents.specification(uri)
            if document is None:
                del self._seen[uri]
                continue
            expanded = self._judgements.of(document)
            if expanded is None:
                continue  # once it is judged, it is asked about again
            facts = self._seen[uri] = self._facts(document, expanded)
            if facts != seen and self._check(document, expanded, facts) != self._check(document, expanded, seen):
                self._findings.changed(uri)
