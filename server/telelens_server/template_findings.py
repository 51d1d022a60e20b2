"""What is wrong with the templates of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from telelens_schemas.specification import Problem

from telelens_server.documents import Document
from telelens_server.editor import Editor

if TYPE_CHECKING:
    from telelens_schemas.templates import Template


class TemplateFindings:
    """A finder. Nothing is expanded for it, and the environment looked at only where the workspace is trusted."""

    def __init__(self, editor: Editor, environment: Mapping[str, str]) -> None:
        self._editor = editor
        self._environment = environment
        self._known: tuple[Template, bool, str, list[Problem]] | None = None

    def __call__(self, document: Document) -> Sequence[Problem]:
        """Of the last document that was asked about it is remembered."""
        template = document.template
        if template is None:
            return ()
        trusted, name = self._editor.is_trusted, document.name
        if self._known is None or self._known[0] is not template or self._known[1:3] != (trusted, name):
            # Most documents hold no template: only one that does waits for the import.
            from telelens_schemas.specification.template_checks import check_template

            found = check_template(template, name, self._environment if trusted else None)
            self._known = template, trusted, name, found
        return self._known[3]
