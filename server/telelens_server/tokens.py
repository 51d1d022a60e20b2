"""The dashes and the key with which a line begins, read where the text is no YAML (yet)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

BEGINNING = re.compile(r"( *)((?:-[ ]+|-(?=$))*)(?:(\"[^\"]*\"|'[^']*'|[\w.$/<][^:#\"'\[\]{}]*?)[ ]*:(?=[ ]|$))?")
"""Of a line: its indentation, its dashes, its key."""
ENDS = ("---", "...")
"""With what the line begins that ends a document."""
LONGEST = 500
"""Characters of a line that are looked at: no key stands farther right."""


@dataclass(frozen=True, slots=True)
class Token:
    """A key or a dash."""

    column: int
    key: str | None
    rest: str = ""

    @property
    def is_header(self) -> bool:
        """A key whose value stands in the lines below, or nowhere."""
        return self.key is not None and not self.rest.partition("#")[0].strip()


def tokens_of(text: str) -> Iterator[Token]:
    """Those of a line, from left to right."""
    text = spaced(text[:LONGEST].rstrip("\r\n"))
    match = BEGINNING.match(text)
    assert match is not None
    at = len(match[1])
    for offset, sign in enumerate(match[2]):
        if sign == "-":
            yield Token(at + offset, None)
    if match[3]:
        yield Token(match.start(3), unquoted(match[3]), text[match.end() :].strip())


def spaced(text: str) -> str:
    """With blanks for its tabs: two for each that indents, as they are mended."""
    if "\t" not in text:
        return text
    rest = text.lstrip(" \t")
    return text[: len(text) - len(rest)].replace("\t", "  ") + rest.replace("\t", " ")


def indent_of(text: str) -> int:
    """How many blanks a line begins with."""
    return len(text) - len(text.lstrip(" "))


def says_nothing(text: str) -> bool:
    """A blank line, or a comment."""
    return text.lstrip()[:1] in ("", "#")


def unquoted(key: str) -> str:
    """Without its quotes."""
    return key[1:-1] if len(key) > 1 and key[0] in "\"'" and key[-1] == key[0] else key
