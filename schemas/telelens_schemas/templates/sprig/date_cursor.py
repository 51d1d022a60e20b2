"""A text that is read as a date: what is left of it, and what was found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telelens_schemas.templates.sprig.zones import Zone


class Mismatch(Exception):
    """The value is not what the code asks for."""


class OutOfRange(Exception):
    """A number is too large; the text says of what."""


@dataclass(slots=True)
class DateCursor:
    """What was found so far; -1 for what was not."""

    text: str
    following: str = ""
    """The code after the one that is read."""
    year: int = 0
    month: int = -1
    day: int = -1
    day_of_year: int = -1
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanoseconds: int = 0
    half: str = ""
    zone: Zone | None = None
    offset: int | None = None
    zone_name: str = ""

    def take(self, count: int) -> str:
        if len(self.text) < count:
            raise Mismatch
        taken, self.text = self.text[:count], self.text[count:]
        return taken

    def number(self, *, most: int = 2, exact: bool = False) -> int:
        """Up to ``most`` digits."""
        found = re.match(f"[0-9]{{1,{most}}}", self.text)
        if found is None or (exact and len(found[0]) < most):
            raise Mismatch
        return int(self.take(found.end()))

    def name(self, names: list[str]) -> int:
        """The index of the name that the text begins with, in whatever case."""
        for index, name in enumerate(names):
            if self.text[: len(name)].lower() == name.lower():
                self.take(len(name))
                return index
        raise Mismatch
