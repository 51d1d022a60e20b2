"""Sets of characters: ``[a-z]``, ``[^/]``, ``[[:alpha:]]``, ``\\d``."""

from __future__ import annotations

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
_POSIX: Final = (
    *("alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph"),
    *("lower", "print", "punct", "space", "upper", "word", "xdigit"),
)


def shorthand(char: str) -> Class:
    """What ``\\`` and ``char`` stand for outside of brackets."""
    return SHORTHANDS[char]


def read_class(reader: Reader) -> Class:
    """After the ``[``. Raises PatternError."""
    negated = reader.peek("^")
    reader.at += negated
    parts: list[str] = []
    members: set[str] = set()
    may_break = False
    first = True
    while first or not reader.peek("]"):
        first = False
        if reader.peek("[:"):
            parts.append(_posix(reader, members))
            may_break = True
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
    return Class("".join(parts), _example(members, negated=negated), negated, may_break and not negated)


def _range_end(reader: Reader, first: str) -> str:
    if not reader.peek("-") or reader.peek("-]"):
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
    members.add(SHORTHANDS[char].example)
    return SHORTHANDS[char].body


def _posix(reader: Reader, members: set[str]) -> str:
    end = reader.text.find(":]", reader.at)
    name = reader.text[reader.at + 2 : max(end, 0)].removeprefix("^")
    if end < 0 or name not in _POSIX:
        raise reader.error(f'has the unknown class "[:{name}:]"', f"known: {', '.join(_POSIX)}")
    found = reader.text[reader.at : end + 2]
    reader.at = end + 2
    members.add({"digit": "0", "xdigit": "0", "upper": "A", "punct": "-", "space": " ", "blank": " "}.get(name, "a"))
    return found


def _example(members: set[str], *, negated: bool) -> str:
    if not negated:
        return min(members, default="", key=lambda char: (not char.isalnum(), char))
    return next((char for char in "ab0-/_.~:A" if char not in members), "")
