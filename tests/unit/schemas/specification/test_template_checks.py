"""What is wrong with templates, where it stands, and what mends it."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code, Problem, Severity
from telelens_schemas.specification.template_checks import check_template
from telelens_schemas.templates import parse

WRONG = [
    ("name: {{ upper }\n", Code.BAD_TEMPLATE, "}", "unexpected"),
    ("name: {{ upper \n", Code.BAD_TEMPLATE, "{{ upper ", "not closed"),
    ("name: {{ if true }}x\n", Code.BAD_TEMPLATE, "{{ if true }}", "end"),
    ("name: {{ $x }}\n", Code.BAD_TEMPLATE, "$x", "undefined variable"),
    ("name: {{ uper `a` }}\n", Code.UNKNOWN_FUNCTION, "uper", 'did you mean "upper"?'),
    ("# {{ nothing }}\n", Code.UNKNOWN_FUNCTION, "nothing", "not defined"),
    ("name: {{ env “A” }}\n", Code.TYPOGRAPHIC_QUOTE, "“", 'write "'),
    ("name: {{ .Telepresence.User }}\n", Code.UNKNOWN_FIELD, ".Telepresence.User", 'did you mean "Username"?'),
    ("name: {{ .Username }}\n", Code.UNKNOWN_FIELD, ".Username", "there is Telepresence"),
    ("name: {{ upper $.Telepresense.Username }}\n", Code.UNKNOWN_FIELD, "$.Telepresense.Username", "Telepresence"),
    ("name: {{ with 1 }}{{ $.X }}{{ end }}\n", Code.UNKNOWN_FIELD, "$.X", "there is no"),
    ("name: {{ .Telepresence.Username.X }}\n", Code.UNKNOWN_FIELD, ".Telepresence.Username.X", "there is no"),
]
RIGHT = [
    "name: {{ .Telepresence.Username | upper }}\n",
    "name: {{ range list 1 2 }}{{ . }}{{ end }}\n",
    'name: {{ with dict "a" 1 }}{{ .a }}{{ end }}\n',
    'name: {{ define "x" }}{{ .y }}{{ $.z }}{{ end }}\n',
    "name: {{ .Telepresence }}\n",
    "no template: '{'\n",
]


def check(text: str, environment: dict[str, str] | None = None) -> list[Problem]:
    return check_template(parse(text), "f.ispec.yaml", environment)


def meant(text: str, problem: Problem) -> str:
    lines = text.splitlines(keepends=True)
    where = problem.range
    start = sum(map(len, lines[: where.line - 1])) + where.column - 1
    return text[start : sum(map(len, lines[: where.end_line - 1])) + where.end_column - 1]


@pytest.mark.parametrize(("text", "code", "stretch", "words"), WRONG, ids=[one[0].strip() for one in WRONG])
def test_what_is_wrong_is_said_where_it_stands(text: str, code: Code, stretch: str, words: str) -> None:
    problem = check("# 😋\n" + text)[0]
    assert (problem.code, problem.severity) == (code, Severity.ERROR)
    assert meant("# 😋\n" + text, problem) == stretch
    assert words in problem.message


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_hears_nothing(text: str) -> None:
    assert check(text, {}) == []


def test_a_slip_and_a_typographic_quote_have_fixes() -> None:
    (slip,) = check("name: {{ uper `a` }}\n")
    assert slip.replacement is not None
    assert slip.replacement.text == "upper"
    (fix,) = check("name: {{ env “A” }}\n")[0].fixes
    assert [edit.text for edit in fix.edits] == ['"', '"']


def test_a_variable_that_is_not_set_is_a_warning_where_it_is_written_as_it_is() -> None:
    text = 'a: {{ env "A" }}\nb: {{ env "B" }}\nc: {{ env "C" | default "x" }}\nd: {{ if env "D" }}y{{ end }}\n'
    (problem,) = check(text, {"B": ""})
    assert (problem.code, problem.severity) == (Code.UNSET_VARIABLE, Severity.WARNING)
    assert meant(text, problem) == '{{ env "A" }}'
    assert check(text) == [], "an environment that is not to be looked at is not looked at"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("{{ .Telepresence.User }}", "{{ .Telepresence.Username }}"),
        ("{{ upper $.Telepresense.Username }}", "{{ upper $.Telepresence.Username }}"),
        ("{{ .Username | upper }}", "{{ .Telepresence.Username | upper }}"),
        ("{{ $.Username }}", "{{ $.Telepresence.Username }}"),
        ("{{ .Telepresence.Username.X }}", None),
        ("{{ .Naem }}", None),
    ],
)
def test_a_field_is_replaced_by_the_one_that_was_meant(wrong: str, right: str | None) -> None:
    start = "# 😋\nname: a"
    (problem,) = check(f"{start}{wrong}\n")
    if right is None:
        assert problem.fixes == ()
        return
    (fix,) = problem.fixes
    (edit,) = fix.edits
    assert edit.range.line == edit.range.end_line == 2
    line = f"name: a{wrong}"
    fixed = line[: edit.range.column - 1] + edit.text + line[edit.range.end_column - 1 :]
    assert (fixed, check(fixed)) == (f"name: a{right}", [])
