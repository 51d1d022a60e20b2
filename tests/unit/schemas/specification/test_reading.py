"""The InterceptSpecification: what is read, what is refused, and where that is said."""

from __future__ import annotations

import dataclasses
import json
import textwrap
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.specification import (
    Code,
    Connection,
    Debug,
    Handler,
    Intercept,
    Preview,
    Problem,
    Reading,
    Script,
    Severity,
    Specification,
    Variable,
    Workload,
    read_specification,
    to_file_form,
)

WHOLE = """\
name: demo
connection:
  context: desk
  namespace: shop
  managerNamespace: telelens
  kubeFlags: {as: ann}
handlers:
  - name: echo
    environment:
      - {name: GREETING, value: "hello $USER"}
    script:
      shell: bash
      run: |
        cd app
        exec python echo.py
    debug: {type: debugpy, port: "5678", waitForClient: yes}
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
        localPort: 9090
      - name: echo-admin
        enabled: false
        port: 81
        previewURL: {enable: false}
        mountPoint: false
"""

SPECIFICATION = Specification(
    name="demo",
    connection=Connection(context="desk", namespace="shop", manager_namespace="telelens", kube_flags={"as": "ann"}),
    handlers=(
        Handler(
            name="echo",
            environment=(Variable(name="GREETING", value="hello $USER"),),
            script=Script(run="cd app\nexec python echo.py\n", shell="bash"),
            debug=Debug(port=5678, wait_for_client=True),
        ),
    ),
    workloads=(
        Workload(
            name="echo",
            intercepts=(
                Intercept(handler="echo", port="http", local_port=9090),
                Intercept(
                    name="echo-admin", enabled=False, port="81", mount_point=False, preview=Preview(enable=False)
                ),
            ),
        ),
    ),
)


def read(text: str, file: str = "shop/demo.ispec.yaml") -> Reading:
    return read_specification(textwrap.dedent(text), file)


def shown(text: str, problem: Problem) -> str:
    """The stretch of text that a problem points at (its first line)."""
    where = problem.range
    line = text.splitlines()[where.line - 1]
    return line[where.column - 1 : where.end_column - 1 if where.end_line == where.line else len(line)]


def as_crd(text: str, version: str = "v1alpha4", metadata: str = "{name: stored}") -> str:
    head = f"apiVersion: getambassador.io/{version}\nkind: InterceptSpecification\nmetadata: {metadata}\nspec:\n"
    return head + textwrap.indent(text, "  ")


def test_the_file_form() -> None:
    assert read(WHOLE) == Reading((SPECIFICATION,), ())


def test_the_crd_form_is_the_same_specification() -> None:
    reading = read(as_crd(WHOLE))
    assert (reading.specifications, reading.problems) == ((SPECIFICATION,), ())


@pytest.mark.parametrize(
    "metadata",
    [
        "{name: stored.a, namespace: b, labels: {c: d}, annotations: {e/f: '1'}}",
        "{generateName: stored-}",
        "{name: a, uid: 1b, generation: 3, creationTimestamp: null, ownerReferences: [{kind: A}], managedFields: [{}]}",
        "{name: '{{ .Telepresence.Username }}'}",
    ],
)
def test_metadata_may_hold_what_kubernetes_knows(metadata: str) -> None:
    assert read(as_crd(WHOLE, metadata=metadata) + "status: {}\n").problems == ()


def test_metadata_of_other_kinds_is_not_looked_into() -> None:
    others = "".join(f"---\nkind: Service\nmetadata: {one}\n" for one in ("1", "{}", "{name: X y, lables: 1}"))
    assert read(WHOLE + others).problems == ()


def test_several_documents_among_other_objects() -> None:
    text = "kind: Deployment\nspec: {workloads: 1}\n---\n" + WHOLE + "---\n# nothing\n---\n" + as_crd(WHOLE)
    assert read(text).specifications == (SPECIFICATION, SPECIFICATION)


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        ("workloads: []", "shop/demo.ispec.yaml", "demo"),
        ("workloads: []", "demo.yml", "demo"),
        ("workloads: []", "-", "-"),
        ("name: own\nworkloads: []", "demo.yml", "own"),
        (as_crd("workloads: []\n"), "demo.yml", "stored"),
        (as_crd("workloads: []\n", metadata="{}"), "demo.yml", "demo"),
    ],
)
def test_the_name_is_the_files_where_nothing_else_names_it(text: str, file: str, name: str) -> None:
    assert read_specification(text, file).specifications[0].name == name


def test_parts_know_where_they_stand() -> None:
    (specification,) = read(WHOLE).specifications
    intercept = specification.workloads[0].intercepts[0]
    assert intercept.source.path == "$.workloads[0].intercepts[0]"
    place = intercept.source.places["localPort"]
    assert (place.key.line, place.key.column, place.key.end_column) == (22, 9, 18)
    assert (place.value.line, place.value.column, place.value.end_column) == (22, 20, 24)
    run = specification.handlers[0].script.source.places["run"].value  # type: ignore[union-attr]
    assert (run.line, run.end_line) == (13, 15)


def test_the_index_has_every_key_with_its_description() -> None:
    index = {entry.trail.path: entry for entry in read(WHOLE).index}
    assert index["$.workloads[0].intercepts[1].enabled"].about.about == "false skips it."
    assert len(index) == 30


def test_anchors_aliases_and_merge_keys() -> None:
    reading = read("""
        handlers: [{name: echo, script: {run: x}}]
        workloads:
          - name: echo
            intercepts:
              - &first {handler: echo, port: http, localPort: 9090}
              - {<<: *first, name: admin, port: admin, localPort: 9091}
    """)
    assert reading.problems == ()
    assert reading.specifications[0].workloads[0].intercepts[1] == Intercept(
        name="admin", handler="echo", port="admin", local_port=9091
    )


MERGED = [
    ("<<: [*a, *b]", ("http", 9090, "shop")),
    ("<<: [*b, *a]", ("admin", 9090, "shop")),
    ("<<: [*a, *b], port: own", ("own", 9090, "shop")),
    ("port: own, <<: [*a, *b]", ("own", 9090, "shop")),
    ("<<: [*c, *a]", ("admin", 9091, "shop")),
]
MAPPINGS = "[&a {port: http, localPort: 9090}, &b {port: admin, service: shop}, &c {localPort: 9091, <<: *b}, {MERGED}]"


@pytest.mark.parametrize(("merged", "expected"), MERGED)
def test_of_merged_mappings_the_first_counts_and_own_keys_before_all(merged: str, expected: tuple[object, ...]) -> None:
    mappings = MAPPINGS.replace("MERGED", merged)
    (specification,) = read(f"workloads: [{{name: echo, intercepts: {mappings}}}]").specifications
    found = specification.workloads[0].intercepts[3]
    assert (found.port, found.local_port, found.service) == expected


@pytest.mark.parametrize(("merged", "expected"), MERGED)
def test_it_is_the_same_in_a_compose_file_within_it(merged: str, expected: tuple[object, ...]) -> None:
    mappings = MAPPINGS.replace("MERGED", merged)
    text = (
        f"handlers: [{{name: h, docker: {{compose: {{spec: {{services: {{}}, x-list: {mappings}}}}}}}}}]\nworkloads: []"
    )
    written = to_file_form(read(text).specifications[0])
    found = written["handlers"][0]["docker"]["compose"]["spec"]["x-list"][3]
    assert (found["port"], found["localPort"], found["service"]) == expected


def test_line_ends_and_byte_order_marks_do_not_move_anything() -> None:
    text = WHOLE.replace("name: demo", "nmae: demo")
    for variant in (text, "\ufeff" + text, text.replace("\n", "\r\n")):
        (problem,) = read_specification(variant, "f").problems
        assert (problem.range.line, problem.range.column, problem.range.end_column) == (1, 1, 5)


def test_columns_count_characters() -> None:
    text = 'name: "𝄞é"\nconnection: {context: "𝄞", prot: 1}\nworkloads: [{name: echo, intercepts: [{}]}]'
    (problem,) = read(text).problems
    assert (problem.range.line, problem.range.column) == (2, 28)


# Each row: text, the code, what the range covers, part of the message.
WRONG: list[tuple[str, Code, str, str]] = [
    ("workloads: [{name: e, intercepts: [{name: a/b}]}]\n", Code.BAD_VALUE, "a/b", "not a name in Kubernetes"),
    ("handlers:\n- nmae: x\n", Code.UNKNOWN_KEY, "nmae", 'did you mean "name"?'),
    ("run: x\n", Code.UNKNOWN_KEY, "run", "a specification has name, connection"),
    ("handlers: [{name: a, run: x}]\n", Code.UNKNOWN_KEY, "run", 'it belongs under "script"'),
    ("workloads: [{name: e, intercepts: [{localport: 1}]}]\n", Code.UNKNOWN_KEY, "localport", '"localPort"'),
    ("name: 8080\n", Code.WRONG_TYPE, "8080", 'expected text that is not empty, found a number: write "8080"'),
    ("handlers: {a: 1}\n", Code.WRONG_TYPE, "{a: 1}", "expected a list, found a mapping"),
    ("handlers: [a]\n", Code.WRONG_TYPE, "a", "handlers[0] takes keys of its own (name, "),
    ("workloads:\n- \n", Code.WRONG_TYPE, "", "(name, namespace and intercepts), and has none"),
    ("workloads: [{name: e, intercepts: [{enabled: 1}]}]\n", Code.WRONG_TYPE, "1", "expected true or false"),
    ("workloads: [{name: e, intercepts: [{localPort: 0}]}]\n", Code.BAD_VALUE, "0", "not a port (1–65535)"),
    ("workloads: [{name: e, intercepts: [{port: 70000}]}]\n", Code.BAD_VALUE, "70000", "number (1–65535) or name"),
    ("workloads: [{name: e, intercepts: [{port: Http}]}]\n", Code.BAD_VALUE, "Http", "number (1–65535) or name"),
    ("workloads: [{name: Echo}]\n", Code.BAD_VALUE, "Echo", "not a workload's name"),
    ("handlers: [{name: 1x}]\n", Code.BAD_VALUE, "1x", "not a handler's name"),
    ("handlers: [{name: a, script: {run: x, shell: fish}}]\n", Code.BAD_VALUE, "fish", "bash, zsh or sh"),
    ("handlers: [{name: a, script: {run: ''}}]\n", Code.BAD_VALUE, "''", "run is empty"),
    ("handlers: [{script: {run: x}}]\n", Code.MISSING_KEY, "script", 'the handler has no "name"'),
    ("handlers: [{name: a, environment: [{name: A, value: }]}]\n", Code.MISSING_KEY, "value", 'write ""'),
    ("name: a\nname: b\n", Code.DUPLICATE_KEY, "name", "first in line 1"),
    (
        "connection: {}\nconnections: []\n",
        Code.EXCLUSIVE_KEYS,
        "connections",
        '(line 2) excludes "connection" (line 1)',
    ),
    ("handlers: [{name: a}, {name: a}]\n", Code.DUPLICATE_NAME, "a", 'another handler "a" in line 1'),
    ("workloads: [{name: e, intercepts: [{handler: a}]}]\n", Code.UNDEFINED_HANDLER, "a", "there are no handlers"),
    ("handlers: [{name: a, debug: {}}]\n", Code.DEBUG_WITHOUT_SCRIPT, "debug", "nothing to debug"),
    ("workloads: [{name: a/echo}]\n", Code.SUPERFLUOUS_PREFIX, "a/echo", 'write "echo"'),
    (
        "workloads: [{name: e, intercepts: [{global: true, headers: []}]}]\n",
        Code.GLOBAL_WITH_FILTERS,
        "headers",
        "exclude each other",
    ),
    (
        "workloads: [{name: e, intercepts: [{name: a, port: 80}, {name: b, port: 80}]}]\n",
        Code.SAME_TRAFFIC,
        "80",
        'takes port "80" of "e" already',
    ),
    (
        "workloads: [{name: e, intercepts: [{handler: a}]}, {name: f, intercepts: [{handler: b, localPort: 8080}]}]\n",
        Code.SAME_LOCAL_PORT,
        "8080",
        'the handler "a" listens on local port 8080 already',
    ),
    ("workloads: [{name: e, intercepts: [{global: no}]}]\n", Code.MISSING_KEY, "global", "needs headers"),
    ("name: *a\n", Code.UNDEFINED_ALIAS, "*a", "not defined above"),
    ("name: a\x07\n", Code.INVALID_CHARACTER, "\x07", "U+0007"),
    ("name: \ud800\n", Code.INVALID_CHARACTER, "\ud800", "U+FFFF"),
    ('name: "a\nworkloads: []\n', Code.YAML_SYNTAX, '"a', "the quote is not closed"),
    ("name: a\n  workloads: []\n", Code.YAML_SYNTAX, "workloads", "indentation does not fit"),
    ("name: a: b\n", Code.YAML_SYNTAX, ":", 'a ":" is not allowed here'),
    ("handlers: " + "[" * 200 + "]" * 200, Code.TOO_LARGE, "[", "nested deeper than 200 levels"),
    ("handlers:\n  - name: a\n workloads: []\n", Code.YAML_SYNTAX, "workloads", "indentation does not fit"),
    ("handlers: [a\nworkloads: []\n", Code.YAML_SYNTAX, "[", 'the "[" is not closed'),
    ("name: a\nhandl\nworkloads: []\n", Code.YAML_SYNTAX, "handl", 'a key needs a ":" after it'),
    ("handlers:\n\t- name: a\n", Code.TAB, "\t", "not by tabs"),
    ("- a\n", Code.NOT_A_SPECIFICATION, "- a", "this is a list"),
    ("# nothing\n", Code.NO_SPECIFICATION, "#", "the file is empty"),
    ("kind: Service\n", Code.NO_SPECIFICATION, "k", "no InterceptSpecification"),
    (as_crd("name: a\n", "v2"), Code.UNKNOWN_VERSION, "getambassador.io/v2", "v1alpha4"),
    (as_crd("name: a\n").replace("spec:", "handlers:"), Code.UNKNOWN_KEY, "handlers", 'belongs under "spec"'),
    (as_crd("name: a\n").replace("Spec", "Spce"), Code.BAD_VALUE, "InterceptSpceification", "InterceptSpecification"),
    (as_crd("name: a\n", metadata="1"), Code.WRONG_TYPE, "1", "metadata takes keys of its own (name, "),
    (as_crd("name: a\n", metadata=""), Code.MISSING_KEY, "metadata", 'the metadata needs "name"'),
    (as_crd("name: a\n", metadata="{namespace: b}"), Code.MISSING_KEY, "namespace", 'the metadata has no "name"'),
    (as_crd("name: a\n", metadata="{name: 'X y'}"), Code.BAD_VALUE, "'X y'", "not a name in Kubernetes"),
    (as_crd("name: a\n", metadata="{name: a, namespace: A b}"), Code.BAD_VALUE, "A b", "not a DNS label"),
    (as_crd("name: a\n", metadata="{name: a, labels: {b: 1}}"), Code.WRONG_TYPE, "1", 'write "1"'),
    (as_crd("name: a\n", metadata="{name: a, annotations: []}"), Code.WRONG_TYPE, "[]", "a mapping of texts"),
    (as_crd("name: a\n", metadata="{name: a, lables: {}}"), Code.UNKNOWN_KEY, "lables", 'did you mean "labels"?'),
    (as_crd("name: a\n", metadata="{name: a, udi: b}"), Code.UNKNOWN_KEY, "udi", 'did you mean "uid"?'),
    (as_crd("name: a\n", metadata="\nlabels: {}"), Code.UNKNOWN_KEY, "labels", 'it belongs under "metadata"'),
]


@pytest.mark.parametrize(("text", "code", "range_text", "said"), WRONG)
def test_what_is_wrong_is_said_where_it_stands(text: str, code: Code, range_text: str, said: str) -> None:
    found = [problem for problem in read_specification(text, "f").problems if problem.code is code]
    assert found, read_specification(text, "f").problems
    assert found[0].severity is Severity.ERROR
    assert shown(text, found[0]).strip(" ") == range_text.strip(" ")
    assert said in found[0].message


def test_an_error_knows_its_path() -> None:
    (problem,) = read("workloads: [{name: e, intercepts: [{}, {name: b, port: X}]}]").errors
    assert problem.path == "$.workloads[0].intercepts[1].port"


def test_what_does_not_keep_it_from_running() -> None:
    reading = read("""
        handlers: [{name: a}, {name: idle}]
        workloads: [{name: e, intercepts: [{handler: a}]}]
    """)
    assert {problem.code: problem.severity for problem in reading.problems} == {
        Code.UNUSED_HANDLER: Severity.HINT,
    }
    assert read("name: a").problems[0].code is Code.NOTHING_TO_INTERCEPT
    assert read(as_crd(WHOLE, "v1alpha2")).problems[0].code is Code.DEPRECATED


def test_a_name_is_free_in_another_namespace_and_that_of_the_file_is_nobodys() -> None:
    stored = [as_crd(WHOLE, metadata=f"{{name: a, namespace: {one}}}") for one in ("b", "c", "{{ env `N` }}")]
    assert read("---\n".join(stored)).problems == ()
    nameless = WHOLE.replace("name: demo", "")
    assert read(f"{nameless}---\n{nameless}").problems == ()


def test_the_vendors_own_example_is_right() -> None:
    reading = read("""
        connections:
        - name: a
          namespace: {{env "NAMESPACE_A"}}
          hostname: alpha
        workloads:
        - name: a/echo
          intercepts:
          - {handler: echo, localPort: 8088, port: 80, name: a}
        handlers:
        - name: echo
          docker: {compose: {services: [{name: echo-a, behavior: interceptHandler, connection: a}]}}
    """)
    assert reading.problems == ()


def test_a_broken_document_does_not_hide_its_neighbours() -> None:
    reading = read(WHOLE + "---\nname: 'x\n---\n" + WHOLE.replace("name: demo", "name: other"))
    assert reading.specifications == (SPECIFICATION, dataclasses.replace(SPECIFICATION, name="other"))
    (problem,) = reading.problems
    assert (problem.code, problem.range.line) == (Code.YAML_SYNTAX, WHOLE.count("\n") + 2)


def test_templates_are_no_problem_of_yaml() -> None:
    assert read(WHOLE + "# {{ env `A` }}\n").problems == ()
    assert read(WHOLE.replace("hello $USER", "a #{{b}} # {{ c }}").replace("a #{{b}} ", "a ")).problems == ()


def test_a_templated_value_is_not_judged_before_it_is_expanded() -> None:
    text = """
        handlers:
        - name: a
          {{ if x }}
          script: {run: x}
          {{ end }}
        workloads:
        - name: {{ x }}
          intercepts:
          - {handler: a, localPort: {{ y }}, enabled: {{ z }}}
    """
    assert read(text).problems == ()


@pytest.mark.parametrize("handler", ["", "handler: a, "])
def test_two_intercepts_cannot_share_a_local_port(handler: str) -> None:
    reading = read(f"""
        handlers: [{{name: a}}]
        workloads:
          - {{name: e, intercepts: [{{{handler}port: 80}}]}}
          - {{name: f, intercepts: [{{{handler}port: 80}}]}}
          - {{name: g, intercepts: [{{{handler}port: 80, localPort: 8081}}]}}
          - {{name: h, intercepts: [{{{handler}port: 80, enabled: false}}]}}
    """)
    (problem,) = reading.errors
    assert (problem.code, problem.range.line) == (Code.SAME_LOCAL_PORT, 5)
    assert "another intercept arrives on local port 8080 already (line 4)" in problem.message
    assert '"localPort"' in problem.message


def test_two_filters_of_a_workload_may_lead_to_one_program() -> None:
    reading = read("""
        handlers: [{name: a}]
        workloads:
          - name: e
            intercepts:
              - {name: one, handler: a, headers: [{name: x-user, value: ada}]}
              - {name: two, handler: a, pathPrefix: /api}
          - {name: f, intercepts: [{handler: a, pathPrefix: /api}]}
    """)
    (problem,) = reading.errors
    assert (problem.code, problem.range.line) == (Code.SAME_LOCAL_PORT, 8)


def test_the_same_workload_of_two_namespaces() -> None:
    reading = read("""
        connection: {namespace: one}
        workloads:
          - {name: e, intercepts: [{name: a}]}
          - {name: e, namespace: two, intercepts: [{name: b, localPort: 2}]}
          - {name: e, namespace: one, intercepts: [{name: c, localPort: 3}]}
    """)
    assert [problem.code for problem in reading.problems] == [Code.SAME_TRAFFIC]


@pytest.mark.parametrize(
    ("ports", "line"),
    [
        (("", "port: 80,"), 4),
        (("port: http,", ""), 4),
        (("port: 80,", "port: 81,", ""), None),  # which one it means is for the cluster to say
        (("port: 80, service: a,", "service: b,"), None),
        (("port: 80, service: a,", "port: 80, service: b,"), None),
        (("port: 80, service: a,", "port: 80,"), 4),
        (("port: 80,", "port: 80, service: a,"), 4),
        (("port: 80, service: a,", "port: 81, service: b,", "port: 80,"), None),
        (("", "port: 80, headers: [{name: a, value: b}],"), 4),  # a part of it
    ],
)
def test_an_intercept_that_names_no_port_takes_the_only_one(ports: tuple[str, ...], line: int | None) -> None:
    intercepts = "\n".join(
        f"    - {{{port} name: i{number}, localPort: {9000 + number}}}" for number, port in enumerate(ports)
    )
    reading = read(f"workloads:\n- name: e\n  intercepts:\n{intercepts}\n")
    said = [(one.code, one.range.line, one.related[0].range.line) for one in reading.problems]
    assert said == ([(Code.SAME_TRAFFIC, line + 1, line)] if line else [])


def test_normalised_output_is_json_and_stays_the_same() -> None:
    normal = to_file_form(SPECIFICATION)
    assert normal["workloads"][0]["intercepts"][0] == {
        "name": "echo",
        "enabled": True,
        "handler": "echo",
        "port": "http",
        "localPort": 9090,
        "global": True,
    }
    again = read_specification(json.dumps(normal), "other.yaml")
    assert again.problems == ()
    assert to_file_form(again.specifications[0]) == normal


def test_problems_as_json() -> None:
    (problem,) = read("nmae: a\nworkloads: [{name: e, intercepts: [{}]}]").problems
    assert problem.to_object() == {
        "file": "shop/demo.ispec.yaml",
        "line": 1,
        "column": 1,
        "endLine": 1,
        "endColumn": 5,
        "severity": "error",
        "code": "unknown-key",
        "message": 'unknown key "nmae": did you mean "name"?',
    }


MARKS = [
    *"\t\r\n -:#[]{},&*!|>'\"%@`?~\\",
    "\r\n",
    "---",
    "...",
    "<<",
    "{{",
    "}}",
    "&a",
    "*a",
    "!!",
    "  ",
    "\n  ",
    "\n- ",
]
WORDS = [
    "name",
    "handlers",
    "workloads",
    "intercepts",
    "port",
    "kind",
    "apiVersion",
    "spec",
    "𝄞",
    "\x00",
    "\ud800",
    "\ufeff",
]
PIECES = st.sampled_from([*MARKS, *WORDS])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_read_without_raising(text: str) -> None:
    reading = read_specification(text, "f")
    lines = text.count("\n") + text.count("\r") + 1
    for problem in reading.problems:
        where = problem.range
        assert 1 <= where.line <= where.end_line <= lines
        assert where.line < where.end_line or where.column <= where.end_column
    for specification in reading.specifications:
        json.dumps(to_file_form(specification))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_to_a_specification_is_survived(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WHOLE)))
    end = data.draw(st.integers(start, min(len(WHOLE), start + 20)))
    read_specification(WHOLE[:start] + data.draw(PIECES) + WHOLE[end:], "f")


_KEYS = ["name", "handlers", "workloads", "intercepts", "port", "localPort", "environment", "script", "run", "global"]
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*_KEYS, ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=4))
def test_any_data_is_survived(data: dict[str, Any]) -> None:
    for specification in read_specification(yaml.safe_dump(data), "f").specifications:
        json.dumps(to_file_form(specification))


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 50_000, "{a: " * 50_000, "a: " + "&x " * 1000])
def test_no_nesting_exhausts_the_stack(text: str) -> None:
    assert read_specification(text, "f").errors


def test_aliases_of_aliases_stay_bounded() -> None:
    lines = ["x0: &x0 {name: a, intercepts: [{port: 80}]}"]
    lines += [f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 10)}]" for i in range(1, 9)]
    shared = ", ".join(["*i"] * 500)
    text = f"workloads: [&w {{name: e, intercepts: [&i {{port: 80}}, {shared}]}}, {', '.join(['*w'] * 500)}]\n"
    started = time.monotonic()
    problems = read_specification("\n".join(lines) + "\n" + text, "f").problems
    assert Code.TOO_LARGE in {problem.code for problem in problems}
    assert time.monotonic() - started < 20
