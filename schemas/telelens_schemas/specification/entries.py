"""Writes an entry into a mapping: over the value that it has, or as the second one, since the first is often a name."""

from __future__ import annotations

import re

from telelens_schemas.specification.edits import MARGIN, Stretch
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.parts import Edits, NamedFix
from telelens_schemas.specification.source import Placed

_NOTHING = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=\r?\n|\Z)")


def entry_fix(title: str, node: Placed | None, key: str, value: str) -> tuple[NamedFix, ...]:
    """A fix that writes one entry."""
    edits = entry_edits(node, key, value)
    return ((title, edits),) if edits else ()


def entry_edits(node: Placed | None, key: str, value: str) -> Edits:
    """Nothing where an alias may mean the mapping or the value, too, and where a template writes the value."""
    if not isinstance(node, Entries) or node.home.text.startswith("&", node.start):
        return ()
    own = next((pair for pair in node.pairs if isinstance(pair[0], Scalar) and pair[0].value == key), None)
    if own is not None:
        return ((own[1], value),) if _is_replaceable(*own) else ()
    if node.home.text.startswith("{", node.start):
        return _within_brackets(node, f"{key}: {value}")
    return _on_a_line(node, f"{key}: {value}")


def _is_replaceable(key: Node, value: Node) -> bool:
    if not isinstance(value, Scalar) or value.templated or value.home is not key.home:
        return False
    return key.end <= value.start < value.end and not value.home.text.startswith("&", value.start)


def _within_brackets(node: Entries, entry: str) -> Edits:
    home = node.home
    if not node.pairs:
        return ((Stretch(home, node.start, node.end), f"{{{entry}}}"),)
    key, value = node.pairs[0]
    if value.home is home and key.end < value.start < value.end:
        return ((Stretch(home, value.end, value.end), f", {entry}"),)
    return ((Stretch(home, key.start, key.start), f"{entry}, "),)


def _on_a_line(node: Entries, entry: str) -> Edits:
    key, value = node.pairs[0]
    home, text = key.home, key.home.text
    line = home.start_of_line(key.start)
    if MARGIN.fullmatch(text, line, key.start) is None:
        return ()
    margin = " " * (key.start - line)
    rest = _NOTHING.match(text, value.end)
    if value.home is home and key.end < value.start < value.end and rest and "\n" not in text[key.start : value.end]:
        return ((Stretch(home, rest.end(), rest.end()), f"\n{margin}{entry}"),)
    return ((Stretch(home, key.start, key.start), f"{entry}\n{margin}"),)
