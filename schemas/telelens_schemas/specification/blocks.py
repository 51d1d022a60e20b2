"""Cuts a block of YAML where its lines alone show the joints: the entries of a mapping, the items of a list.

Knows indentation and nothing else. Where the lines are not as plain as that, it says so and the block stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from telelens_schemas.specification.block_texts import is_head, is_meant, text_above

_FIRST = re.compile(r"^( *)([^ \r\n#])", re.MULTILINE)
_DASH = re.compile(r"-(?=[ \t\r\n]|\Z)")
_KEY = re.compile(r"((?:\"[^\"\\\n]*\"|'[^'\n]*'|[\w.$/<][^:\n#\"'\[\]{}]*))[ \t]*:(?=[ \t\r\n]|\Z)")
_HEADER = re.compile(_KEY.pattern + r"[ \t]*(?:#[^\n]*)?\r?\n")
_OTHER_LINE_ENDS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
# A block scalar that says its own indentation means another column once its dash is hidden.
_COUNTED_SCALAR = re.compile(r"-[ \t]+[|>][-+]?[1-9]")
_SEPARATOR_LINE = re.compile(r"---[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
# Of one line, with a value that cannot go on below.
_WHOLE_ENTRY = re.compile(
    _KEY.pattern
    + r"[ \t]+(?:[\w./][^\n#\"'\[\]{}|>&*!:]*|\"[^\"\\\n]*\"|'[^'\n]*'|\{[^\n\"'\[\]{}#]*\}|\[[^\n\"'\[\]{}#]*\])"
    r"[ \t]*(?:#[^\n]*)?\r?\n"
)
_ITEM_WITH_KEY = re.compile(r"[ ]*-[ ]+" + _KEY.pattern)
# Without a colon, or without the blank behind it.
_LONE_WORD = re.compile(r"[\w.-]+(?::[^\s#:][^\n#]*)?[ \t]*(?:#[^\n]*)?\r?\n")
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
    is_clear: bool = False
    """It is misplaced, but what it belongs to is beyond doubt."""
    shallow: int | None = None
    """From where on it is text that does not stand as deep as it should."""


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
    if is_list or len(starts) > 1:
        beside = [one for one in starts if is_list or not _DASH.match(text, one + _column(text, one))]
        if _is_first_too_deep(text, beside, is_list):
            indent = _column(text, beside[1])
            starts[1:] = _starts(text, beside[1], indent, is_list)
        ends = [*starts[1:], len(text)]
        found = (_piece(text, start, end, indent, is_list) for start, end in zip(starts, ends, strict=True))
        pieces = tuple(_with_what_they_open(text, _with_their_texts(text, found), is_list))
        if any(piece.hidden is not None and _COUNTED_SCALAR.match(text, piece.hidden) for piece in pieces):
            return None
        return Block(Joints.ITEMS if is_list else Joints.ENTRIES, indent, at, at + 1, pieces)
    header = _HEADER.match(text, at)
    if header is None:
        pieces = _with_a_key_too_deep(text, first.start(), at)
        return Block(Joints.ENTRIES, indent, at, at + 1, pieces) if pieces else None
    return _header(text, header) if _FIRST.search(text, header.end()) is not None else None


def cut_slipped(text: str) -> Block | None:
    """The same of an entry that is a slip too deep, where it is the head of a list that is not."""
    first = _FIRST.search(text)
    header = _HEADER.match(text, first.start(2)) if first is not None else None
    below = _FIRST.search(text, header.end()) if header is not None else None
    if first is None or header is None or below is None or len(below[1]) != len(first[1]) - 1:
        return None
    return _header(text, header) if _DASH.match(text, below.start(2)) is not None else None


def _header(text: str, header: re.Match[str]) -> Block:
    at = header.start()
    end = at + len(header[1].rstrip())
    return Block(Joints.HEADER, _column(text, text.rfind("\n", 0, at) + 1), at, end, (Piece(header.end(), len(text)),))


def _is_half_typed(text: str, at: int, indent: int) -> bool:
    """Whether a word stands alone on its line, and a key below it: nothing but a key that is being typed."""
    word = _LONE_WORD.match(text, at)
    below = _FIRST.search(text, word.end()) if word is not None else None
    return below is not None and len(below[1]) == indent and _KEY.match(text, below.start(2)) is not None


def _with_a_key_too_deep(text: str, start: int, at: int) -> tuple[Piece, ...]:
    """An entry whose value ends with its line, and what stands too deep below it; nothing: that is no key."""
    line = _WHOLE_ENTRY.match(text, at)
    below = _FIRST.search(text, line.end()) if line is not None else None
    if line is None or below is None or below.start() != line.end() or _KEY.match(text, below.start(2)) is None:
        return ()
    misfit = _word_at(text, below.start(2))
    return (Piece(start, line.end()), Piece(line.end(), len(text), misfit=misfit, is_misplaced=True))


def _starts(text: str, first: int, indent: int, is_list: bool) -> Iterator[int]:
    """Line starts at which a piece begins: those that stand no deeper than the first, or are a slip deeper."""
    yield first
    above = first
    # What begins with a certain character is found several times as quickly as what begins with ``^``.
    for found in re.compile(rf"\n {{0,{indent + 1}}}+(?=[^\s#])").finditer(text, first):
        start, at = found.start() + 1, found.end()
        if text[at] in "]}":
            continue
        if at - start > indent and not (_is_item if is_list else _is_entry)(text, above, indent, at):
            continue
        if not is_list and at - start == indent and _DASH.match(text, at):
            continue  # a list may stand as deep as the key that it belongs to
        yield start
        above = start


def _is_item(text: str, above: int, indent: int, at: int) -> bool:
    """Whether a dash stands where nothing of the item above can: between its dash and its keys."""
    return _DASH.match(text, at) is not None and _ITEM_WITH_KEY.match(text, above) is not None


def _is_entry(text: str, above: int, indent: int, at: int) -> bool:
    """Whether a key stands where nothing of the entry above can: below a value that has ended, or between its key and
    the list or mapping that is its value."""
    if _KEY.match(text, at) is None:
        return False
    key = above + _column(text, above)
    whole = _WHOLE_ENTRY.match(text, key)
    if whole is not None:
        below = _FIRST.search(text, whole.end())
        return below is not None and below.start(2) == at
    header = _HEADER.match(text, key)
    value = _FIRST.search(text, header.end()) if header is not None else None
    if value is None:
        return False
    if _DASH.match(text, value.start(2)) is None:
        return len(value[1]) > indent + 1 and _KEY.match(text, value.start(2)) is not None
    if len(value[1]) > indent:
        return len(value[1]) > indent + 1
    # Of a list as deep as its key another key may be an item's, unless it has such a list itself.
    opened = _HEADER.match(text, at) if _ITEM_WITH_KEY.match(text, value.start()) else None
    below = _FIRST.search(text, opened.end()) if opened is not None else None
    return below is not None and len(below[1]) == indent and _DASH.match(text, below.start(2)) is not None


def _is_first_too_deep(text: str, starts: list[int], is_list: bool) -> bool:
    """Whether the first one alone does not fit, and not all the others."""
    column, least = _column(text, starts[0]), _column(text, starts[min(1, len(starts) - 1)])
    if least >= column:
        return False
    columns = [_column(text, start) for start in starts[1:]]
    others = [start + least for start, one in zip(starts[1:], columns, strict=True) if one == least]
    if min(columns) < least or any((_DASH if is_list else _KEY).match(text, at) is None for at in others):
        return False
    if len(others) > 1 or (least == 0 and not is_list):
        return True
    below = _FIRST.search(text, text.index("\n", starts[0] + column) + 1) if is_list else None
    return below is not None and below.start() < starts[1] and len(below[1]) < column + 2


def _piece(text: str, start: int, end: int, indent: int, is_list: bool) -> Piece:
    at = start + _column(text, start)
    is_dash = _DASH.match(text, at) is not None
    is_misplaced = at - start != indent
    hidden = at if is_list and is_dash else None
    if not is_misplaced and (is_dash if is_list else _KEY_OR_UNUSUAL.match(text, at) is not None):
        return Piece(start, end, hidden=hidden)
    return Piece(start, end, hidden, _word_at(text, at), is_misplaced, is_clear=at - start > indent)


def _with_their_texts(text: str, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Lines that are too shallow for the text above them are its all the same, up to the next key or item."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and last.misfit is None and _is_text(text, last, piece.start):
            last = replace(last, end=piece.end, shallow=piece.start if last.shallow is None else last.shallow)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _is_text(text: str, above: Piece, at: int) -> bool:
    if is_head(text, at):
        return False
    if above.shallow is not None:
        return True
    opened = text_above(text, above.start, at)
    return opened is not None and is_meant(text, opened, at)


def _with_what_they_open(text: str, pieces: Iterable[Piece], is_list: bool) -> Iterator[Piece]:
    """What is misplaced has what stands deeper below it, which is not wrong once more."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and last.is_misplaced and _opens(text, last, piece, is_list):
            last = replace(last, end=piece.end)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def _opens(text: str, piece: Piece, below: Piece, is_list: bool) -> bool:
    if _column(text, below.start) <= _column(text, piece.start):
        return False
    at = piece.start + _column(text, piece.start)
    if is_list:
        return below.misfit is not None or _HEADER.match(text, at) is not None
    return _DASH.match(text, at) is not None


def _column(text: str, start: int) -> int:
    at = start
    while text[at] == " ":
        at += 1
    return at - start


def _word_at(text: str, at: int) -> tuple[int, int]:
    word = _REST.match(text, at)
    return at, at + len(word[0].rstrip()) if word is not None else at + 1


# Whatever begins with a sign may be a key that this module does not understand: the parser shall say.
_KEY_OR_UNUSUAL = re.compile(_KEY.pattern + r"|[^\w]|[^\n]*:")
