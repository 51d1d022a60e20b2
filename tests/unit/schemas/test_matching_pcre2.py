"""Patterns mean to PCRE2, which the agent's engine searches with, what RE2 means by them: random ones, by both."""

from __future__ import annotations

import ctypes

import pytest
import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st
from telelens_schemas.matching import PatternError
from telelens_schemas.matching.engine import engine_pattern
from telelens_schemas.matching.parser import parse
from telelens_schemas.resources import HeaderMatch, Match
from unit.schemas.test_matching_re2 import PATTERN, VALUE

NO_MATCH, LIMIT_REACHED = -1, -47
"""PCRE2_ERROR_NOMATCH and PCRE2_ERROR_MATCHLIMIT of pcre2.h."""


class Pcre2:
    """The library, as far as it is asked here."""

    def __init__(self, library: ctypes.CDLL) -> None:
        size, pointer = ctypes.c_size_t, ctypes.c_void_p
        self._compile, self._match, self._room, self._free_room, self._free = (
            library[f"pcre2_{name}_8"]
            for name in ("compile", "match", "match_data_create_from_pattern", "match_data_free", "code_free")
        )
        self._compile.restype = self._room.restype = pointer
        self._compile.argtypes = [ctypes.c_char_p, size, ctypes.c_uint32, pointer, pointer, pointer]
        self._match.argtypes = [pointer, ctypes.c_char_p, size, size, ctypes.c_uint32, pointer, pointer]
        self._room.argtypes = [pointer, pointer]
        self._free_room.argtypes = self._free.argtypes = [pointer]

    def search(self, pattern: str, texts: list[str]) -> list[int]:
        """What pcre2_match returns for each text: below 0 where it does not match."""
        error, place, written = ctypes.c_int(), ctypes.c_size_t(), pattern.encode()
        code = self._compile(written, len(written), 0, ctypes.byref(error), ctypes.byref(place), None)
        assert code, f"{pattern}: error {error.value} at {place.value}"
        room = self._room(code, None)
        found = [self._match(code, text.encode(), len(text.encode()), 0, 0, room, None) for text in texts]
        self._free_room(room)
        self._free(code)
        return found


@pytest.fixture(scope="module")
def pcre2() -> Pcre2:
    try:
        return Pcre2(ctypes.CDLL("libpcre2-8.so.0"))
    except OSError as error:
        pytest.skip(f"PCRE2 is not installed: {error}")


@settings(max_examples=500, deadline=None)
@given(PATTERN, st.lists(VALUE, min_size=4, max_size=8))
@example("a{1,3}a", ["aa", "aaaa", "aaaaa"])
@example("a{2,}a", ["aa", "aaa", "aaaa"])
def test_what_is_accepted_means_to_the_engine_what_re2_means(pcre2: Pcre2, pattern: str, values: list[str]) -> None:
    try:
        tree = parse(pattern)
    except PatternError:
        return
    sent = [
        value.strip(" ") for value in (*values, tree.sample(), tree.sample(full=True))
    ]  # as a header's value arrives
    requests = [f":port: 80\r\n:method: GET\r\n:path: /\r\n:bare: /\r\nx-dev: {value}\r\nx-z: q\r\n" for value in sent]
    wanted = engine_pattern(Match(headers=(HeaderMatch(name="x-dev", regex=pattern),)), [80])
    elsewhere = re2.compile(pattern)
    for value, found in zip(sent, pcre2.search(wanted, requests), strict=True):
        assert found >= NO_MATCH or found == LIMIT_REACHED, (pattern, value, found)
        if found != LIMIT_REACHED:
            assert (found > NO_MATCH) is (elsewhere.fullmatch(value) is not None), (pattern, value)
