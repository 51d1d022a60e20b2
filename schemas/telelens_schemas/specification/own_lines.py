"""Puts the first item of a list, written behind its key, on a line of its own; what belongs to it stays below it."""

from __future__ import annotations

import re

_KEY = re.compile(r"[ ]*(?:-[ ]+)*([\w.-]+)[ ]*:([ ]+)")
_LINE = re.compile(r"\r?\n([ ]*)([^\r\n]*)")
_STEP = 2
"""Blanks; as many as a dash takes together with its own."""


def own_line(text: str, line: int, at: int) -> tuple[str, int, int, str] | None:
    """Title, start, end and text of the fix, of the dash at ``at`` in the line that begins at ``line``; ``None`` where
    the lines below have no common margin that could be moved."""
    key = _KEY.fullmatch(text, line, at)
    if key is None:
        return None
    column = key.start(1) - line
    below = _below(text, at, column)
    meant = [len(one[1]) - (0 if one[2].startswith("-") else _STEP) for one in below if one[2]]
    margin = meant[0] if meant and column <= meant[0] <= column + _STEP else column + _STEP
    further = margin - meant[0] if meant else 0
    dash = f"\n{' ' * margin}"
    if not further:
        return _TITLE, key.start(2), at, dash
    if any(len(one[1]) + further <= margin for one in below if one[2] and not one[2].startswith("-")):
        return None
    moved = "".join(f"\n{' ' * (len(one[1]) + further)}{one[2]}" if one[2] else "\n" for one in below)
    first = text[at : below[0].start()]
    return _TITLE, key.start(2), below[-1].end(), f"{dash}{first}{moved}"


_TITLE = "Put it on its own line"


def _below(text: str, at: int, column: int) -> list[re.Match[str]]:
    """The lines right below that stand deeper than a column, and items that stand there."""
    found: list[re.Match[str]] = []
    line = _LINE.search(text, at)
    while line is not None and (not line[2] or len(line[1]) + line[2].startswith("- ") > column):
        found.append(line)
        line = _LINE.match(text, line.end())
    return found
