"""The lines of a document as they are meant, where one of them slipped."""

from __future__ import annotations

from telelens_schemas.specification.mending import MOST_LINES

from telelens_server.documents import Document
from telelens_server.text import Lines, split_lines


def meant_lines(document: Document, line: int) -> Lines:
    """For what is asked about a line, whose own columns stay those that the editor knows."""
    written = document.text.lines
    if len(written) > MOST_LINES:
        return written  # to read it may take longer than who asks can wait
    tree = document.reading.tree
    edits = {
        one.first_line + number: edit
        for one in (tree.documents if tree is not None else ())
        for number, edit in one.reworded.items()
    }
    if not edits or line in edits:
        return written
    lines = list(written)
    for number, edit in edits.items():
        mark = document.text.mark(number)
        lines[number] = lines[number][:mark] + edit.applied(lines[number][mark:])
    return split_lines("".join(lines))
