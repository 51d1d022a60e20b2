"""Text → its documents, each a fragment. With the tree of an earlier text, only what changed is parsed."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from telelens_schemas.specification.blocks import has_other_line_ends, without_separator
from telelens_schemas.specification.cutting import Pool, parse_in_pieces, within
from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.templates import find_actions, mask

_SEPARATOR = re.compile(r"^(---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BLANK = re.compile(r"(?:---)?(?:[ \t]*(?:[#%][^\n\r]*)?(?:\n|\r|\Z))*[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Tree:
    """A file. ``whole`` is around its documents."""

    whole: Fragment
    documents: tuple[Fragment, ...]


def parse(text: str, earlier: Tree | None = None) -> Tree:
    """The documents of a file, in order. The earlier tree is used up."""
    actions = find_actions(text)
    masked = mask(text, actions) if actions else text
    whole = Fragment(text)
    pool = Pool(earlier.documents if earlier is not None else ())
    counts_lines = not has_other_line_ends(text)
    documents = []
    line = before = 0
    for start, end in _stretches(masked):
        stretch, yaml = text[start:end], masked[start:end]
        found = pool.take(stretch, yaml, {})
        if found is None:
            yaml = without_separator(yaml)
            found = Fragment(stretch, stretch if yaml == stretch else yaml, within(actions, start, end))
            parse_in_pieces(found, pool.nearest())
        line = line + text.count("\n", before, start) if counts_lines else bisect.bisect_right(whole.starts, start) - 1
        before = start
        found.put(whole, start, line)
        documents.append(found)
    return Tree(whole, tuple(documents))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where each document stands: its ``---`` belongs to it. (No scalar may hold ``---`` at a line's start.)"""
    start = 0
    has_separators = text.startswith(("---", "...")) or "\n---" in text or "\n..." in text
    for found in _SEPARATOR.finditer(text) if has_separators else ():
        if not _is_blank(text, start, found.start()):
            yield start, found.start()
        start = found.start() if found[1] == "---" else found.end()
    if not _is_blank(text, start, len(text)):
        yield start, len(text)


def _is_blank(text: str, start: int, end: int) -> bool:
    """Only comments, directives and blank lines."""
    return _BLANK.match(text, start, end) is not None
