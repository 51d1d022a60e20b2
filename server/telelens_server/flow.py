"""The brackets that a text leaves open, and what stands in them: read sign by sign, for the text is seldom YAML yet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telelens_server.text import Lines
from telelens_server.tokens import BEGINNING, ENDS, LONGEST, indent_of, says_nothing, spaced, tokens_of, unquoted

_SIGN = re.compile(
    r"(?<!\w)\"(?:[^\"\\]|\\.)*(?:\"|\Z)|(?<!\w)'[^']*(?:'|\Z)|(?<!\S)#[^\n]*|[\[\]{},]|:(?=\s|\Z)|(?<=[\"']):",
    re.DOTALL,
)
"""What means something between brackets; quoted text and comments are passed over whole."""
_OPENS = re.compile(r"[ ]*(?:[&!]\S*[ ]+)*[\[{]")
_BRACKET = re.compile(r"[\[\]{}]")
_COMMENT = re.compile(r"\s#.*")
_FARTHEST = 1000
"""Lines above a place in which brackets are looked for that are open there."""
_LONGEST = 200
"""Lines below it in which a mapping may go on."""


@dataclass(slots=True)
class Bracket:
    """An open one, or the line around all of them (``is_block``)."""

    start: int
    """Where the key or value begins that is being read."""
    siblings: dict[str, str]
    """The keys that were read, with their values."""
    is_list: bool = False
    is_block: bool = False
    key: str = ""
    """Whose value is being read."""
    is_read: bool = False
    """What stands there is whole: a comma comes next."""

    @property
    def sign(self) -> str:
        """How it is written; nothing for the line around all of them."""
        return "" if self.is_block else "[" if self.is_list else "{"

    def named(self, text: str, end: int) -> None:
        """What was read up to there is a key."""
        if not self.key:
            self.key, self.start = unquoted(text[self.start : end].strip()), end + 1

    def ended(self, text: str, end: int) -> None:
        """What was read up to there is followed by something else."""
        if self.is_block:
            return
        if self.is_list:
            self.siblings.clear()
        elif self.key:
            self.siblings[self.key] = text[self.start : end].strip()
        self.key, self.start, self.is_read = "", end + 1, False


def open_brackets(text: str, around: Bracket) -> list[Bracket]:
    """Those that are open at the end of a text, the outermost first; none where more are closed than were opened."""
    opened = [around]
    for found in _SIGN.finditer(text, around.start):
        sign, index, last = found[0], found.start(), opened[-1]
        if sign in "{[":
            opened.append(Bracket(index + 1, {}, is_list=sign == "["))
        elif sign in "}]":
            last.ended(text, index)
            opened.pop()
            if not opened:
                break
            opened[-1].is_read = True
        elif sign == ",":
            last.ended(text, index)
        elif sign == ":":
            last.named(text, index)
        elif sign[0] == "#" and not text[last.start : index].strip():
            last.start = found.end()
    return opened


def opened_above(lines: Lines, line: int, before: str) -> int | None:
    """The line above in which the outermost of the brackets was opened that are open at a place; ``before`` is what
    stands before the place in its own line."""
    above = next((number for number in range(line - 1, max(line - 50, -1), -1) if not says_nothing(lines[number])), -1)
    below = next((lines[number].lstrip() for number in range(line + 1, len(lines)) if lines[number].strip()), "")
    is_closed = below.startswith(("]", "}"))
    if above < 0 or not (is_closed or _COMMENT.sub("", lines[above]).rstrip().endswith((",", "[", "{"))):
        return None
    return _outermost(lines, above, LONGEST if is_closed else indent_of(before))


def _outermost(lines: Lines, line: int, level: int) -> int | None:
    """The line, from one up, with the first bracket that is open below it: one that stands less deep than that."""
    found, is_bare, missing = None, False, 0
    last = max(line - _FARTHEST, 0)
    for number in range(line, last - 1, -1):
        text = spaced(lines[number].rstrip("\r\n"))
        if text.startswith(ENDS):
            break
        closed, opened = _unmatched(text)
        is_open, missing = opened > missing, max(missing - opened, 0) + closed
        if text.startswith(" " * level) or says_nothing(text):
            continue
        begins = next(tokens_of(text), None)
        beginning = BEGINNING.match(text)
        if is_open and beginning is not None and _OPENS.match(text, beginning.end()):
            found, is_bare = number, begins is None
        # What ends with a comma stands in brackets, however deep it stands.
        if begins is not None and (begins.key is None or not text.endswith(",")):
            level = begins.column
        if level == 0:
            break
    else:
        # Of a bracket alone only what is above says what it belongs to.
        return None if is_bare and last > 0 else found
    return found


def _unmatched(text: str) -> tuple[int, int]:
    """How many brackets are closed that were not opened in a line, and opened that are not closed."""
    closed = opened = 0
    for sign in _SIGN.findall(text) if _BRACKET.search(text) else ():
        if sign in "[{":
            opened += 1
        elif sign in "]}":
            closed, opened = (closed, opened - 1) if opened else (closed + 1, 0)
    return closed, opened


def from_line(lines: Lines, first: int, line: int, before: str) -> str:
    """The text from a line on up to a place."""
    return "\n".join([*(spaced(lines[number].rstrip("\r\n")) for number in range(first, line)), before])


def behind(lines: Lines, line: int, rest: str, column: int) -> str:
    """The text from a place on, as far as it may belong to brackets that were opened by a key or dash in a column."""
    found = [rest]
    for number in range(line + 1, min(line + _LONGEST, len(lines))):
        text = spaced(lines[number].rstrip("\r\n"))
        begins = next(tokens_of(text), None)
        if text.startswith(ENDS) or (begins is not None and begins.column <= column and not text.endswith(",")):
            break
        found.append(text)
    return "\n".join(found)


def content_at(text: str) -> int:
    """The column in a line behind its dashes."""
    beginning = BEGINNING.match(text)
    assert beginning is not None
    return beginning.end(2)
