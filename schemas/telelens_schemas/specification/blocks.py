"""Cuts a block of YAML where its lines alone show the joints: the entries of a mapping, the items of a list.

Knows indentation and nothing else. Where the lines are not as plain as that, it says so and the block stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

_FIRST = re.compile(r"^( *)([^ \r\n#])", re.MULTILINE)
_DASH = re.compile(r"-(?=[ \t\r\n]|\Z)")
_KEY = re.compile(r"((?:\"[^\"\\\n]*\"|'[^'\n]*'|[\w.$/<][^:\n#\"'\[\]{}]*))[ \t]*:(?=[ \t\r\n]|\Z)")
_HEADER = re.compile(_KEY.pattern + r"[ \t]*(?:#[^\n]*)?\r?\n")
_OTHER_LINE_ENDS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
# A block scalar that says its own indentation means another column once its dash is hidden.
_COUNTED_SCALAR = re.compile(r"-[ \t]+[|>][-+]?[1-9]")
_SEPARATOR_LINE = re.compile(r"---[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_PLAIN_ENTRY = re.compile(_KEY.pattern + r"[ \t]+[\w./][^\n#\"'\[\]{}|>&*!:]*\r?\n")
_LONE_WORD = re.compile(r"[\w.-]+[ \t]*(?:#[^\n]*)?\r?\n")
_REST = re.compile(r"[^\s:,\[\]{}#][^\r\n:#]*")


class Joints(Enum):
    """At what a block is cut."""

    ENTRIES = auto()
    ITEMS = auto()
    HEADER = auto()
    """A single entry, whose value stands in the lines below its key."""


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``start`` to ``end``; ``hidden`` is the offset of a dash that its parser must not see."""

    start: int
    end: int
    hidden: int | None = None
    misfit: tuple[int, int] | None = None
    """Where its first word stands, if that can be neither entry nor item here."""
    is_misplaced: bool = False
    """By its indentation."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block that was cut. ``start`` and ``end`` of its first word or, of a header, its key."""

    joints: Joints
    indent: int
    start: int
    end: int
    pieces: tuple[Piece, ...]


def has_other_line_ends(text: str) -> bool:
    """Whether YAML sees lines where this module does not."""
    if text.isascii() and "\r" not in text:
        return False
    return _OTHER_LINE_ENDS.search(text) is not None


def without_separator(text: str) -> str:
    """A document's own ``---`` hidden, where it has its line to itself."""
    return "   " + text[3:] if _SEPARATOR_LINE.match(text) else text


def cut(text: str) -> Block | None:
    """The block's pieces; ``None`` where it has to stay whole."""
    first = _FIRST.search(text)
    if first is None:
        return None
    indent, at = len(first[1]), first.start(2)
    is_list = _DASH.match(text, at) is not None
    if not is_list and _KEY.match(text, at) is None and not _is_half_typed(text, at, indent):
        return None
    starts = list(_starts(text, first.start(), indent, is_list))
    if indent and len(starts) > 1 and all(_KEY.match(text, start) for start in starts[1:]):
        # A document whose first key alone is indented: that one does not fit, and not all the others.
        others = tuple(_piece(text, *ends, 0, is_list=False) for ends in pairwise([*starts[1:], len(text)]))
        misfit = Piece(first.start(), starts[1], misfit=_word_at(text, at), is_misplaced=True)
        return Block(Joints.ENTRIES, 0, at, at + 1, (misfit, *others))
    if is_list or len(starts) > 1:
        ends = [*starts[1:], len(text)]
        pieces = tuple(_piece(text, start, end, indent, is_list) for start, end in zip(starts, ends, strict=True))
        if any(piece.hidden is not None and _COUNTED_SCALAR.match(text, piece.hidden) for piece in pieces):
            return None
        return Block(Joints.ITEMS if is_list else Joints.ENTRIES, indent, at, at + 1, pieces)
    header = _HEADER.match(text, at)
    if header is None:
        pieces = _with_a_key_too_deep(text, first.start(), at)
        return Block(Joints.ENTRIES, indent, at, at + 1, pieces) if pieces else None
    if _FIRST.search(text, header.end()) is None:
        return None
    key = header[1].rstrip()
    return Block(Joints.HEADER, indent, at, at + len(key), (Piece(header.end(), len(text)),))


def _is_half_typed(text: str, at: int, indent: int) -> bool:
    """Whether a word stands alone on its line, and a key below it: nothing but a key that is being typed."""
    word = _LONE_WORD.match(text, at)
    below = _FIRST.search(text, word.end()) if word is not None else None
    return below is not None and len(below[1]) == indent and _KEY.match(text, below.start(2)) is not None


def _with_a_key_too_deep(text: str, start: int, at: int) -> tuple[Piece, ...]:
    """An entry whose plain value ends with its line, and what stands too deep below it; nothing: that is no key."""
    line = _PLAIN_ENTRY.match(text, at)
    below = _FIRST.search(text, line.end()) if line is not None else None
    if line is None or below is None or below.start() != line.end() or _KEY.match(text, below.start(2)) is None:
        return ()
    misfit = _word_at(text, below.start(2))
    return (Piece(start, line.end()), Piece(line.end(), len(text), misfit=misfit, is_misplaced=True))


def _starts(text: str, first: int, indent: int, is_list: bool) -> Iterator[int]:
    """Line starts at which a piece begins: those that stand no deeper than the first."""
    yield first
    # What begins with a certain character is found several times as quickly as what begins with ``^``.
    for found in re.compile(rf"\n {{0,{indent}}}+(?=[^\s#])").finditer(text, first):
        start, at = found.start() + 1, found.end()
        if text[at] in "]}":
            continue
        if not is_list and at - start == indent and _DASH.match(text, at):
            continue  # a list may stand as deep as the key that it belongs to
        yield start


def _piece(text: str, start: int, end: int, indent: int, is_list: bool) -> Piece:
    at = start
    while text[at] == " ":
        at += 1
    is_dedented = at - start < indent
    fits = not is_dedented and ((_DASH if is_list else _KEY_OR_UNUSUAL).match(text, at) is not None)
    if fits:
        return Piece(start, end, hidden=at if is_list else None)
    return Piece(start, end, misfit=_word_at(text, at), is_misplaced=is_dedented)


def _word_at(text: str, at: int) -> tuple[int, int]:
    word = _REST.match(text, at)
    return at, at + len(word[0].rstrip()) if word is not None else at + 1


# Whatever begins with a sign may be a key that this module does not understand: the parser shall say.
_KEY_OR_UNUSUAL = re.compile(_KEY.pattern + r"|[^\w]|[^\n]*:")
