"""Problems on a terminal."""

from __future__ import annotations

from telelens_daemons.run.terminal import problem_lines, summary
from telelens_schemas.specification import read_specification

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


def test_summary() -> None:
    assert summary([], 1) == "no problems in 1 file"
    assert summary(read_specification(TEXT, "a.yaml").errors, 2) == "2 errors in 2 files"
