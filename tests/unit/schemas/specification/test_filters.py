"""Headers and paths of intercepts: patterns that cannot be, and intercepts in each other's way."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code, Problem, Severity, read_specification

HEAD = "workloads:\n- name: echo\n  intercepts:\n"


def problems(*intercepts: str) -> list[Problem]:
    items = "".join(
        f"  - {{name: i{number}, {one}, localPort: {number + 1}}}\n" for number, one in enumerate(intercepts)
    )
    return list(read_specification(HEAD + items, "f").problems)


@pytest.mark.parametrize(
    ("intercept", "shown"),
    [
        ("headers: [{name: x-user, value: '(ada'}]", "'(ada'"),
        ("headers: [{name: 'x user', value: ada}]", "'x user'"),
        ("headers: [{name: ':scheme', value: ada}]", "':scheme'"),
        ("headers: [{name: x-user, value: '(a+)+'}]", "'(a+)+'"),
        ("pathPrefix: api", "api"),
        ("pathEqual: '/a?b=1'", "'/a?b=1'"),
        ("pathRegexp: '/[a'", "'/[a'"),
    ],
)
def test_what_no_engine_takes_is_said_where_it_stands(intercept: str, shown: str) -> None:
    (found,) = problems(intercept)
    line = (HEAD + f"  - {{name: i0, {intercept}}}\n").splitlines()[found.range.line - 1]
    assert (found.code, line[found.range.column - 1 : found.range.end_column - 1]) == (Code.BAD_VALUE, shown)


@pytest.mark.parametrize("written", ["headers: []", "headers:", "pathPrefix: ~", "pathEqual:", "pathRegexp: ''"])
def test_a_filter_left_empty_never_widens(written: str) -> None:
    (found,) = read_specification(f"{HEAD}  - {written}\n", "f").problems
    assert (found.code, found.is_error) == (Code.BAD_VALUE, True)
    assert "is empty" in found.message


@pytest.mark.parametrize(
    "intercept",
    ["headers: [{name: x-user, value: auto}]", "headers: [{name: ':method', value: GET|PUT}]", "pathRegexp: '/a.*'"],
)
def test_what_an_engine_takes_is_right(intercept: str) -> None:
    assert problems(intercept) == []


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("port: 80", "port: 80", True),
        ("port: 80", "port: 81", False),
        ("port: 80", "port: 80, headers: [{name: a, value: b}]", True),
        ("port: 80, headers: [{name: a, value: b}]", "port: 80, headers: [{name: A, value: b}]", True),
        ("port: 80, headers: [{name: a, value: b}]", "port: 80, headers: [{name: a, value: c}]", False),
        ("headers: [{name: a, value: b}]", "headers: [{name: a, value: b}, {name: c, value: d}]", True),
        ("headers: [{name: a, value: auto}]", "headers: [{name: a, value: auto}]", False),
        ("pathPrefix: /a", "pathPrefix: /b", False),
        ("pathPrefix: /a", "pathPrefix: /a", True),
    ],
)
def test_two_that_would_take_the_same_requests(one: str, other: str, clash: bool) -> None:
    assert [found.code for found in problems(one, other)] == ([Code.SAME_TRAFFIC] if clash else [])


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("pathPrefix: /a", "pathPrefix: /a/b"),
        ("pathPrefix: /a", "pathEqual: /a/x"),
        ("pathRegexp: '/[a-c]'", "pathEqual: /b"),
        ("headers: [{name: x, value: .*}]", "headers: [{name: x, value: ada}]"),
        ("headers: [{name: x, value: .*}]", "headers: [{name: x, value: a+}]"),
        ("headers: [{name: x, value: ada|eve}]", "headers: [{name: X, value: ada}]"),
        ("headers: [{name: x, value: .*}]", "headers: [{name: x, value: a}], pathPrefix: /a"),
        ("headers: [{name: x, value: a}], pathPrefix: /a", "headers: [{name: x, value: a}], pathEqual: /a"),
    ],
)
def test_a_filter_behind_one_that_holds_it_has_no_request(first: str, later: str) -> None:
    (found,) = problems(first, later)
    assert (found.code, found.severity) == (Code.SAME_TRAFFIC, Severity.WARNING)
    assert "put this one above it" in found.message
    # The narrow one first: each has its requests.
    assert problems(later, first) == []


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("pathPrefix: /a", "pathPrefix: /b"),
        ("pathPrefix: /a/b", "pathRegexp: /a/b.*"),
        ("pathPrefix: /a", "headers: [{name: x, value: y}], pathPrefix: /a/b"),  # headers are asked before paths
        ("headers: [{name: x, value: ada|eve}]", "headers: [{name: x, value: bob}]"),
        ("headers: [{name: x, value: .+}]", "headers: [{name: x, value: .*}]"),
        ("headers: [{name: x, value: .*}]", "headers: [{name: y, value: a}]"),
        ("headers: [{name: x, value: '('}]", "headers: [{name: x, value: a}]"),
    ],
)
def test_filters_that_merely_overlap_are_right(first: str, later: str) -> None:
    assert Code.SAME_TRAFFIC not in {found.code for found in problems(first, later)}


@pytest.mark.parametrize("place", [0, 30, 60])
def test_one_that_takes_everything_is_found_among_many(place: int) -> None:
    many = [f"headers: [{{name: a, value: v{number}}}]" for number in range(60)]
    many.insert(place, "port: 80")
    assert {found.code for found in problems(*[f"port: 80, {one}" if "header" in one else one for one in many])} == {
        Code.SAME_TRAFFIC
    }


def test_fifty_intercepts_of_one_port_are_compared_by_pairs() -> None:
    many = [f"headers: [{{name: a, value: v{number}}}]" for number in range(48)]
    part = "headers: [{name: a, value: v3}, {name: b, value: x}]"
    assert [found.code for found in problems(*many, part)] == [Code.SAME_TRAFFIC]


def test_many_intercepts_of_one_port_are_compared_in_time() -> None:
    many = [f"headers: [{{name: a, value: v{number}}}]" for number in range(2000)]
    assert [found.code for found in problems(*many, many[7])] == [Code.SAME_TRAFFIC]
