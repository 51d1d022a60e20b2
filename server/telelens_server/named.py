"""A name and the places where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lsprotocol import types

from telelens_server.symbols import Role


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place. A definition is where the name is given."""

    uri: str
    range: types.Range
    is_definition: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A name and everywhere that it stands, in the order of the text."""

    what: str
    name: str
    uri: str
    here: types.Range
    """The place that was asked about, and in which document."""
    places: tuple[Occurrence, ...]
    pattern: re.Pattern[str]
    """What such a name may look like."""
    taken: frozenset[str]
    """Other things of the kind have these names."""

    @property
    def definitions(self) -> list[Occurrence]:
        """Where it is given."""
        return [one for one in self.places if one.is_definition]


PATTERNS = {
    Role.HANDLER: re.compile(r"[a-zA-Z][a-zA-Z0-9_-]*"),
    Role.CONNECTION: re.compile(r"[a-z0-9][a-z0-9-]{0,62}"),
    Role.SERVICE: re.compile(r"[a-zA-Z0-9._-]+"),
}
"""What names look like, by what bears them."""
