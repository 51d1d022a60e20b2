"""A line that slipped is one error, at itself, and its fix gives back the text that was meant; all else is read as
before."""

from __future__ import annotations

import textwrap

import pytest
from telelens_schemas.specification import Code, Fix, Problem, Reading, read_specification

TEXT = """\
name: demo
connection:
  context: desk
  namespace: shop
handlers:
  - name: echo
    environment:
      - name: GREETING
        value: hello
    script:
      shell: bash
      run: |
        cd app
        exec python echo.py
    debug:
      port: 5678
  - name: other
    script: {run: x}
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
        headers:
          - name: x-user
            value: ada
  - name: web
    intercepts:
      - handler: other
        localPort: 9000
"""
CRD = (
    "apiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\nmetadata:\n  name: stored\nspec:\n"
    f"{textwrap.indent(TEXT, '  ')}"
)
FORMS = {"file": TEXT, "object": CRD, "CRLF": TEXT.replace("\n", "\r\n"), "template": f"# {{{{ `a` }}}}\n{TEXT}"}
BY = (-2, -1, 1, 2, 3)
RIGHT = {
    ("cd app", -1),
    *(("exec python echo.py", by) for by in (1, 2, 3)),
    *(("port: 5678", by) for by in (-1, 1, 2, 3)),
}
"""What may be meant: a text's lines among themselves, and a mapping's only key."""
ELSEWHERE = {
    *(("cd app", by) for by in (-2, 1, 2, 3)),
    *(("exec python echo.py", by) for by in (-2,)),
}
"""A text's own lines: its first one says how deep the others stand, and what is too shallow is moved together. This
may only shrink."""
NO_KIND = {
    *(("kind: InterceptSpecification", by) for by in (1, 2, 3)),
    *(("name: stored", by) for by in (-1, 1, 2, 3)),
    ("spec:", 2),
}
"""Without its kind nobody knows what the object is; below ``metadata``, anything may stand. This may only shrink."""


def slipped(text: str, number: int, by: int) -> str | None:
    lines = text.split("\n")
    line = lines[number].lstrip(" ")
    indent = len(lines[number]) - len(line) + by
    lines[number] = " " * indent + line
    return "\n".join(lines) if indent >= 0 and line.strip() and not line.startswith("#") else None


def applied(text: str, fix: Fix) -> str:
    lines = text.split("\n")
    for edit in fix.edits:
        at, line = edit.range, lines[edit.range.line - 1]
        lines[at.line - 1] = line[: at.column - 1] + edit.text + line[at.end_column - 1 :]
    return "\n".join(lines)


def mends(text: str, problem: Problem, right: str) -> bool:
    return bool(problem.fixes) and not problem.fixes[0].is_choice and applied(text, problem.fixes[0]) == right


def names(reading: Reading) -> list[str]:
    (one,) = reading.specifications
    taking = [intercept.handler or "" for _, intercept in one.enabled]
    return [*(handler.name for handler in one.handlers), *(workload.name for workload in one.workloads), *taking]


@pytest.mark.parametrize("right", FORMS.values(), ids=FORMS)
def test_each_line_that_slips_is_one_error_at_itself_with_its_mend(right: str) -> None:
    said_otherwise = set()
    whole = names(read_specification(right, "f"))
    for number, line in enumerate(right.split("\n")):
        for by in BY:
            text = slipped(right, number, by)
            if text is None:
                continue
            reading = read_specification(text, "f")
            is_one = [one.range.line for one in reading.problems] == [number + 1]
            if not is_one or not mends(text, reading.problems[0], right) or names(reading) != whole:
                said_otherwise.add((line.strip(), by))
    assert RIGHT <= said_otherwise <= RIGHT | ELSEWHERE | NO_KIND


@pytest.mark.parametrize("right", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    "key", ["name: echo\n    env", "name: GREETING", "handler: echo", "context: desk", "name: web"]
)
def test_a_first_key_without_its_colon_is_one_error_at_itself(right: str, key: str) -> None:
    key = next(one for one in (key, key.replace("\n", "\r\n"), key.replace("\n", "\n  ")) if one in right)
    text = right.replace(key, key.replace(":", "", 1))
    (problem,) = read_specification(text, "f").problems
    assert problem.range.line == text[: text.index(key.replace(":", "", 1))].count("\n") + 1
    assert problem.message == 'a key needs a ":" after it'
    assert mends(text, problem, right)


@pytest.mark.parametrize("tabs", ["\t", "\t\t"])
@pytest.mark.parametrize(
    "line",
    ["handlers:", "    environment:", "    script:", "    debug:", "workloads:", "    intercepts:", "  - name: web"],
)
def test_a_tab_before_what_has_a_block_below_is_one_error(line: str, tabs: str) -> None:
    text = TEXT.replace(f"{line}\n", f"{tabs}{line.lstrip()}\n", 1)
    (problem,) = read_specification(text, "f").problems
    assert (problem.code, problem.range.line) == (Code.TAB, TEXT[: TEXT.index(line)].count("\n") + 1)
    assert mends(text, problem, TEXT)


def test_tabs_in_every_line_are_one_error() -> None:
    text = "\n".join("\t" * ((len(one) - len(one.lstrip())) // 2) + one.lstrip() for one in TEXT.split("\n"))
    (problem,) = read_specification(text, "f").problems
    assert (problem.code, problem.range.line) == (Code.TAB, 3)
    assert mends(text, problem, TEXT)


@pytest.mark.parametrize(
    ("block", "by"),
    [
        ("  - name: other\n    script: {run: x}\n", 2),
        ("    debug:\n      port: 5678\n", 1),
        ("    debug:\n      port: 5678\n", -2),
        ("      - handler: other\n        localPort: 9000\n", -3),
    ],
)
def test_what_slips_with_all_that_belongs_to_it_is_moved_back_with_it(block: str, by: int) -> None:
    moved = textwrap.indent(block, " " * by) if by > 0 else "\n".join(one[-by:] for one in block.split("\n"))
    text = TEXT.replace(block, moved)
    (problem,) = read_specification(text, "f").problems
    assert problem.range.line == TEXT[: TEXT.index(block)].count("\n") + 1
    assert mends(text, problem, TEXT)


def test_two_slips_are_two_errors() -> None:
    once = TEXT.replace("    script:\n", "      script:\n")
    text = once.replace("      - handler: other", "       - handler: other")
    first, second = read_specification(text, "f").problems
    assert (first.range.line, second.range.line) == (10, 29)
    assert applied(applied(text, first.fixes[0]), second.fixes[0]) == TEXT


def test_what_is_wrong_beside_a_slip_is_said_too() -> None:
    text = TEXT.replace("    script:\n", "      script:\n").replace("port: http", "prot: http")
    slip, unknown = read_specification(text, "f").problems
    assert (slip.range.line, slip.range.column) == (10, 7)
    assert (unknown.code, unknown.range.line) == (Code.UNKNOWN_KEY, 23)


def test_what_a_line_that_slipped_says_stands_where_it_is_written() -> None:
    text = TEXT.replace("    script: {run: x}", "      script: {run: x}")
    lines = text.split("\n")
    words = [
        (one.key.value, lines[one.key.range.line - 1][one.key.range.column - 1 : one.key.range.end_column - 1])
        for one in read_specification(text, "f").index
    ]
    assert ("run", "run") in words
    assert all(key == written for key, written in words)


def test_a_slip_that_is_mended_leaves_nothing_behind() -> None:
    text = TEXT.replace("    script:\n", "      script:\n")
    earlier = read_specification(text, "f")
    mended = read_specification(TEXT, "f", earlier)
    assert mended == read_specification(TEXT, "f")
    ranges = [(one.key.range, one.value.range) for one in mended.index]
    assert ranges == [(one.key.range, one.value.range) for one in read_specification(TEXT, "f").index]


def test_a_key_that_no_indentation_makes_known_stays_unknown() -> None:
    text = TEXT.replace("    debug:\n      port: 5678\n", "    foo: 1\n")
    (problem,) = read_specification(text, "f").problems
    assert problem.message.startswith('unknown key "foo": a handler has')
