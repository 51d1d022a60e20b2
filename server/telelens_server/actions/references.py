"""Writes a name where a template stands that cannot be one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice

from lsprotocol import types
from telelens_schemas.specification import Code, Fix, Problem, Replacement, Specification
from telelens_schemas.specification.nodes import as_text
from telelens_schemas.specification.shapes import Names

from telelens_server.actions.offering import meet, quick_fix
from telelens_server.documents import Document
from telelens_server.names import specification_at

_MOST_OFFERED = 3
_MOST_COMPARED = 300


def references(document: Document, problems: Sequence[Problem], where: types.Range) -> Iterator[types.CodeAction]:
    """The names that the file has, first those of which most stands in the template."""
    for problem in problems:
        place = problem.range
        if problem.code is not Code.TEMPLATED_REFERENCE or not meet(document.text.to_editor(place), where):
            continue
        found = document.index.key_at(place.line, place.column)
        specification = specification_at(document, place.line - 1)
        if found is None or specification is None or place.line != place.end_line:
            continue
        line = document.text.line(place.line - 1)
        written = line[place.column - 1 : place.end_column - 1]
        is_prefix = found.about.names is Names.WORKLOAD
        if is_prefix and line[place.end_column - 1 : place.end_column] != "/":
            continue  # the template writes more than a name
        for name in _nearest(written, _names(specification, found.about.names)):
            edit = Replacement(place, name if is_prefix else as_text(name))
            yield quick_fix(document, problem, Fix(f'Use "{name}"', (edit,)))


def _names(specification: Specification, names: Names | None) -> Iterator[str]:
    """A workload's name refers to a connection by what it begins with."""
    if names is Names.HANDLER:
        every: Iterable[str | None] = (one.name for one in specification.handlers)
    else:
        every = (one.name for one in (*specification.connections, specification.connection) if one is not None)
    return (name for name in dict.fromkeys(every) if name)


def _nearest(written: str, names: Iterator[str]) -> list[str]:
    # Of variables the words are often joined by another sign.
    matcher = SequenceMatcher(None, b=written.lower().replace("_", "-"), autojunk=False)

    def distance(name: str) -> tuple[float, int]:
        matcher.set_seq1(name.lower().replace("_", "-"))
        shared = matcher.find_longest_match().size
        return -shared / len(name), -shared

    return sorted(islice(names, _MOST_COMPARED), key=distance)[:_MOST_OFFERED]
