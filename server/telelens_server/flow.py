"""The brackets that a line leaves open, and what stands in them: read sign by sign, for the line is seldom YAML yet."""

from __future__ import annotations

from dataclasses import dataclass


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
    """Those that are open at the end of a line, the outermost first; none where more are closed than were opened."""
    opened, quote = [around], ""
    for index in range(around.start, len(text)):
        sign, last = text[index], opened[-1]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[":
            opened.append(Bracket(index + 1, {}, is_list=sign == "["))
        elif sign in "}]":
            last.ended(text, index)
            opened.pop()
            if not opened:
                break
            opened[-1].is_read = True
        elif sign == ",":
            last.ended(text, index)
        elif sign == ":" and text[index + 1 : index + 2] in (" ", ""):
            last.named(text, index)
    return opened


def unquoted(key: str) -> str:
    """Without its quotes."""
    return key[1:-1] if len(key) > 1 and key[0] in "\"'" and key[-1] == key[0] else key
