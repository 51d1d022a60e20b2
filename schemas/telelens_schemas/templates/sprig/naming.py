"""Styles of names: ``HTTPServer``, ``http_server``, ``http-server``.

The rules are those of Go's xstrings, found by trying; numbers are what is hard about them: ``http2xx`` is ``http_2xx``,
``Bld4Floor3rd`` is ``bld4_floor_3rd``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from telelens_schemas.templates.sprig.characters import (
    is_alphabetic,
    is_number,
    is_punctuation,
    is_space,
    is_upper,
    to_lower,
    to_upper,
)

Sort = Literal["number", "capitals", "letters", "connector", "punctuation", "other", "end"]


@dataclass(frozen=True, slots=True)
class _Word:
    sort: Sort
    text: str = ""


_END = _Word("end")


def is_connector(char: str) -> bool:
    return char in "-_" or is_space(char)


def separated(text: str, connector: str) -> str:
    """Words in small letters with the connector between."""
    return "".join(_Separation(text, connector).pieces())


class _Separation:
    """One pass over the words of a text."""

    def __init__(self, text: str, connector: str) -> None:
        self._words = _words(text)
        self._connector = connector
        self._word = next(self._words, _END)
        self._next = next(self._words, _END)

    def pieces(self) -> Iterator[str]:
        while self._next is not _END:
            word = self._word
            if word.sort != "connector":
                yield self._lowered(word)
            self._advance()
            if word.sort == "connector":
                yield self._lowered(word)
            elif word.sort == "number":
                yield from self._rest_of_number()
                if self._begins_word():
                    yield self._connector
            elif word.sort != "punctuation":
                yield from self._after_letters()
        yield self._lowered(self._word)

    def _after_letters(self) -> Iterator[str]:
        """Whether a number belongs to the word before it or begins one of its own is told by what follows it."""
        if self._word.sort != "number":
            if self._word.sort not in ("connector", "punctuation"):
                yield self._connector
            return
        if self._next is _END:
            return
        number = self._word
        self._advance()
        following = self._word
        if following.sort != "letters":
            yield number.text
            if following.sort not in ("connector", "punctuation"):
                yield self._connector
            return
        yield self._connector
        yield number.text
        yield from self._rest_of_number()
        if self._begins_word():
            yield self._connector

    def _rest_of_number(self) -> Iterator[str]:
        while self._word.sort in ("letters", "number"):
            yield self._word.text
            self._advance()

    def _begins_word(self) -> bool:
        return self._word.sort not in ("end", "punctuation", "connector")

    def _advance(self) -> None:
        self._word, self._next = self._next, next(self._words, _END)

    def _lowered(self, word: _Word) -> str:
        if word.sort not in ("capitals", "connector"):
            return word.text
        return "".join(self._connector if is_connector(char) else _lower_capital(char) for char in word.text)


def _lower_capital(char: str) -> str:
    return to_lower(char) if is_upper(char) else char


def _words(text: str) -> Iterator[_Word]:
    at = 0
    while at < len(text):
        sort, end = _next_word(text, at)
        yield _Word(sort, text[at:end])
        at = end


def _next_word(text: str, at: int) -> tuple[Sort, int]:
    char = text[at]
    if is_connector(char):
        return "connector", _while(text, at, is_connector)
    if is_punctuation(char):
        return "punctuation", _while(text, at, is_punctuation)
    if is_upper(char):
        return "capitals", _end_of_capitals(text, at)
    if is_alphabetic(char):
        return "letters", _while(text, at, _is_small)
    if is_number(char):
        return "number", _while(text, at, is_number)
    return "other", _while(text, at, _is_other)


def _end_of_capitals(text: str, at: int) -> int:
    """Of ``HTTPServer`` the S belongs to the second word."""
    end = _while(text, at, is_upper)
    if end - at == 1:
        return _while(text, at, _is_small)
    return end - 1 if end < len(text) and is_alphabetic(text[end]) else end


def _is_small(char: str) -> bool:
    return is_alphabetic(char) and not is_upper(char)


def _is_other(char: str) -> bool:
    return not (is_connector(char) or is_alphabetic(char) or is_number(char) or is_punctuation(char))


def _while(text: str, at: int, belongs: Callable[[str], bool]) -> int:
    at += 1
    while at < len(text) and belongs(text[at]):
        at += 1
    return at


def pascal_case(text: str) -> str:
    """``some_words`` as ``SomeWords``; connectors at the beginning stay, and of several in a row all but one."""
    start = next((index for index, char in enumerate(text) if not is_connector(char)), None)
    if start is None:
        return text + text[-1:]  # the last connector comes twice, as xstrings has it
    kept = [text[:start]]
    falling = is_upper(text[start])  # within a word in capitals
    before = to_upper(text[start])
    for char in text[start + 1 :]:
        current = char
        if is_connector(before):
            if is_connector(char):
                kept.append(before)
                before = char
                continue
            falling = is_upper(char)
            current = to_upper(char)
        else:
            if falling:
                falling = is_upper(char)
                current = to_lower(char) if falling else char
            kept.append(before)
        before = current
    return "".join([*kept, before])
