"""Problems on a terminal."""

from __future__ import annotations

from dataclasses import replace

from telelens_daemons.run.terminal import problem_lines, source_lines, summary
from telelens_schemas.specification import Range, read_specification

PROBLEM = read_specification("x: 1\n", "a.yaml").problems[0]
TEXT = "handlers:\n  - nam: x\n    script: {run: x}\n"


def test_a_problem_points_at_its_place() -> None:
    problems = read_specification(TEXT, "a.yaml").problems
    unknown = next(one for one in problems if one.code == "unknown-key")
    assert problem_lines(unknown, TEXT.splitlines()) == [
        'a.yaml:2:5: error: unknown key "nam": did you mean "name"? [unknown-key]',
        "      - nam: x",
        "        ^^^",
    ]


def test_colours_are_asked_for() -> None:
    problem = read_specification("x: 1\n", "a.yaml").problems[0]
    painted = problem_lines(problem, ["x: 1"], paint=lambda text, colour: f"<{colour}>{text}</>")
    assert painted[0].startswith("<1>a.yaml:1:1:</> <31>error</>: ")
    assert painted[2] == "    <31>^</>"


def test_a_place_outside_of_the_text_shows_no_line() -> None:
    problem = read_specification("", "a.yaml").problems[0]
    assert len(problem_lines(problem, [])) == 1


def test_lines_are_those_that_problems_count() -> None:
    assert source_lines("a\u2028b\x0c\x85\r\nc\rd\n") == ["a\u2028b\x0c\x85", "c", "d", ""]


def test_of_a_long_line_the_part_is_shown_that_is_meant() -> None:
    line = "x" * 3000 + "prot" + "y" * 3000
    where = replace(PROBLEM, range=Range(1, 3001, 1, 3005))
    _, shown, marks, *_ = problem_lines(where, [line])
    assert len(shown) < 250
    assert shown[marks.index("^") : marks.index("^") + marks.count("^")] == "prot"
    everything = replace(PROBLEM, range=Range(1, 1, 1, 6005))
    assert max(len(one) for one in problem_lines(everything, [line])) < 250


def test_summary() -> None:
    assert summary([], 1) == "no problems in 1 file"
    assert summary(read_specification(TEXT, "a.yaml").errors, 2) == "1 error in 2 files"
    twice = TEXT.replace("run: x", "ran: x")
    assert summary(read_specification(twice, "a.yaml").errors, 2) == "2 errors in 2 files"
