"""Lines of a fragment are counted only as far as somebody asks, and are the same however they were asked for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from telelens_schemas.specification.fragments import Fragment

TEXTS = st.text(st.sampled_from("a\n\r \u2028😋"), max_size=40)


@given(TEXTS, st.data())
def test_places_do_not_depend_on_what_was_asked_before(text: str, data: st.DataObject) -> None:
    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]
    fragment = Fragment(text)
    for offset in data.draw(st.lists(st.integers(0, len(text)), max_size=6)):
        line = sum(start <= offset for start in starts)
        found = fragment.exact_range(offset, offset)
        assert (found.line, found.column) == (line, offset - starts[line - 1] + 1)
        assert fragment.start_of_line(offset) == starts[line - 1]
    assert fragment.starts == starts
