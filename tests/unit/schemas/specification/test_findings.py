"""What keys alone do not show, where it is said, and how it is mended."""

from __future__ import annotations

import textwrap

import pytest
from telelens_schemas.specification import Code, Problem, Reading, Tag, read_specification

from tests.unit.schemas.specification.test_conversion import applied

TWO_PORTS = "workloads:\n- name: e\n  intercepts:\n  - port: 1\n    localPort: 80\n  - name: x\n    port: 2\n"
CONNECTIONS = "connections: [{name: a}, {name: b}]\n"


def read(text: str) -> Reading:
    return read_specification(textwrap.dedent(text), "f")


def only(text: str, code: Code) -> Problem:
    found = [one for one in read(text).problems if one.code is code]
    assert len(found) == 1, read(text).problems
    return found[0]


def shown(text: str, problem: Problem) -> str:
    line = textwrap.dedent(text).splitlines()[problem.range.line - 1]
    return line[problem.range.column - 1 : problem.range.end_column - 1]


# Each row: text, code, what the range covers, part of the message, and what the best fix leaves of the text, if any.
FINDINGS: list[tuple[str, Code, str, str, str | None]] = [
    (
        "handlers:\n- name: a\n  docker:\n    image: x\n    compose: {}\n",
        Code.EXCLUSIVE_KEYS,
        "compose",
        '"compose" (line 5) excludes "image" (line 4)',
        "handlers:\n- name: a\n  docker:\n    image: x\n",
    ),
    (
        "handlers: [{name: a, docker: {ports: [1]}}]\n",
        Code.MISSING_KEY,
        "ports",
        "needs image, build or compose",
        "handlers: [{name: a, docker: {image: , ports: [1]}}]\n",
    ),
    (
        "prerequisites: [{}]\n",
        Code.MISSING_KEY,
        "{}",
        "needs create or delete",
        "prerequisites: [{create: }]\n",
    ),
    (
        "connections: [{context: x}]\n",
        Code.MISSING_KEY,
        "context",
        'no "name"',
        "connections: [{name: , context: x}]\n",
    ),
    (
        "handlers:\n- script:\n    run: x\n",
        Code.MISSING_KEY,
        "script",
        'the handler has no "name"',
        "handlers:\n- name: \n  script:\n    run: x\n",
    ),
    (
        "handlers:\n- name: a\n- name: a\n",
        Code.DUPLICATE_NAME,
        "a",
        'another handler "a" in line 2',
        "handlers:\n- name: a\n- name: a-2\n",
    ),
    ("connections: [{name: a}, {name: a}]\n", Code.DUPLICATE_NAME, "a", 'another connection "a"', "*"),
    (
        "handlers: [{name: a, docker: {compose: {services: [{name: w}, {name: w}]}}}]\n",
        Code.DUPLICATE_NAME,
        "w",
        'another compose service "w"',
        "*",
    ),
    (
        "handlers: [{name: echo}]\nprerequisites: [{delete: eco}]\n",
        Code.UNDEFINED_PREREQUISITE,
        "eco",
        'did you mean "echo"?',
        "handlers: [{name: echo}]\nprerequisites: [{delete: echo}]\n",
    ),
    (
        "handlers: [{name: echo}]\nworkloads: [{name: e, intercepts: [{handler: eco}]}]\n",
        Code.UNDEFINED_HANDLER,
        "eco",
        'did you mean "echo"?',
        "*",
    ),
    (
        f"{CONNECTIONS}workloads:\n- name: echo\n",
        Code.MISSING_PREFIX,
        "echo",
        "write a/echo",
        f"{CONNECTIONS}workloads:\n- name: a/echo\n",
    ),
    (
        "connections: [{name: alpha}, {name: beta}]\nworkloads:\n- name: alpa/echo\n",
        Code.UNDEFINED_CONNECTION,
        "alpa",
        'did you mean "alpha"?',
        "connections: [{name: alpha}, {name: beta}]\nworkloads:\n- name: alpha/echo\n",
    ),
    ("workloads:\n- name: a/echo\n", Code.SUPERFLUOUS_PREFIX, "a/echo", 'write "echo"', "workloads:\n- name: echo\n"),
    (
        f"{CONNECTIONS}handlers: [{{name: h, docker: {{compose: {{services: [{{name: w, connection: c}}]}}}}}}]\n",
        Code.UNDEFINED_CONNECTION,
        "c",
        "there is a and b",
        None,
    ),
    (
        f"{CONNECTIONS}handlers:\n- name: h\n  external: {{}}\n"
        "workloads: [{name: a/e, intercepts: [{handler: h}]}]\n",
        Code.HANDLER_NOT_ISOLATED,
        "external",
        "isDocker: true",
        f"{CONNECTIONS}handlers:\n- name: h\n  external: {{isDocker: true}}\n"
        "workloads: [{name: a/e, intercepts: [{handler: h}]}]\n",
    ),
    (
        f"{CONNECTIONS}handlers:\n- name: h\n  docker:\n    compose:\n      services:\n"
        "      - {name: w, behavior: interceptHandler}\n",
        Code.HANDLER_NOT_ISOLATED,
        "interceptHandler",
        'add "connection"',
        f"{CONNECTIONS}handlers:\n- name: h\n  docker:\n    compose:\n      services:\n"
        "      - {name: w, connection: a, behavior: interceptHandler}\n",
    ),
    (
        "handlers: [{name: a, docker: {compose: {spec: {services: {web: {}}}, services: [{name: wbe}]}}}]\n",
        Code.UNDEFINED_COMPOSE_SERVICE,
        "wbe",
        'did you mean "web"?',
        "*",
    ),
    (
        "workloads:\n- name: e\n  intercepts:\n  - global: true\n    pathPrefix: /a\n",
        Code.GLOBAL_WITH_FILTERS,
        "pathPrefix",
        "exclude each other",
        "*",
    ),
    (
        TWO_PORTS + "    localPort: 80\n",
        Code.SAME_LOCAL_PORT,
        "80",
        "local port 80 already (line 5)",
        TWO_PORTS + "    localPort: 81\n",
    ),
    (
        "name: a\nworkloads: []\nname: b\n",
        Code.DUPLICATE_KEY,
        "name",
        "first in line 1",
        "name: a\nworkloads: []\n",
    ),
    (
        "workloads: [{name: e, intercepts: [{service_port: 1}]}]\n",
        Code.UNKNOWN_KEY,
        "service_port",
        'it is called "port"',
        "workloads: [{name: e, intercepts: [{port: 1}]}]\n",
    ),
    ("handlers:\n\t- name: a\n", Code.TAB, "\t", "by spaces", "handlers:\n  - name: a\n"),
    ('name: "a\nworkloads: []\n', Code.YAML_SYNTAX, '"a', "not closed", 'name: "a"\nworkloads: []\n'),
    ("name: 8080\n", Code.WRONG_TYPE, "8080", 'write "8080"', 'name: "8080"\n'),
    (
        "handlers: [{name: '{{ .x }}'}]\nworkloads: [{name: e, intercepts: [{handler: '{{ .x }}'}]}]\n",
        Code.TEMPLATED_REFERENCE,
        "'{{ .x }}'",
        "cannot be a template",
        None,
    ),
    ("handlers:\n- name: a\n  debug: {}\n", Code.DEBUG_WITHOUT_SCRIPT, "debug", "to debug", "handlers:\n- name: a\n"),
]


@pytest.mark.parametrize(("text", "code", "where", "said", "mended"), FINDINGS)
def test_it_is_said_where_it_stands_and_mended(
    text: str, code: Code, where: str, said: str, mended: str | None
) -> None:
    problem = only(text, code)
    assert (problem.is_error, shown(text, problem)) == (True, where)
    assert said in problem.message
    assert bool(problem.fixes) == (mended is not None), problem.fixes
    if mended is not None:
        after = applied(text, problem.fixes[0].edits)
        assert problem not in read(after).problems
        assert after == mended or mended == "*"
        if mended == "*":
            assert code not in {one.code for one in read(after).problems}


def test_several_ways_to_mend_one_thing() -> None:
    problem = only(f"{CONNECTIONS}workloads: [{{name: echo}}]\n", Code.MISSING_PREFIX)
    assert [fix.title for fix in problem.fixes] == ["Change to a/echo", "Change to b/echo"]
    text = "connection:\n  name: x\n  # both\nconnections:\n- name: a\nhandlers: []\n"
    problem = only(text, Code.EXCLUSIVE_KEYS)
    assert [applied(text, fix.edits) for fix in problem.fixes] == [
        "connection:\n  name: x\n  # both\nhandlers: []\n",
        "  # both\nconnections:\n- name: a\nhandlers: []\n",
    ]


@pytest.mark.parametrize(
    ("handler", "mended"),
    [
        ("{name: a, debug: {}}", "{name: a}"),
        ("{debug: {}, name: a}", "{name: a}"),
        ("{name: a , debug: {} , environment: []}", "{name: a , environment: []}"),
        ('{name: a, "debug": {port: 1, justMyCode: no} }', "{name: a }"),
        ("{name: a, debug: {},}", "{name: a, }"),
        ("{name: a, debug: {}, # why\n   environment: []}", "{name: a, # why\n   environment: []}"),
        ("{name: a, debug: {},\r\n   environment: []}", "{name: a, \r\n   environment: []}"),
        ("{name: a, debug: }", "{name: a}"),
        ("{name: a, debug}", "{name: a}"),
        ("{name: a, debug: &x {}}", "{name: a}"),
        ("{name: a,\n   debug: {}}", None),
        ("{name: a, debug: {\n   }}", None),
    ],
)
def test_an_entry_within_brackets_goes_with_its_comma(handler: str, mended: str | None) -> None:
    text = "# 😋\nhandlers:\n- HANDLER\nworkloads: [{name: e, intercepts: [{handler: a}]}]\n"
    before = text.replace("HANDLER", handler)
    problem = only(before, Code.DEBUG_WITHOUT_SCRIPT)
    after = [applied(before, fix.edits) for fix in problem.fixes]
    assert after == ([text.replace("HANDLER", mended)] if mended is not None else [])
    assert [one for text in after for one in read(text).problems] == []


def test_what_clashes_names_the_other_place() -> None:
    for text, code in (
        ("handlers: [{name: a}, {name: a}]\n", Code.DUPLICATE_NAME),
        ("name: a\nname: b\n", Code.DUPLICATE_KEY),
        ("connection: {}\nconnections: []\n", Code.EXCLUSIVE_KEYS),
        ("workloads: [{name: e, intercepts: [{}, {name: f, localPort: 1}]}]\n", Code.SAME_TRAFFIC),
        ("workloads: [{name: e, intercepts: [{}]}, {name: f, intercepts: [{}]}]\n", Code.SAME_LOCAL_PORT),
        ("workloads: [{name: e, intercepts: [{global: true, pathPrefix: /a}]}]\n", Code.GLOBAL_WITH_FILTERS),
    ):
        assert only(text, code).related, text


def test_what_several_aliases_lead_to_is_wrong_once() -> None:
    text = "handlers: [{name: a, script: &s {run: x, shel: sh}}, {name: b, script: *s}]\n"
    assert only(text, Code.UNKNOWN_KEY).range.line == 1


def test_an_unused_handler_is_faded_unless_a_prerequisite_uses_it() -> None:
    handlers = "handlers: [{name: a}, {name: b}]\n"
    problem = only(handlers + "prerequisites: [{create: b}]\n", Code.UNUSED_HANDLER)
    assert only(handlers + "prerequisites: [{delete: b}]\n", Code.UNUSED_HANDLER) == problem
    assert (problem.tags, problem.is_error, '"a"' in problem.message) == ((Tag.UNUSED,), False, True)


PUBLISHED = """\
handlers:
- {name: a, script: {run: x}}
- {name: b, docker: {image: i, ports: [8080, 9000]}}
- {name: c, docker: {image: i, ports: [9000]}}
workloads:
- {name: e, intercepts: [{handler: a, localPort: 8080}]}
- {name: f, intercepts: [{handler: b, localPort: 1}]}
"""


def test_ports_that_are_published_are_those_of_the_workstation() -> None:
    problem = only(PUBLISHED, Code.SAME_LOCAL_PORT)
    assert (problem.range.line, "8080" in problem.message, problem.related[0].range.line) == (3, True, 6)
    third = "- {name: g, intercepts: [{handler: c, localPort: 2}]}\n"
    both = [one for one in read(PUBLISHED + third).problems if one.code is Code.SAME_LOCAL_PORT]
    assert [(one.range.line, one.related[0].range.line) for one in both] == [(3, 6), (4, 3)]
    text = PUBLISHED.replace("name: e", "name: l/e").replace("name: f", "name: r/f")
    assert not [one for one in read("connections: [{name: l}, {name: r}]\n" + text).problems if one.is_error]


def test_a_debugger_s_port_is_one_of_the_workstation_too() -> None:
    text = """
        handlers:
        - {name: a, script: {run: x}, debug: {type: debugpy, port: %d}}
        - {name: b, script: {run: x}, debug: {type: debugpy, port: %d}}
        workloads:
        - name: e
          intercepts:
          - {name: one, port: 1, handler: a, localPort: 8080}
          - {name: two, port: 2, handler: b, localPort: 8081}
    """
    assert not [one for one in read(text % (5678, 5679)).problems if one.is_error]
    twice = only(text % (5678, 5678), Code.SAME_LOCAL_PORT)
    assert (twice.range.line, twice.related[0].range.line, "debugger" in twice.message) == (4, 3, True)
    own = only(text % (8080, 5678), Code.SAME_LOCAL_PORT)
    assert (own.range.line, "8080" in own.message) == (3, True)
    unused = text.replace("handler: b", "handler: a").replace("localPort: 8081", "localPort: 8082")
    assert not [one for one in read(unused % (5678, 5678)).problems if one.code is Code.SAME_LOCAL_PORT]


def test_each_connection_and_each_container_network_has_ports_of_its_own() -> None:
    text = """
        connections: [{name: a}, {name: b}]
        handlers: [{name: s, script: {run: x}}, {name: d, docker: {image: x}}, {name: e, docker: {image: y}}]
        workloads:
        - {name: a/echo, intercepts: [{handler: s}]}
        - {name: b/echo, intercepts: [{handler: s}, {name: c, port: 81, handler: d}, {name: z, port: 2, handler: e}]}
    """
    problem = only(text, Code.SAME_LOCAL_PORT)
    assert 'the handler "d" listens' in problem.message


def test_what_is_broken_may_hold_what_is_missing() -> None:
    text = "connections:\n- name: a\n- name: 'b\nworkloads:\n- name: c/echo\n  intercepts: [{handler: h}]\n"
    assert {one.code for one in read(text).problems} == {Code.YAML_SYNTAX}


def test_every_fix_of_an_edited_text_is_counted_anew() -> None:
    text = "name: a\nworkloads: []\nname: b\n"
    first = read_specification(text, "f")
    later = read_specification("# one more\n" + text, "f", first)
    (problem,) = [one for one in later.problems if one.code is Code.DUPLICATE_KEY]
    assert applied("# one more\n" + text, problem.fixes[0].edits) == "# one more\nname: a\nworkloads: []\n"


TWO = "connections: [{name: a}, {name: b}]\n"


@pytest.mark.parametrize(
    "text",
    [
        TWO + "workloads: [{name: a/e, intercepts: [{name: i}]}, {name: b/e, intercepts: [{name: i}]}]\n",
        "handlers: [{name: h, external: {isDocker: true}}, {name: s, script: {run: x}}]\n"
        "workloads: [{name: e, intercepts: [{handler: h}]}, {name: f, intercepts: [{handler: s}]}]\n",
        "handlers: [{name: h, docker: {compose: {context: .}}}]\n"
        "workloads: [{name: e, intercepts: [{handler: h}]}, {name: f, intercepts: [{handler: h}]}]\n",
    ],
    ids=["names are apart by connection", "a container has a network of its own", "so have services of a compose file"],
)
def test_what_only_looks_like_a_clash_is_none(text: str) -> None:
    assert not [one for one in read(text).problems if one.is_error]


def test_what_is_started_outside_of_a_container_is_in_no_network_of_a_connection() -> None:
    text = (
        TWO
        + "handlers:\n- name: h\n  external: {isDocker: false}\nworkloads: [{name: a/e, intercepts: [{handler: h}]}]\n"
    )
    assert only(text, Code.HANDLER_NOT_ISOLATED).range.line == 4


def test_an_unknown_connection_of_a_service_is_named_wherever_it_stands() -> None:
    spec = "spec: {services: {web: {x-telepresence: {behavior: interceptHandler, connection: aa}}}}"
    text = TWO + f"handlers: [{{name: h, docker: {{compose: {{{spec}}}}}}}]\nworkloads: []\n"
    problem = only(text, Code.UNDEFINED_CONNECTION)
    assert (problem.range.line, problem.replacement and problem.replacement.text) == (2, "a")
