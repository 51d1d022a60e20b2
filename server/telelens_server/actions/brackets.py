"""Where a bracket that was left open is to be closed, and with it those around it."""

from __future__ import annotations

from dataclasses import dataclass

from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.templates import find_actions, mask
from telelens_schemas.specification.tree import parse

from telelens_server.documents import Document
from telelens_server.rows import Form

CLOSING = {"{": "}", "[": "]"}
_BEFORE_QUOTES = " \t\r\n[{,:"


@dataclass(frozen=True, slots=True)
class _LeftOpen:
    """Offsets of brackets, and behind the last word that they can hold; ``is_all``: nothing behind it closes one."""

    opened: list[int]
    end: int
    is_all: bool


def closing(document: Document, line: int, column: int) -> tuple[int, str] | None:
    """Where in the text the bracket would end that stands in a line and column, both 0-based, and what ends it there:
    with it all that are around it, if none of them ends either. ``None`` where that cannot be known: what it would hold
    then is not whole."""
    source = document.text.source
    text = mask(source, find_actions(source))
    begin = document.text.line_starts[document.rows.head(line)]
    start = document.text.line_starts[line] + column
    found = _left_open(text, begin, _end_of_lines(document, line))
    if found is None or not found.opened or found.opened[-1] != start:
        return None
    closed = found.opened if found.is_all else found.opened[-1:]
    signs = "".join(CLOSING[text[one]] for one in reversed(closed))
    held = parse(text[closed[0] : found.end] + signs).documents[0]
    is_whole = all(one.broken is None for one in held.troubled)
    return (found.end, signs) if is_whole and _is_meant(held.root) else None


def _is_meant(held: Node | None) -> bool:
    """In YAML a mapping may be a key, too, and a list may hold pairs without braces: then words of what is around the
    bracket were taken for its own."""
    if isinstance(held, Entries):
        return all(isinstance(key, Scalar) for key, _ in held.pairs)
    pairs = [one for one in held.items if isinstance(one, Entries)] if isinstance(held, Items) else []
    return all(one.home.text[one.start] == "{" for one in pairs)


def _end_of_lines(document: Document, line: int) -> int:
    """Of those that stand deeper than the key or the dash to which the bracket belongs."""
    rows, text = document.rows, document.text
    above = rows.rows[rows.head(line)].keys_at
    number = line + 1
    while number < len(rows.rows):
        row = rows.rows[number]
        if row.form is Form.SEPARATOR:
            break
        is_text = row.form not in (Form.BLANK, Form.COMMENT)
        if is_text and row.indent <= above and text.line(number).lstrip()[:1] not in ("}", "]"):
            break
        number += 1
    return text.line_starts[number] if number < len(rows.rows) else len(text.source)


def _left_open(text: str, at: int, stop: int) -> _LeftOpen | None:
    """Those that begin in a stretch, up to one that closes another; ``None``: a quote is open, too."""
    opened: list[int] = []
    end = at
    while at < stop:
        sign = text[at]
        if sign in "'\"" and text[at - 1] in _BEFORE_QUOTES:
            at = text.find(sign, at + 1, stop)
            if at < 0:
                return None
        elif sign == "#" and text[at - 1] in " \t\r\n":
            line_end = text.find("\n", at, stop)
            at = line_end if line_end >= 0 else stop
            continue
        elif sign in CLOSING:
            opened.append(at)
        elif sign in CLOSING.values():
            if not opened or CLOSING[text[opened[-1]]] != sign:
                return _LeftOpen(opened, end, is_all=False)
            opened.pop()
        at += 1
        if not sign.isspace():
            end = at
    return _LeftOpen(opened, end, is_all=True)
