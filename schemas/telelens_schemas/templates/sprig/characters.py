"""Characters as Go's ``unicode`` sees them: one to one mappings of case, and its own idea of a space.

Python's ``upper`` makes two letters of ``ß``, and its ``strip`` takes four control characters that Go keeps.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

SPACES: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
REPLACEMENT: Final = "\ufffd"
_CJK: Final = (("\u4e00", "\u9fcc"), ("\u3400", "\u4d85"), ("\U00020000", "\U0002b81d"))


def runes(text: str) -> str:
    """The text with what is not UTF-8 replaced, as Go does when it walks over characters."""
    if text.isascii():
        return text
    return "".join(REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)


def is_space(char: str) -> bool:
    return char in SPACES


def is_upper(char: str) -> bool:
    return unicodedata.category(char) == "Lu"


def is_lower(char: str) -> bool:
    return unicodedata.category(char) == "Ll"


def is_title(char: str) -> bool:
    return unicodedata.category(char) == "Lt"


def is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] == "L"


def is_digit(char: str) -> bool:
    return unicodedata.category(char) == "Nd"


def is_number(char: str) -> bool:
    return unicodedata.category(char)[0] == "N"


def is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] == "P"


def is_alphabetic(char: str) -> bool:
    """A letter of a script that has words, which leaves CJK out."""
    return is_letter(char) and not any(first <= char <= last for first, last in _CJK)


def to_upper(char: str) -> str:
    return _single(char, str.upper)


def to_title(char: str) -> str:
    return _single(char, str.title)


def to_lower(char: str) -> str:
    return char.lower()[0]


def _single(char: str, change: Callable[[str], str]) -> str:
    """Where several letters would come, Unicode's simple mapping has the titlecase letter, if there is one."""
    changed = change(char)
    if len(changed) == 1:
        return changed
    titled = char.title()
    return titled if len(titled) == 1 else char


def upper(text: str) -> str:
    return text.upper() if text.isascii() else "".join(map(to_upper, runes(text)))


def lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(map(to_lower, runes(text)))
