"""Sets of characters: ``[a-z]``, ``[^/]``, ``[[:alpha:]]``, ``\\d``."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Final

from telelens_schemas.matching.nodes import Class, written

if TYPE_CHECKING:
    from telelens_schemas.matching.parser import Reader

_BLANKS: Final = "\\t\\x0c\\x20"
"""\\s of RE2 without line breaks; PCRE2's has one more character."""
_WORD: Final = "0-9A-Za-z_"
SHORTHANDS: Final = {
    "d": Class("0-9", "0"),
    "D": Class("0-9", "a", negated=True),
    "w": Class(_WORD, "a"),
    "W": Class(_WORD, "-", negated=True),
    "s": Class(_BLANKS, " "),
    "S": Class(_BLANKS, "a", negated=True),
}
_ALNUM = string.ascii_letters + string.digits
_GRAPH = _ALNUM + string.punctuation
_CONTROLS = "".join(map(chr, (*range(32), 127)))
_POSIX: Final = {
    "alnum": _ALNUM,
    "alpha": string.ascii_letters,
    "ascii": f"{_GRAPH} {_CONTROLS}",
    "blank": " \t",
    "cntrl": _CONTROLS,
    "digit": string.digits,
    "graph": _GRAPH,
    "lower": string.ascii_lowercase,
    "print": f"{_GRAPH} ",
    "punct": string.punctuation,
    "space": " \t\v\f",
    "upper": string.ascii_uppercase,
    "word": f"{_ALNUM}_",
    "xdigit": string.hexdigits,
}


def shorthand(char: str) -> Class:
    """What ``\\`` and ``char`` stand for outside of brackets."""
    return SHORTHANDS[char]


def read_class(reader: Reader) -> Class:
    """After the ``[``. Raises PatternError."""
    opened = reader.at - 1
    negated = reader.peek("^")
    reader.at += negated
    parts: list[str] = []
    members: set[str] = set()
    first = True
    while first or not reader.peek("]"):
        first = False
        if reader.at >= len(reader.text):
            reader.at = opened
            raise reader.error("has a [ without its ]", "for the character itself: \\[")
        if reader.peek("[:"):
            parts.append(_posix(reader, members))
            continue
        char = reader.next()
        if char == "\\":
            char = reader.next()
            if char in SHORTHANDS:
                parts.append(_in_class(reader, char, members))
                continue
            char = reader.escaped(char)
        last = _range_end(reader, char)
        parts.append(written(char) if last == char else f"{written(char)}-{written(last)}")
        members.update(chr(code) for code in range(ord(char), ord(last) + 1))
    reader.at += 1
    return Class("".join(parts), _example(members, negated=negated), negated)


def _range_end(reader: Reader, first: str) -> str:
    if not reader.peek("-") or reader.peek("-]") or reader.at + 1 == len(reader.text):
        return first
    reader.at += 1
    last = reader.next()
    if last == "\\":
        last = reader.escaped(reader.next())
    if last == "[" and reader.peek(":"):
        raise reader.error("has a range that ends in a class of characters")
    if last < first:
        raise reader.error(f"has the range {first}-{last}, whose end is before its beginning")
    return last


def _in_class(reader: Reader, char: str, members: set[str]) -> str:
    if char.isupper():
        raise reader.error(
            f"has \\{char} within brackets", f"write the set without it, or \\{char} outside of brackets"
        )
    members.update(one for one in map(chr, range(32, 127)) if re.match(SHORTHANDS[char].pcre(), one))
    return SHORTHANDS[char].body


def _posix(reader: Reader, members: set[str]) -> str:
    end = reader.text.find(":]", reader.at)
    written_name = reader.text[reader.at + 2 : max(end, 0)]
    name = written_name.removeprefix("^")
    if end < 0 or name not in _POSIX:
        raise reader.error(f'has the unknown class "[:{name}:]"', f"known: {', '.join(_POSIX)}")
    reader.at = end + 2
    everything = set(map(chr, range(256))) - {"\r", "\n"}
    found = everything.intersection(_POSIX[name])
    if written_name != name:
        found = everything - found
    members |= {char for char in found if " " <= char <= "~"}
    return _ranges(found)


def _ranges(chars: set[str]) -> str:
    codes = sorted(map(ord, chars))
    begins = [code for code in codes if code == 0 or chr(code - 1) not in chars]
    ends = [code for code in codes if chr(code + 1) not in chars]
    return "".join(f"\\x{begin:02x}-\\x{end:02x}" for begin, end in zip(begins, ends, strict=True))


def _example(members: set[str], *, negated: bool) -> str:
    if not negated:
        return min(members, default="", key=lambda char: (not char.isalnum(), char))
    return next((char for char in f"ab0/-_.~:{_GRAPH} " if char not in members), "")
