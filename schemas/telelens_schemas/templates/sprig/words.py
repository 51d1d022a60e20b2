"""Words: case of letters, styles of names, abbreviations, line breaks."""

from __future__ import annotations

from collections.abc import Callable

from telelens_schemas.templates.functions import Calling, Family
from telelens_schemas.templates.sprig.characters import (
    is_digit,
    is_letter,
    is_lower,
    is_space,
    is_title,
    is_upper,
    runes,
    to_lower,
    to_title,
    to_upper,
)
from telelens_schemas.templates.sprig.naming import pascal_case, separated
from telelens_schemas.templates.values import from_bytes, to_bytes

WORDS = Family()
function = WORDS.function


@function("title", "text string", "string", "Every word with a capital.")
def title(calling: Calling, text: str) -> str:
    return _firsts(calling, text, _separates, to_title)


@function("untitle", "text string", "string", "Every word with a small first letter.")
def untitle(calling: Calling, text: str) -> str:
    return _firsts(calling, text, is_space, to_lower)


def _firsts(calling: Calling, text: str, separates: Callable[[str], bool], change: Callable[[str], str]) -> str:
    """The text with the first character of each word changed."""
    calling.budget.step(len(text) // 8)
    characters = runes(text)
    pairs = zip(" " + characters, characters, strict=False)
    return "".join(change(char) if separates(before) and not is_space(char) else char for before, char in pairs)


def _separates(char: str) -> bool:
    """Whether a word may begin after this; an apostrophe counts, an underscore does not."""
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return not (is_letter(char) or is_digit(char)) and is_space(char)


@function("swapcase", "text string", "string", "Capitals as small letters and the other way round.")
def swapcase(calling: Calling, text: str) -> str:
    calling.budget.step(len(text) // 8)
    swapped: list[str] = []
    after_space = True
    for char in runes(text):
        if is_upper(char) or is_title(char):
            swapped.append(to_lower(char))
            after_space = False
        elif is_lower(char):
            swapped.append(to_title(char) if after_space else to_upper(char))
            after_space = False
        else:
            swapped.append(char)
            after_space = is_space(char)
    return "".join(swapped)


@function("camelcase", "text string", "string", "A name in words with capitals: http_server as HttpServer.")
def camelcase(calling: Calling, text: str) -> str:
    calling.budget.step(len(text) // 8)
    return pascal_case(runes(text))


@function("snakecase", "text string", "string", "A name in small words with _ between: FirstName as first_name.")
def snakecase(calling: Calling, text: str) -> str:
    calling.budget.step(len(text) // 8)
    return separated(text, "_")


@function("kebabcase", "text string", "string", "A name in small words with - between: FirstName as first-name.")
def kebabcase(calling: Calling, text: str) -> str:
    calling.budget.step(len(text) // 8)
    return separated(text, "-")


@function(
    "abbrev",
    "width int, text string",
    "string",
    "The text in so many bytes, the last of them dots where it was longer.",
)
def abbrev(calling: Calling, width: int, text: str) -> str:
    return text if width < 4 else from_bytes(_abbreviated(to_bytes(text), 0, width))


@function(
    "abbrevboth",
    "left int, right int, text string",
    "string",
    "The text from left on in right bytes, with dots on both sides.",
)
def abbrevboth(calling: Calling, left: int, right: int, text: str) -> str:
    if right < 4 or (left > 0 and right < 7):
        return text
    return from_bytes(_abbreviated(to_bytes(text), left, right))


def _abbreviated(data: bytes, offset: int, width: int) -> bytes:
    """``width`` bytes around ``offset``, at least 4, or at least 7 where the beginning is cut off, too."""
    if len(data) <= width:
        return data
    shown = width - 3
    offset = min(offset, len(data), len(data) - shown)
    if offset <= 4:
        return data[:shown] + b"..."
    if offset + shown < len(data):
        return b"..." + _abbreviated(data[offset:], 0, shown)
    return b"..." + data[len(data) - shown :]


@function(
    "wrap", "width int, text string", "string", "The text in lines of at most so many bytes; longer words stay whole."
)
def wrap(calling: Calling, width: int, text: str) -> str:
    return _wrapped(calling, text, width, "\n", cut_words=False)


@function(
    "wrapWith",
    "width int, separator string, text string",
    "string",
    "The text in lines with this between; longer words are cut.",
)
def wrap_with(calling: Calling, width: int, separator: str, text: str) -> str:
    return _wrapped(calling, text, width, separator or "\n", cut_words=True)


def _wrapped(calling: Calling, text: str, width: int, separator: str, *, cut_words: bool) -> str:
    data, width = to_bytes(text), max(width, 1)
    between = to_bytes(separator)
    calling.budget.memory(len(data))
    lines: list[bytes] = []
    start = 0
    while len(data) - start > width:
        calling.budget.step()
        if data[start : start + 1] == b" ":
            start += 1
            continue
        end = data.rfind(b" ", start, start + width + 1)
        skipped = 1
        if end < 0 and cut_words:
            end, skipped = start + width, 0
        elif end < 0:
            end = data.find(b" ", start + width)
        if end < 0:
            break
        calling.budget.memory(len(between))
        lines.append(data[start:end])
        start = end + skipped
    return from_bytes(between.join([*lines, data[start:]]))
