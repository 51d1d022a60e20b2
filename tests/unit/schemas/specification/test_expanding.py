"""Specifications once their templates are expanded: what is wrong then stands where its writer sees it."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from telelens_schemas.specification.expanding import Expanded, read_expanded

TEXT = """\
name: {{ .Telepresence.Username }}-shop
handlers:
  {{- range list "a" "b" }}
  - name: {{ . }}
    script: {run: "exec {{ . }}"}
  {{- end }}
workloads:
  - name: echo
    intercepts:
      - {handler: a, port: 80, localPort: {{ env "PORT" }} }
      - {name: other, handler: b, port: 81, localPort: {{ env "PORT" | default 1 | int | add 1 }} }
"""


def expanded(text: str, **environment: str) -> Expanded:
    return read_expanded(text, "f", environment=environment, username="ada")


def test_it_is_read_as_it_is_expanded() -> None:
    found = expanded(TEXT, PORT="9090")
    assert found.problems == ()
    (specification,) = found.reading.specifications
    assert specification.name == "ada-shop"
    assert [one.name for one in specification.handlers] == ["a", "b"]
    (workload,) = specification.workloads
    assert [one.local_port for one in workload.intercepts] == [9090, 9091]


def test_what_is_wrong_with_an_expanded_value_is_said_at_its_template() -> None:
    found = expanded(TEXT, PORT="many")
    (problem, *_) = found.errors
    line = TEXT.splitlines()[problem.range.line - 1]
    assert (problem.code, line[problem.range.column - 1 : problem.range.end_column - 1]) == (
        Code.BAD_VALUE,
        '{{ env "PORT" }}',
    )
    assert "many" in problem.message


def test_what_is_wrong_before_and_after_is_said_once() -> None:
    text = TEXT + "unknown: 1\n"
    found = [one for one in expanded(text, PORT="1").problems if one.code is Code.UNKNOWN_KEY]
    assert [one.range.line for one in found] == [len(text.splitlines())]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ('{{ fail "not today" }}', "not today"),
        ('{{ repeat 1000000000 "x" }}', "more than 67108864 bytes"),
        ("{{ index (list 1) 5 }}", "index out of range"),
        ("{{ nothing }}", "not defined"),
    ],
)
def test_what_cannot_be_expanded_is_an_error_at_its_action(action: str, words: str) -> None:
    text = f"# above\nname: x{action}\n"
    found = expanded(text)
    assert found.text == text
    (problem,) = [one for one in found.errors if words in one.message]
    assert problem.range.line == 2
    assert problem.range.column >= len("name: x") + 1


def test_what_asks_the_network_is_left_to_the_run() -> None:
    text = TEXT.replace(".Telepresence.Username", 'getHostByName "localhost"')
    found = expanded(text, PORT="1")
    assert (found.text, found.errors) == (text, ())
    assert [one.code for one in expanded(text + "unknown: 1\n", PORT="1").errors] == [Code.UNKNOWN_KEY]


def test_a_text_without_templates_is_left_alone() -> None:
    found = expanded("name: a\n")
    assert found.text == "name: a\n"
    assert found.problems == found.reading.problems
