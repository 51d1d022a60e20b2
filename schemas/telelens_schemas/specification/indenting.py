"""Moves lines to the right: keys below the one that they belong to, a mapping into the list that it is an item of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from telelens_schemas.specification.edits import Stretch
from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.parts import Edits, NamedFix
from telelens_schemas.specification.shapes import Many, Shape, Struct, mapping_of
from telelens_schemas.suggestions import listing

_STEP = "  "


@dataclass(slots=True)
class Holder:
    """A key without a value, and the entries right below it that may only be meant to be that."""

    name: str
    shape: Struct
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)

    def fixes(self, around: Entries) -> tuple[NamedFix, ...]:
        """Moves them there; nothing where they share their lines with something else."""
        home = around.home
        places = [
            (key.home.offset_in(home, key.start), value.home.offset_in(home, value.end)) for key, value in self.entries
        ]
        starts = [start for start, _ in places if start is not None and _is_first(home, start)]
        is_bracketed = home.text.startswith("{", around.start)
        if is_bracketed or len(starts) < len(places) or not all(_is_whole(value) for _, value in self.entries):
            return ()
        line = home.start_of_line(starts[-1])
        end = _end_of_lines(home.text, max(starts[-1], places[-1][1] or 0), starts[-1] - line)
        names = listing(f'"{key.value}"' for key, _ in self.entries)
        return ((f'Indent {names} under "{self.name}"', deeper(home, home.start_of_line(starts[0]), end)),)


def holders(node: Entries, known: Mapping[str, Shape | None]) -> dict[int, Holder]:
    """By the identity of each key that is not ``known`` here, and is known to the empty one above it."""
    found: dict[int, Holder] = {}
    above: Holder | None = None
    for key, value in node.pairs:
        if not isinstance(key, Scalar):
            above = None
        elif key.value in known:
            shape = mapping_of(known[key.value])
            above = Holder(key.value, shape) if shape is not None and _is_empty(value) else None
        elif above is not None and key.value in above.shape.by_name:
            above.entries.append((key, value))
            found[id(key)] = above
        else:
            above = None
    return found


def item_fixes(shape: Shape, node: Node) -> tuple[NamedFix, ...]:
    """Makes an item of a mapping where a list is asked for; nothing where it has no key of one."""
    item = mapping_of(shape.item) if isinstance(shape, Many) else None
    if item is None or not isinstance(node, Entries) or not node.is_whole:
        return ()
    if not any(isinstance(key, Scalar) and key.value in item.by_name for key, _ in node.pairs):
        return ()
    home = node.home
    if home.text.startswith("{", node.start):
        edits: Edits = ((Stretch(home, node.start, node.start), "["), (Stretch(home, node.end, node.end), "]"))
    elif _is_first(home, node.start):
        below = home.text.find("\n", node.start, node.end) + 1
        edits = ((Stretch(home, node.start, node.start), "- "), *(deeper(home, below, node.end) if below else ()))
    else:
        return ()
    return (("Make it a list item", edits),)


def _is_empty(value: Node) -> bool:
    return isinstance(value, Scalar) and value.plain and not value.value and not value.templated


def _is_whole(value: Node) -> bool:
    """What is broken ends nobody knows where."""
    return not value.is_unknown if isinstance(value, Scalar) else value.is_whole


def _is_first(home: Fragment, at: int) -> bool:
    """Whether nothing stands before it in its line."""
    return not home.text[home.start_of_line(at) : at].strip()


def _end_of_lines(text: str, end: int, column: int) -> int:
    """Behind ``end``, and the lines right below that stand deeper than a column: an action that has its line to itself
    is no value to YAML."""
    deeper = re.compile(rf"[^\n]*(?:\n {{{column + 1},}}[^\s][^\n]*)*").match(text, end)
    return deeper.end() if deeper is not None else end


def deeper(home: Fragment, line: int, end: int) -> Edits:
    """Moves the lines from one that begins at ``line``."""
    return tuple((Stretch(home, at, at), _STEP) for at in _line_starts(home.text, line, end))


def _line_starts(text: str, line: int, end: int) -> Iterator[int]:
    """Of lines that are not blank."""
    while line < end:
        below = text.find("\n", line) + 1 or len(text)
        if text[line:below].strip():
            yield line
        line = below
