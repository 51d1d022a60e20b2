"""Text that stands in place of a mapping of which it can only be one key: ``script: ./run.sh``."""

from __future__ import annotations

import re

from telelens_schemas.specification.brackets import is_within_brackets
from telelens_schemas.specification.edits import MARGIN, Stretch
from telelens_schemas.specification.indenting import deeper
from telelens_schemas.specification.nodes import Kind, Node, Scalar
from telelens_schemas.specification.parts import Edits, NamedFix
from telelens_schemas.specification.shapes import Shape, Struct

_KEY = re.compile(r"([ ]*(?:-[ ]+)*)[\w.-]+:([ \t]+)")


def wrapping(shape: Shape, node: Node) -> tuple[NamedFix, ...]:
    """Makes it the value of that key; nothing where it is no text, or is meant elsewhere, too."""
    if not isinstance(shape, Struct) or not shape.main or not isinstance(node, Scalar) or node.kind is not Kind.TEXT:
        return ()
    if any(one is node for one in node.home.anchors.values()):
        return ()
    edits = _edits(f"{shape.main}: ", node)
    return ((f'Write it as "{shape.main}"', edits),) if edits else ()


def _edits(key: str, node: Scalar) -> Edits:
    home = node.home
    line = home.start_of_line(node.start)
    before = Stretch(home, node.start, node.start)
    if is_within_brackets(home.yaml, node.start):
        return ((before, f"{{{key}"), (Stretch(home, node.end, node.end), "}"))
    if MARGIN.fullmatch(home.text, line, node.start) is not None:
        return ((before, key),) if "\n" not in home.text[node.start : node.end] else ()
    behind = _KEY.fullmatch(home.text, line, node.start)
    if behind is None:
        return ()
    below = home.text.find("\n", node.start, node.end) + 1
    margin = " " * (len(behind[1]) + 2)
    start = Stretch(home, behind.start(2), node.start)
    return ((start, f"\n{margin}{key}"), *(deeper(home, below, node.end) if below else ()))
