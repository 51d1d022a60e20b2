"""What is said of a specification with templates that nobody expands: nothing that an expansion would mend."""

from __future__ import annotations

from itertools import pairwise

import pytest
from telelens_schemas.specification import Code, Problem, Severity, Specification, unexpanded
from telelens_schemas.specification.expanding import read_expanded, read_unexpanded
from telelens_schemas.templates import parse

from tests.unit.schemas.specification.whole import as_crd

HANDLER = "handlers:\n  - name: a\n    script: {run: x}\n"
WORKLOAD = "workloads:\n  - name: w\n    intercepts: [{handler: a, port: 80}]\n"
INTERCEPTS = "workloads:\n  - name: w\n    intercepts:\n"
LEGAL = {
    "a name behind a connection's": "connections: [{name: far}]\n"
    + HANDLER
    + WORKLOAD.replace("w\n", "far/{{ `w` }}\n"),
    "handlers made by range": 'handlers:\n  {{- range list "a" "b" }}\n  - name: {{ . }}\n    script: {run: x}\n'
    "  {{- end }}\n" + WORKLOAD.replace("}]", "}, {name: i, handler: b, port: 81, localPort: 1}]"),
    "both arms": 'handlers:\n  {{- if env "X" }}\n  - name: a\n    script: {run: x}\n  {{- else }}\n  - name: a\n'
    "    script: {run: y}\n  {{- end }}\n" + WORKLOAD,
    "arms inside of arms": 'handlers:\n{{ if env "X" }}{{ if env "Y" }}\n- name: b\n{{ else }}\n- name: a\n{{ end }}\n'
    "{{ else }}\n- name: a\n{{ end }}\n" + WORKLOAD,
    "arms of three": 'handlers:\n{{ if env "X" }}\n- name: b\n{{ else if env "Y" }}\n- name: c\n{{ else }}\n- name: a\n'
    "{{ end }}\n" + WORKLOAD,
    "keys in arms": "handlers:\n  - name: a\n    {{ if 1 }}\n    script: {run: x}\n"
    "    {{ else }}\n    script: {run: y}\n    {{ end }}\n" + WORKLOAD,
    "keys that exclude each other": "handlers:\n  - name: a\n    {{ if 1 }}\n    script: {run: x}\n    {{ else }}\n"
    "    docker: {image: y}\n    {{ end }}\n" + WORKLOAD,
    "a key in its arm": "handlers:\n  - script: {run: x}\n    {{ if 1 }}name: a{{ end }}\n" + WORKLOAD,
    "a name": "handlers:\n  - name: {{ `a` }}\n    script: {run: x}\n" + WORKLOAD,
    "a list": "handlers: {{ `[{name: a}]` }}\n" + WORKLOAD,
    "lines": "handlers:\n  {{ `- name: a` }}\n" + WORKLOAD,
    "two actions in a line": "handlers:\n  {{ `- na` }}{{ `me: a` }}\n" + WORKLOAD,
    "lines of a mapping": "handlers:\n  - script: {run: x}\n    {{ `name: a` }}\n" + WORKLOAD,
    "lines of a block": '{{ define "x" }}- name: a{{ end }}handlers:\n  {{ template "x" }}\n' + WORKLOAD,
    "a key": "handlers:\n  - {{ `name` }}: a\n" + WORKLOAD,
    "a merged mapping": "handlers:\n  - <<: {{ `{name: a}` }}\n" + WORKLOAD,
    "the text of a script": "handlers:\n  - name: a\n    script:\n      run: |\n        {{ `x` }}\n" + WORKLOAD,
    "an indicator": "handlers:\n  - name: a\n    script:\n      run: |{{ nindent 8 `x` }}\n" + WORKLOAD,
    "ports": HANDLER
    + "  - name: b\n"
    + INTERCEPTS
    + "    - {name: one, handler: a, port: 80, localPort: {{ 1 }} }\n"
    + "    - {name: two, handler: b, port: 81, localPort: {{ 2 }} }\n",
    "headers": HANDLER
    + INTERCEPTS
    + "    - {name: one, handler: a, port: 80, headers: [{name: x, value: {{ `1` | quote }} }]}\n"
    + "    - {name: two, handler: a, port: 80, headers: [{name: x, value: {{ `2` | quote }} }]}\n",
    "switches": HANDLER
    + INTERCEPTS
    + "    - {handler: a, port: 80, enabled: {{ true }} }\n    - {handler: a, port: 80, enabled: {{ false }} }\n",
    "namespaces": HANDLER
    + "workloads:\n  - name: w\n    namespace: {{ `a` }}\n    intercepts: [{name: x, handler: a, port: 80}]\n"
    + "  - name: w\n    namespace: {{ `b` }}\n    intercepts: [{name: y, handler: a, port: 80, localPort: 1}]\n",
    "items behind each other": HANDLER
    + "workloads:\n  - name: w\n    intercepts: [{handler: a, port: 1}{{ range list 2 3 }}, {name: i{{ . }},"
    + " handler: a, port: {{ . }}, localPort: 808{{ . }}}{{ end }}]\n",
    "a value in its arms": HANDLER + WORKLOAD.replace("80", "{{ if 1 }}80{{ else }}http{{ end }}"),
    "whole documents": "{{ range list 1 2 }}\n---\n" + HANDLER + WORKLOAD + "{{ end }}\n",
    "nothing but templates": '{{ define "x" }}\n' + HANDLER + WORKLOAD + '{{ end }}\n{{ template "x" }}\n',
    "connections": "connections: {{ `[{name: c}]` }}\n" + HANDLER + WORKLOAD.replace("name: w", "name: c/w"),
    "a comment": "{{/* name */}}\n" + HANDLER + WORKLOAD,
    "a variable": "{{ $x := 1 }}\n" + HANDLER + WORKLOAD.replace("80", "{{ $x }}"),
}


@pytest.mark.parametrize("text", LEGAL.values(), ids=LEGAL.keys())
def test_nothing_is_wrong_with_what_is_legal_once_it_is_expanded(text: str) -> None:
    environment = {"Y": ""}
    legal = read_expanded(text, "f", environment=environment, username="ada")
    assert [one for one in legal.problems if one.code != "not-supported-yet"] == []
    found = read_unexpanded(parse(text), "f", environment=None)
    assert [one for one in found.problems if one.code != "not-supported-yet"] == []


ARMS = '{{ if env "X" }}\n  - name: other\n    intercepts: [{name: o, handler: a, localPort: 1}]\n{{ end }}\n'


WRONG: list[tuple[str, list[tuple[str, str]]]] = [
    (HANDLER + WORKLOAD.replace("port: 80", "prot: 80") + ARMS, [("unknown-key", "prot")]),
    (HANDLER + WORKLOAD.replace("port: 80", "port: {{ 1 }}, prot: 80"), [("unknown-key", "prot")]),
    (HANDLER + WORKLOAD.replace("r: a", "r: nowhere") + ARMS, [("undefined-handler", "nowhere")]),
    (HANDLER + WORKLOAD.replace("80", "{{ 80 }}").replace("r: a", "r: nn"), [("undefined-handler", "nn")]),
    (HANDLER.replace("x}", '"x}') + WORKLOAD + ARMS, [("yaml-syntax", '"x}')]),
    (HANDLER + "  - name: 1a\n" + WORKLOAD + ARMS, [("bad-value", "1a")]),
    (HANDLER + "  - name: a\n" + WORKLOAD + ARMS, [("duplicate-name", "a")]),
    (HANDLER + WORKLOAD.replace("r: a", "r: {{ `a` }}"), [("templated-reference", "{{ `a` }}")]),
    (HANDLER + WORKLOAD.replace("name: w", 'name: "{{ `a` }}-b/w"'), [("templated-reference", "{{ `a` }}-b")]),
    (HANDLER + WORKLOAD.replace("name: w", "name: a{{ `/` }}/w"), [("templated-reference", "a{{ `/` }}")]),
    (HANDLER + "    name: b\n" + WORKLOAD + ARMS, [("duplicate-key", "name")]),
    (as_crd(HANDLER + WORKLOAD.replace("r: a", "r: nn"), metadata="{name: {{ `a` }} }"), [("undefined-handler", "nn")]),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_in_any_case_is_said(text: str, expected: list[tuple[str, str]]) -> None:
    lines = text.splitlines()
    problems = read_unexpanded(parse(text), "f", environment=None).problems
    found = [
        (one.code.value, lines[one.range.line - 1][one.range.column - 1 : one.range.end_column - 1])
        for one in problems
        if one.is_error
    ]
    assert found == expected


def of_workloads(specification: Specification) -> list[Problem]:
    """What a cluster that has nothing says."""
    return [
        Problem(file="f", range=one.source.range, severity=Severity.ERROR, code=Code.UNKNOWN_WORKLOAD, message=one.name)
        for one in specification.workloads
    ]


def test_with_an_earlier_one_it_is_what_it_would_be_without() -> None:
    earlier = None
    for text in (text for pair in pairwise([*LEGAL.values(), *(text for text, _ in WRONG)]) for text in pair):
        earlier = read_unexpanded(parse(text), "f", environment=None, earlier=earlier)
        anew = read_unexpanded(parse(text), "f", environment=None)
        assert earlier.problems == anew.problems
        assert earlier.judged(of_workloads) == anew.judged(of_workloads)


def test_what_others_say_is_judged_by_every_reading_and_nothing_is_read_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = HANDLER + WORKLOAD + ARMS
    found = read_unexpanded(parse(text), "f", environment=None)
    monkeypatch.setattr(unexpanded, "read_specification", None)
    (problem,) = found.judged(of_workloads)
    assert text.splitlines()[problem.range.line - 1] == "  - name: w", "the other one is in an arm"


def test_of_a_text_too_long_to_be_kept_in_many_readings_others_say_nothing() -> None:
    text = HANDLER + WORKLOAD + ARMS + "# x\n" * 50_000
    assert read_unexpanded(parse(text), "f", environment=None).judged(of_workloads) == []
