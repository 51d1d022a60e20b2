"""Did you mean: of all that is near, what a slip of the fingers would have come from."""

from __future__ import annotations

import pytest
from telelens_schemas.suggestions import closest, did_you_mean
from telelens_schemas.templates.library import functions


@pytest.mark.parametrize(
    ("name", "candidates", "meant"),
    [
        ("evn", ["len", "env"], "env"),
        ("nev", ["len", "env"], "env"),
        ("ehco", ["echo", "each"], "echo"),
        ("prot", ["port", "proto"], "port"),
        ("LOCALPROT", ["localPort"], "localPort"),
        ("localport", ["lcoalport", "localPort"], "localPort"),
        ("lne", ["env", "len"], "len"),
        ("uper", ["lower", "upper"], "upper"),
        ("a", ["a"], "a"),
        ("ab", ["xy", "ba"], "ba"),
        ("abcd", ["dcba", "wxyz"], None),
        ("", ["a"], None),
        ("a", [], None),
    ],
)
def test_what_was_meant(name: str, candidates: list[str], meant: str | None) -> None:
    assert closest(name, candidates) == meant


def test_a_swap_among_all_functions_of_templates() -> None:
    assert closest("evn", functions()) == "env"
    assert closest("titel", functions()) == "title"


def test_what_is_said() -> None:
    assert did_you_mean("evn", ["len", "env"]) == 'did you mean "env"?'
    assert did_you_mean("x", ["shop", "desk"]) == "there is desk and shop"
    assert did_you_mean("x", []) == ""
