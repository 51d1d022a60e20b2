"""What actions expand to now, where the user trusts the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telelens_schemas.templates import Template


@dataclass(frozen=True, slots=True)
class Expanded:
    """An action and what it writes each time that it is reached."""

    start: int
    end: int
    values: tuple[str, ...]


class Expansions:
    """Of the last text that was asked for, as long as it stays the same."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._known: tuple[Template, tuple[Expanded, ...]] | None = None

    def of(self, template: Template) -> tuple[Expanded, ...]:
        """Those that write something, in order."""
        if self._known is None or self._known[0] is not template:
            # Imported with the first template that is expanded: an editor waits for its server to start.
            from telelens_server.templating.evaluating import expanded

            self._known = template, expanded(template, self._environment)
        return self._known[1]
