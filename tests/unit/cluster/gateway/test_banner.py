"""What a page looks like with its banner, whatever pieces it comes in."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telelens_cluster.gateway.banner import MARK, Bannered


def through(*pieces: bytes) -> bytes:
    bannered = Bannered()
    return b"".join([*(out for piece in pieces for out in bannered.feed(piece)), *bannered.end()])


@pytest.mark.parametrize("body", [b"<body>", b'<BODY class="a"\n id=b>'])
def test_it_stands_at_the_beginning_of_the_body(body: bytes) -> None:
    page = through(b"<html><head></head>" + body + b"<p>hello</p></body></html>")
    head, found, rest = page.partition(MARK)
    assert found
    assert head.startswith(b"<html><head></head>" + body)
    assert rest.endswith(b"</div><p>hello</p></body></html>")
    assert page.count(MARK) == 1


@pytest.mark.parametrize(
    "before",
    [
        b'<script>var t = "<body>";</script>',
        b"<SCRIPT type=a>'<body>'</SCRIPT >",
        b"<!-- <body> -->",
        b"<!----><style>/* <body> */</style>",
        b"<title><body></title>",
    ],
)
def test_what_only_speaks_of_a_body_is_none(before: bytes) -> None:
    head, _, rest = through(before + b'<body data-x="a>b"><p>').partition(b'<div id="' + MARK)
    assert (head, rest.endswith(b"</div><p>")) == (before + b'<body data-x="a>b">', True)


@pytest.mark.parametrize(
    "page",
    [
        b"<body " * 12_000,
        b"<!--" * 16_000,
        b"<script " * 9_000,
        b"<title>" * 10_000,
        b'<body "' * 10_000,
        b"<" * 70_000,
    ],
)
def test_no_page_keeps_anybody_waiting(page: bytes) -> None:
    began = time.process_time()
    pieces = [page[start : start + 1000] for start in range(0, len(page), 1000)]
    assert through(*pieces) == page
    assert time.process_time() - began < 2, "a guard: it took five seconds when each piece was read from the beginning"


@pytest.mark.parametrize("page", [b"", b"<p>no body</p>", b"<bodyguard>", b"<script><body>", b"<body"])
def test_a_page_without_a_body_stays_as_it_is(page: bytes) -> None:
    assert through(page) == page


def test_a_long_page_is_not_held_back() -> None:
    bannered = Bannered()
    assert b"".join(bannered.feed(b"x" * 70_000)) == b"x" * 70_000
    assert b"".join(bannered.feed(b"<body>")) == b"<body>"


@given(st.binary(max_size=50), st.lists(st.integers(0, 120), max_size=6))
def test_pieces_make_no_difference(text: bytes, cuts: list[int]) -> None:
    page = text + b"<body>" + text
    edges = sorted({0, *cuts, len(page)})
    assert through(*(page[start:end] for start, end in pairwise(edges))) == through(page)
