"""Takes an item out of its list. The list stays one, and so does what is said beside its neighbours."""

from __future__ import annotations

import re

from telelens_schemas.specification.edits import Stretch, removal
from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.parts import NamedFix, Where
from telelens_schemas.specification.source import Place

_DASH = re.compile(r" *-\s+")
_COLON = re.compile(r"[ \t]*:(?:[ \t]+[&!]\S+)*")
_NOTHING = re.compile(r"[ \t]*(?:#[^\n]*?)?\r?(?:\n|\Z)")
_NOTHING_OR_ALIAS = re.compile(r"(?:[ \t]*:[ \t]*\*\S+)?" + _NOTHING.pattern)
_BRACKET_OR_COMMA = re.compile(r"\s*([,\]])[ \t]*")
_NEEDED = re.compile(r"\{\{-?\s*(?:if|else|end|range|with|define|block|\$)")
"""Actions that others lean on: the rest of a block, or a variable that is declared here."""


def item_removal(title: str, item: Node, place: Place) -> tuple[NamedFix, ...]:
    """A fix that takes ``item`` out of the list at ``place``, or out of the mapping of names that older versions have
    there; nothing where something else leans on what would go."""
    key, around = place.key_node, place.value_node
    assert isinstance(key, Scalar)
    if isinstance(around, Entries):
        pair = next(((name, value) for name, value in around.pairs if value is item or name is item), None)
        return tuple((title, edits) for _, edits in (removal(*pair) if pair is not None else ()))
    if not isinstance(around, Items) or _is_leant_on(item):
        return ()
    if _is_bracketed(item, around):
        stretch = _within_brackets(item)
        return ((title, ((stretch, ""),)),) if stretch is not None else ()
    lines = _lines(item)
    if lines is None:
        return ()
    if len(around.items) > 1:
        return ((title, ((lines, ""),)),)
    colon = _COLON.match(key.home.text, key.end)
    if colon is None or _NOTHING.match(key.home.text, colon.end()) is None:
        return ()
    # A root without its key might be no specification any more, and a key without a value is no list.
    return ((title, ((Stretch(key.home, colon.end(), colon.end()), " []"), (lines, ""))),)


def _is_leant_on(item: Node) -> bool:
    anchors = item.home.anchors.values()
    return (
        any(one.home.is_within(item.home) for one in anchors)
        or any(one.home is item.home and item.start <= one.start < item.end for one in anchors)
        or _NEEDED.search(item.home.text, item.start, item.end) is not None
    )


def _is_bracketed(item: Node, around: Items) -> bool:
    return item.home is around.home and around.home.text[around.start : around.start + 1] == "["


def _lines(item: Node) -> Where | None:
    """From that of its dash, if it shares them with nothing."""
    home, text = item.home, item.home.text
    line = home.start_of_line(item.start)
    if line and not text[line : item.start].strip():
        line = home.start_of_line(line - 1)
    rest = _NOTHING_OR_ALIAS.match(text, item.end)
    if rest is None or _DASH.fullmatch(text, line, item.start) is None:
        return None
    return Stretch(home, line, rest.end())


def _within_brackets(item: Node) -> Where | None:
    """With its comma: the one behind it, or, of the last one in a line, the one before."""
    home, text = item.home, item.home.text
    line = home.start_of_line(item.start)
    head = text[line : item.start].rstrip()
    behind = _BRACKET_OR_COMMA.match(text, item.end)
    if behind is None or (head and head[-1] not in "[,"):
        return None
    end = behind.end() if behind[1] == "," else item.end
    rest = _NOTHING.match(text, end)
    if not head and rest is not None:
        return Stretch(home, line, rest.end())
    if behind[1] == "]" and head.endswith(","):
        return Stretch(home, line + len(head) - 1, end)
    return Stretch(home, item.start, end)
