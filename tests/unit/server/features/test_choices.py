"""Fixes that only the user can choose: each mends what it says and breaks nothing, and nobody takes it unasked."""

from __future__ import annotations

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import mended, offered, opened
from unit.server.features.editor import Editor
from unit.server.in_process import URI

WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])


IDLE = {
    "a block": (
        ECHO + "# idle\n- name: idle\n  script:\n    run: |\n      x\n\n# below\n",
        ECHO + "# idle\n\n# below\n",
    ),
    "the first one": ("handlers:\n- name: idle  # why\n# echo\n- name: echo\n", "handlers:\n# echo\n- name: echo\n"),
    "a dash alone": ("handlers:\n-\n  name: idle\n- name: echo\n", "handlers:\n- name: echo\n"),
    "in brackets, the first": ("handlers: [{name: idle}, {name: echo}]\n", "handlers: [{name: echo}]\n"),
    "in brackets, the last": ("handlers: [{name: echo}, {name: idle}]\n", "handlers: [{name: echo}]\n"),
    "in brackets, a line": (
        "handlers: [\n  {name: idle,\n   environment: []},  # why\n  {name: echo},  # echo\n]\n",
        "handlers: [\n  {name: echo},  # echo\n]\n",
    ),
    "in brackets, the last line": (
        "handlers: [\n  {name: echo},  # echo\n  {name: idle}\n]\n",
        "handlers: [\n  {name: echo},  # echo\n]\n",
    ),
    "in brackets, before a line": (
        "handlers: [{name: idle},\n  {name: echo}]\n",
        "handlers: [\n  {name: echo}]\n",
    ),
    "with an alias": (
        "x: &s {run: x}\nhandlers:\n- name: idle\n  script: *s\n- name: echo\n",
        "x: &s {run: x}\nhandlers:\n- name: echo\n",
    ),
}


@BOTH_LINE_ENDS
@pytest.mark.parametrize(("handlers", "expected"), IDLE.values(), ids=IDLE)
async def test_an_unused_handler_is_removed_alone(handlers: str, expected: str, end: str) -> None:
    text = (handlers + WORKLOAD).replace("\n", end)
    after = await mended(text, Code.UNUSED_HANDLER, 'Remove handler "idle"')
    assert after == (expected + WORKLOAD).replace("\n", end)


@BOTH_LINE_ENDS
@pytest.mark.parametrize("lines", [0, 20])
@pytest.mark.parametrize(
    ("handlers", "expected"),
    [
        ("handlers:  # all\n  # idle\n  - name: idle\n{}", "handlers: []  # all\n  # idle\n"),
        ('"handlers" :\n- {{name: idle}}\n{}', '"handlers" : []\n'),
        ("handlers: &all\n- name: idle\n{}", "handlers: &all []\n"),
        ("handlers: [{{name: idle}}]\n{}", "handlers: []\n"),
    ],
)
async def test_without_the_only_handler_the_list_is_empty(handlers: str, expected: str, lines: int, end: str) -> None:
    workload = WORKLOAD.replace("handler: echo\n    ", "")
    comments = "# of the workload\n" * lines  # a long text is read in pieces
    text = (handlers.format(comments) + workload).replace("\n", end)
    after = await mended(text, Code.UNUSED_HANDLER, 'Remove handler "idle"')
    assert after == (expected + comments + workload).replace("\n", end)


async def test_an_unused_handler_of_an_older_version_is_removed() -> None:
    crd = "apiVersion: getambassador.io/v1alpha1\nkind: InterceptSpecification\nmetadata: {name: demo}\nspec:\n"
    rest = "    echo: {script: {run: x}}\n  workloads: {web: {intercepts: [{handler: echo}]}}\n"
    text = f"{crd}  handlers:\n    idle:\n      script: {{run: x}}\n{rest}"
    assert await mended(text, Code.UNUSED_HANDLER, 'Remove handler "idle"') == f"{crd}  handlers:\n{rest}"


@pytest.mark.parametrize(
    "idle",
    [
        "- &idle\n  name: idle\n- {<<: *idle, name: echo}\n",
        "- name: idle\n  script: &s {run: x}\n- {name: echo, script: *s}\n",
        "- name: idle\n  {{- if true }}\n  script: {run: x}\n  {{- end }}\n- name: echo\n",
        "- {name: idle, script: {run: '{{ $x := 1 }}'}}\n- {name: echo, script: {run: '{{ $x }}'}}\n",
    ],
)
async def test_a_handler_on_which_something_else_leans_stays(idle: str) -> None:
    _, fixes = await offered("handlers:\n" + idle + WORKLOAD, Code.UNUSED_HANDLER)
    assert fixes == []


TWO = "connections: [{name: alpha}, {name: beta}, {name: '1'}]\n"
FOR_BETA = "workloads: [{name: beta/web, intercepts: [{handler: echo}]}]\n"


@BOTH_LINE_ENDS
@pytest.mark.parametrize(
    ("external", "expected"),
    [
        ("{ }", "{isDocker: true}"),
        ("{isDocker: false}", "{isDocker: true}"),
        ("{outputFormat: yaml}", "{outputFormat: yaml, isDocker: true}"),
        ("\n    isDocker: no # yet\n    outputFormat: json", "\n    isDocker: true # yet\n    outputFormat: json"),
        (
            "\n    outputPath: stderr  # why\n    outputFormat: yaml",
            "\n    outputPath: stderr  # why\n    isDocker: true\n    outputFormat: yaml",
        ),
        ("\n    outputPath: |-\n      stderr", "\n    isDocker: true\n    outputPath: |-\n      stderr"),
    ],
)
async def test_what_the_user_starts_may_be_in_a_container(external: str, expected: str, end: str) -> None:
    text = f"{TWO}handlers:\n- name: echo\n  external: HERE\n{FOR_BETA}".replace("\n", end)
    wrong, right = (text.replace("HERE", one.replace("\n", end)) for one in (external, expected))
    assert await mended(wrong, Code.HANDLER_NOT_ISOLATED, 'Write "isDocker: true"') == right


async def test_what_an_alias_means_too_is_not_written_over() -> None:
    for external in ("&e {}\n- {name: other, external: *e}", "{isDocker: &no false}\n- {name: other, debug: *no}"):
        text = f"{TWO}handlers:\n- name: echo\n  external: {external}\n{FOR_BETA}"
        assert (await offered(text, Code.HANDLER_NOT_ISOLATED))[1] == []


@pytest.mark.parametrize(
    ("title", "written"),
    [("beta", "beta"), ("alpha", "alpha"), ("1", '"1"')],
)
async def test_a_compose_service_gets_one_of_the_connections(title: str, written: str) -> None:
    text = (
        f"{TWO}handlers:\n- name: echo\n  docker:\n    compose:\n      services:\n"
        f"      - name: web\n        behavior: interceptHandler\n{FOR_BETA}"
    )
    _, fixes = await offered(text, Code.HANDLER_NOT_ISOLATED)
    every = [f'Add "connection: {name}"' for name in ("beta", "alpha", "1")]
    assert [one["title"] for one in fixes] == every, "first the one of the handler's workloads"
    after = await mended(text, Code.HANDLER_NOT_ISOLATED, f'Add "connection: {title}"')
    assert after == text.replace("name: web\n", f"name: web\n        connection: {written}\n")


OWN = "headers: [{name: x-telepresence-intercept-id, value: auto}]"
TOGETHER = "handlers: [{name: echo}, {name: other}]\nworkloads:\n- name: web\n  intercepts:\n"
DISABLE = "Disable this intercept"
IT, BOTH, ALL = (f"Make {who} personal (headers: auto)" for who in ("it", "both", "all 3"))
APART = {
    "disabled: a block": (
        "  - handler: echo\n  - name: two\n    handler: other\n    localPort: 1\n",
        DISABLE,
        "  - handler: echo\n  - name: two\n    enabled: false\n    handler: other\n    localPort: 1\n",
    ),
    "disabled: in brackets": (
        "  - handler: echo\n  - {name: two, handler: other, localPort: 1}\n",
        DISABLE,
        "  - handler: echo\n  - {name: two, enabled: false, handler: other, localPort: 1}\n",
    ),
    "disabled: enabled before": (
        "  - handler: echo\n  - {name: two, handler: other, enabled: true, localPort: 1}\n",
        DISABLE,
        "  - handler: echo\n  - {name: two, handler: other, enabled: false, localPort: 1}\n",
    ),
    "personal: both": (
        "  - handler: echo # one\n  - {name: two, handler: other, localPort: 1}\n",
        BOTH,
        f"  - handler: echo # one\n    {OWN}\n  - {{name: two, {OWN}, handler: other, localPort: 1}}\n",
    ),
    "personal: on one path": (
        "  - {handler: echo, pathPrefix: /a}\n  - {name: two, handler: other, pathPrefix: /a, localPort: 1}\n",
        BOTH,
        f"  - {{handler: echo, {OWN}, pathPrefix: /a}}\n"
        f"  - {{name: two, {OWN}, handler: other, pathPrefix: /a, localPort: 1}}\n",
    ),
    "personal: beside a filter": (
        "  - {handler: echo, headers: [{name: a, value: b}]}\n  - {name: two, handler: other, localPort: 1}\n",
        IT,
        "  - {handler: echo, headers: [{name: a, value: b}]}\n"
        f"  - {{name: two, {OWN}, handler: other, localPort: 1}}\n",
    ),
}


@BOTH_LINE_ENDS
@pytest.mark.parametrize(("intercepts", "title", "expected"), APART.values(), ids=APART)
async def test_two_of_the_same_traffic_are_kept_apart(intercepts: str, title: str, expected: str, end: str) -> None:
    text, after = ((TOGETHER + one).replace("\n", end) for one in (intercepts, expected))
    assert await mended(text, Code.SAME_TRAFFIC, title) == after


async def test_several_of_the_same_traffic_are_made_personal_together_but_no_crowd() -> None:
    three, crowd = (
        TOGETHER + "".join(f"  - {{name: i{number}, localPort: {number}}}\n" for number in range(1, count + 1))
        for count in (3, 5)
    )
    editor, fixes = await offered(three, Code.SAME_TRAFFIC)
    after = editor.applied(fixes[1]["edit"]["changes"][URI])
    assert (fixes[1]["title"], (await opened(after, Code.SAME_TRAFFIC))[1]) == (ALL, [])
    assert [one["title"] for one in (await offered(crowd, Code.SAME_TRAFFIC))[1]] == [DISABLE]


@pytest.mark.parametrize(
    ("intercepts", "titles"),
    [
        ("- {handler: echo, global: true}\n  - {name: two, handler: echo, localPort: 1}\n", [DISABLE]),
        ("- {handler: echo, headers: [{name: ':path', value: .*}]}\n  - {name: two, handler: echo}\n", [DISABLE]),
        ("- {handler: echo}\n  - {name: two, handler: echo, headers: [{name: a, value: b}]}\n", [DISABLE]),
        ("- &one {handler: echo}\n  - *one\n", []),
        ("- {handler: echo}\n  - {name: two, enabled: '{{ true }}', headers: [{name: a, value: b}]}\n", []),
    ],
    ids=["global", "a filter that is none", "filtered itself", "one thing", "a template"],
)
async def test_only_what_keeps_two_apart_is_offered(intercepts: str, titles: list[str]) -> None:
    _, fixes = await offered(TOGETHER + "  " + intercepts, Code.SAME_TRAFFIC)
    assert [one["title"] for one in fixes] == titles


async def test_what_is_written_once_and_meant_twice_cannot_be_kept_apart() -> None:
    text = ECHO + "workloads:\n- &w {name: web, intercepts: [{handler: echo}]}\n- {<<: *w}\n"
    assert (await offered(text, Code.SAME_TRAFFIC))[1] == []


async def test_those_of_an_older_version_are_kept_apart_too() -> None:
    crd = "apiVersion: getambassador.io/v1alpha1\nkind: InterceptSpecification\nmetadata: {name: demo}\nspec:\n"
    text = f"{crd}  workloads: {{web: {{intercepts: [{{name: one}}, {{name: two, localPort: 1}}]}}}}\n"
    after = await mended(text, Code.SAME_TRAFFIC, BOTH)
    assert after.count("headers: {x-telepresence-intercept-id: auto}") == 2


NAMED = (
    "connections: [{name: alpha}, {name: beta}, {name: delta}]\nhandlers:\n"
    "- {name: shop, script: {run: x}}\n- {name: shop-echo, script: {run: x}}\n- {name: 'on', script: {run: x}}\n"
    "- {name: other, docker: {compose: {services: [{name: s, behavior: local, connection: CONNECTION}]}}}\n"
    "prerequisites: [{create: shop}, {delete: other}, {create: 'on'}, {create: shop-echo}]\n"
    "workloads:\n- {name: alpha/web, intercepts: [{handler: HANDLER}]}\n"
)


@pytest.mark.parametrize(
    ("key", "written", "nearest"),
    [
        ("HANDLER", '{{ env "SHOP_ECHO" }}', "shop-echo"),
        ("HANDLER", "'{{ `on` }}'", "on"),
        ("HANDLER", '"{{ env `X` }}-echo"', "shop-echo"),
        ("CONNECTION", "{{ .Telepresence.Username }}-beta", "beta"),
    ],
)
async def test_names_are_offered_for_a_template_the_nearest_first(key: str, written: str, nearest: str) -> None:
    others = {"HANDLER": "shop", "CONNECTION": "alpha"}
    text = NAMED.replace(key, written)
    for other, name in others.items():
        text = text.replace(other, name)
    _, fixes = await offered(text, Code.TEMPLATED_REFERENCE)
    assert (fixes[0]["title"], len(fixes)) == (f'Use "{nearest}"', 3)
    for fix in fixes:
        name = fix["title"].removeprefix('Use "').removesuffix('"')
        after = await mended(text, Code.TEMPLATED_REFERENCE, fix["title"])
        assert after == text.replace(written, '"on"' if name == "on" else name)


@pytest.mark.parametrize("quote", ["", "'"])
async def test_connections_are_offered_for_a_template_before_a_slash(quote: str) -> None:
    text = f"{TWO}{ECHO}{FOR_BETA}".replace("beta/web", f"{quote}{{{{ env `1` }}}}/web{quote}")
    for name in ("1", "alpha", "beta"):
        after = await mended(text, Code.TEMPLATED_REFERENCE, f'Use "{name}"')
        assert after == text.replace("{{ env `1` }}", name)


@pytest.mark.parametrize(
    ("name", "where", "right"),
    [
        ("'{{ `beta/` }}web'", "{{ `beta/` }}", "'beta/web'"),
        ("{{ `beta` }}{{ `/w` }}eb", "{{ `beta` }}{{ `/w` }}", "beta/web"),
        ('"be{{ `ta/web` }}"', "be{{ `ta/web` }}", '"beta/web"'),
    ],
)
async def test_a_slash_that_a_template_writes_is_refused_as_one_beside_it(name: str, where: str, right: str) -> None:
    text = f"{TWO}{ECHO}{FOR_BETA}".replace("beta/web", name)
    editor, (found,) = await opened(text, Code.TEMPLATED_REFERENCE)
    assert editor.cut(found["range"]) == where
    _, (fix,) = await offered(text, Code.TEMPLATED_REFERENCE)
    after = await mended(text, Code.TEMPLATED_REFERENCE, fix["title"])
    assert after == text.replace(name, right)


@pytest.mark.parametrize(
    "workloads",
    [
        "{name: beta{{ `/web, namespace: x` }}}",
        "{{ range list `a` `b` }}{name: beta{{ print `/` . }}},{{ end }}",
    ],
)
async def test_what_a_template_writes_is_no_fix_where_it_is_more_than_one_name(workloads: str) -> None:
    _, found = await offered(f"{TWO}{ECHO}workloads: [{workloads}]\n", Code.TEMPLATED_REFERENCE)
    assert found == []


async def test_a_template_behind_the_slash_is_right() -> None:
    text = f"{TWO}{ECHO}{FOR_BETA}".replace("beta/web", "beta/{{ `web` }}")
    assert (await opened(text, Code.TEMPLATED_REFERENCE))[1] == []


async def test_no_name_is_offered_where_there_is_none() -> None:
    text = "workloads: [{name: web, intercepts: [{handler: '{{ `echo` }}'}]}]\n"
    assert (await offered(text, Code.TEMPLATED_REFERENCE))[1] == []


async def test_nothing_is_chosen_without_being_asked() -> None:
    same_traffic = "  - {name: two, handler: echo, port: 80, localPort: 1}\n"
    which = "connections: [{name: a}, {name: b}]\nworkloads: [{name: web, intercepts: [{port: 80}]}]\n"
    spelt = "workloads: [{name: my web, intercepts: [{port: 80}]}]\n"
    nothing = "handlers: [{name: a, docker: {args: []}}]\nworkloads: [{name: web, intercepts: [{handler: a}]}]\n"
    for text in (ECHO + "- name: idle\n" + WORKLOAD, ECHO + WORKLOAD + same_traffic, which, spelt, nothing):
        editor = await Editor.opened(text)
        where = {"start": editor.position(0), "end": editor.position(len(editor.text))}
        assert await editor.ask("codeAction", range=where, context={"diagnostics": [], "only": ["quickfix"]})
        context = {"diagnostics": [], "only": ["source.fixAll"]}
        assert await editor.ask("codeAction", range=where, context=context) == []
