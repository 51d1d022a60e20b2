"""Who has taken what, for whoever looks at a document without asking a cluster anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from telelens_schemas.specification.places import Place


@dataclass(frozen=True, slots=True)
class Preview:
    """A URL that reaches an intercept."""

    url: str
    owner: str
    """Empty: whoever looks."""


class Interceptions(Protocol):
    """Answers at once, from what is known."""

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever another answer may be due."""

    def interceptions(self, place: Place, workload: str, kind: str | None, now: datetime) -> str:
        """``intercepted by ada since 14:03``; empty: by nobody, or not known."""

    def previews(self, place: Place, workload: str) -> tuple[Preview, ...]:
        """The preview URLs of whoever intercepts it, one's own first."""
