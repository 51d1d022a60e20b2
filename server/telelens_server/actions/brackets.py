"""Where a bracket that was left open is to be closed."""

from __future__ import annotations

from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.templates import find_actions, mask
from telelens_schemas.specification.tree import parse

from telelens_server.documents import Document
from telelens_server.rows import Form

CLOSING = {"{": "}", "[": "]"}
_BEFORE_QUOTES = " \t\r\n[{,:"


def closing_offset(document: Document, line: int, column: int) -> int | None:
    """Where in the text the bracket would end that stands in a line and column, both 0-based; ``None`` where that
    cannot be known: what it would hold then is not whole."""
    source = document.text.source
    text = mask(source, find_actions(source))
    start = document.text.line_starts[line] + column
    end = _end(text, start, _end_of_lines(document, line))
    if end is None:
        return None
    held = parse(text[start:end] + CLOSING[text[start]]).documents[0]
    is_whole = all(one.broken is None for one in held.troubled)
    return end if is_whole and _is_meant(held.root) else None


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


def _end(text: str, start: int, stop: int) -> int | None:
    """Behind the last word that the bracket can hold: before a bracket that closes another one, or before ``stop``."""
    opened: list[str] = []
    at = end = start
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
            opened.append(CLOSING[sign])
        elif sign in CLOSING.values():
            if opened[-1] != sign:
                return end if len(opened) == 1 else None
            opened.pop()
            if not opened:
                return None
        at += 1
        if not sign.isspace():
            end = at
    return end if len(opened) == 1 else None
