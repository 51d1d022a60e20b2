"""Text → its documents, each a fragment. With the tree of an earlier text, only what changed is parsed."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.blocks import has_other_line_ends, without_separator
from telelens_schemas.specification.conflicts import Conflict, find_conflicts
from telelens_schemas.specification.cutting import Pool, parse_in_pieces, within
from telelens_schemas.specification.fragments import Fragment, Reworded
from telelens_schemas.specification.templates import Action, find_actions, mask

_SEPARATOR = re.compile(r"^(---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BLANK = re.compile(r"(?:---)?(?:[ \t]*(?:[#%][^\n\r]*)?(?:\n|\r|\Z))*[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Tree:
    """A file. ``whole`` is around its documents."""

    whole: Fragment
    documents: tuple[Fragment, ...]


def parse(text: str, earlier: Tree | None = None) -> Tree:
    """The documents of a file, in order. The earlier tree is used up."""
    conflicts = find_conflicts(text)
    actions = _with_conflicts(find_actions(text), conflicts)
    masked = mask(text, actions) if actions else text
    whole = Fragment(text)
    # What a reworded one knows of its places holds for its own text alone.
    pool = Pool([one for one in earlier.documents if not one.reworded] if earlier is not None else ())
    counts_lines = not has_other_line_ends(text)
    documents = []
    line = before = 0
    for start, end in _stretches(masked):
        stretch, yaml = text[start:end], masked[start:end]
        found = pool.take(stretch, yaml, {})
        if found is None:
            found = _document(stretch, yaml, within(actions, start, end), pool.nearest())
            found.troubled = (*_conflicting(found, text, start, end, conflicts), *found.troubled)
        line = line + text.count("\n", before, start) if counts_lines else bisect.bisect_right(whole.starts, start) - 1
        before = start
        found.put(whole, start, line)
        documents.append(found)
    return Tree(whole, tuple(documents))


def _with_conflicts(actions: list[Action], conflicts: Sequence[Conflict]) -> list[Action]:
    """What is hidden of conflicts is so whole, whatever stands in it."""
    hidden = sorted({one for conflict in conflicts for one in conflict.hidden}, key=lambda one: one.start)
    if not hidden:
        return actions
    starts = [one.start for one in hidden]
    free = [
        one
        for one in actions
        if hidden[bisect.bisect_left(starts, one.end) - 1].end <= one.start or one.end <= starts[0]
    ]
    return sorted((*free, *hidden), key=lambda one: one.start)


def _conflicting(
    document: Fragment, text: str, start: int, end: int, conflicts: Sequence[Conflict]
) -> Iterator[Fragment]:
    """Those that begin in a document, which is around them."""
    for conflict in conflicts:
        if start <= conflict.start < end:
            found = conflict.fragment(text)
            found.put(document, conflict.start - start, text.count("\n", start, conflict.start))
            yield found


def reworded(document: Fragment, edits: Mapping[int, Reworded], earlier: Fragment) -> Fragment:
    """The document as it is read with some of its lines reworded. The ``earlier`` one is used up."""
    lines = document.text.split("\n")
    for number, edit in edits.items():
        lines[number] = edit.applied(lines[number])
    text = "\n".join(lines)
    actions = find_actions(text)
    found = _document(text, mask(text, actions) if actions else text, tuple(actions), earlier)
    found.reworded = edits
    if document.above is not None:
        found.put(document.above, document.offset, document.line)
    return found


def _document(text: str, yaml: str, actions: tuple[Action, ...], earlier: Fragment | None) -> Fragment:
    yaml = without_separator(yaml)
    found = Fragment(text, text if yaml == text else yaml, actions)
    parse_in_pieces(found, earlier)
    return found


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
