"""Patterns mean what RE2 means by them: random ones, by its own library."""

from __future__ import annotations

import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st
from telelens_schemas.matching import PatternError, check_pattern
from telelens_schemas.matching.parser import parse

PLAIN = st.sampled_from(list("abAB01-_./ ~:@"))
ESCAPED = st.sampled_from([r"\.", r"\\", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\-", r"\x61", r"\x{41}", r"\/"])
CLASS = st.builds(
    lambda no, parts: f"[{no}{''.join(parts)}]",
    st.sampled_from(["", "^"]),
    st.lists(
        st.sampled_from(
            ["a", "b-d", "0-9", "A-Z", r"\d", r"\w", "[:alpha:]", "[:^digit:]", r"\.", r"\]", "^", "-", "."]
        ),
        min_size=1,
        max_size=3,
    ),
)
ATOM = st.one_of(PLAIN, PLAIN, ESCAPED, CLASS, st.sampled_from([".", r"\b", r"\B"]))
REPEAT = st.sampled_from(["", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,3}", "{0,}", "{2,}", "{2,2}?"])


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds(lambda how, text: f"({how}{text})", st.sampled_from(["", "?:", "?i:", "?P<n>"]), inner)
    piece = st.builds(lambda one, how: one + how, st.one_of(inner, group), REPEAT)
    several = st.lists(piece, min_size=1, max_size=3).map("".join)
    return st.one_of(several, st.builds(lambda one, other: f"{one}|{other}", several, several))


PATTERN = st.recursive(st.builds(lambda one, how: one + how, ATOM, REPEAT), _joined, max_leaves=6)
VALUE = st.text(alphabet="abcdAB019-_./ ~:@\\]^", max_size=8)


@settings(max_examples=500, deadline=None)
@given(PATTERN, st.lists(VALUE, min_size=4, max_size=8))
@example("^a|b$", ["a", "b", "ab", ""])
@example("[^a-]", ["-", "a", "b", ""])
def test_what_is_accepted_means_what_re2_means(pattern: str, values: list[str]) -> None:
    try:
        check_pattern(pattern)
    except PatternError:
        return
    elsewhere = re2.compile(pattern)
    tree = parse(pattern)
    for value in [*values, tree.sample()]:
        assert tree.matches(value) is (elsewhere.fullmatch(value) is not None), (pattern, value)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab(){}[]*+?|\\^$.-,:<>=!Pid019 ", max_size=10))
def test_nothing_is_accepted_that_re2_refuses(pattern: str) -> None:
    try:
        check_pattern(pattern)
    except PatternError:
        return
    re2.compile(pattern)
