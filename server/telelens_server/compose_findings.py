"""What a specification says of compose services that the compose file does not have."""

from __future__ import annotations

from collections.abc import Sequence

from telelens_schemas.specification import Problem, Specification
from telelens_schemas.specification.compose import check_compose
from telelens_schemas.specification.expanding import Expanded

from telelens_server.compose_files import ComposeFiles
from telelens_server.documents import Document, Documents
from telelens_server.findings import Findings


class ComposeFindings:
    """A finder: asked after each edit, so it looks at the disk only where a handler leads there."""

    def __init__(self, files: ComposeFiles, documents: Documents, findings: Findings) -> None:
        self._files = files
        self._documents = documents
        self._findings = findings

    def files_changed(self) -> None:
        """A file beside the documents is another now: those that lead to one are looked at again."""
        for document in self._documents.opened():
            if document.is_specification and "compose" in document.text.source:
                self._findings.changed(document.text.uri)

    def __call__(self, document: Document, expanded: Expanded) -> Sequence[Problem]:
        """A file that is not there, or cannot be read, is no finding: it may be made by the run."""
        return expanded.judged(lambda one: self._of(one, document))

    def _of(self, specification: Specification, document: Document) -> list[Problem]:
        return check_compose(specification, self._files.meant(document.text.uri, specification), document.name)
