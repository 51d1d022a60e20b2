"""Completion: what is legal here and not there yet, in whole text and in broken text."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.in_process import URI, InProcess

HEAD = """\
name: demo
connection:
  namespace: shop
handlers:
  - name: echo
    script:
      run: |
        exec python echo.py
"""
TAIL = """\
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
"""


async def completed(text: str) -> dict[str, Any]:
    """The answer where ``|`` stands in the text; ``▮`` stands for a bar."""
    before, _, after = text.partition("‸")
    lines = before.split("\n")
    one = await InProcess().initialize()
    one.open(before + after)
    answer: dict[str, Any] = await one.at("textDocument/completion", len(lines) - 1, len(lines[-1]))
    return answer


async def labels(text: str) -> list[str]:
    """As an editor sorts them."""
    items = (await completed(text))["items"]
    return [one["label"] for one in sorted(items, key=lambda one: one.get("sortText") or one["label"])]


async def applied(text: str, label: str) -> str:
    """The text after the item was chosen."""
    (item,) = [one for one in (await completed(text))["items"] if one["label"] == label]
    whole = text.replace("‸", "")
    lines = whole.splitlines(keepends=True)
    edit = item["textEdit"]
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    start, end = (starts[edit["range"][side]["line"]] + edit["range"][side]["character"] for side in ("start", "end"))
    return whole[:start] + edit["newText"] + whole[end:]


INTERCEPT_KEYS = [
    "localPort",
    "headers",
    "name",
    "enabled",
    "service",
    "container",
    "pathPrefix",
    "pathEqual",
    "pathRegexp",
    "global",
    "previewURL",
    "replace",
    "mountPoint",
]
FIRST_KEYS = ["handler", "port", *INTERCEPT_KEYS]
FILTER_KEYS = ["headers", "pathPrefix", "pathEqual", "pathRegexp"]
ROOT_KEYS = ["workloads", "handlers", "connection", "name", "connections", "prerequisites"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("‸", ROOT_KEYS),
        (HEAD + "‸", ["workloads", "prerequisites"]),
        (HEAD + "wor‸\n", ["workloads", "prerequisites"]),
        (HEAD + "‸\n" + TAIL, ["prerequisites"]),
        (HEAD + TAIL + "        ‸", INTERCEPT_KEYS),
        (HEAD + TAIL + "        loc‸\n", INTERCEPT_KEYS),
        (HEAD + TAIL.replace("        port", "        lo‸\n        port"), INTERCEPT_KEYS),
        (
            HEAD + TAIL.replace("        port", '        service: "unclosed\n        lo‸\n        port'),
            [one for one in INTERCEPT_KEYS if one != "service"],
        ),
        (HEAD + TAIL + "      - ‸", FIRST_KEYS),
        (
            HEAD + TAIL + "        pathEqual: /x\n        ‸",
            [one for one in INTERCEPT_KEYS if one != "global" and not one.startswith("path")],
        ),
        (HEAD + TAIL + "  - ‸", ["name", "namespace", "intercepts"]),
        (HEAD + TAIL + "  ‸", ["- name"]),
        (HEAD + "  - {name: x, ‸", ["script", "environment", "debug", "docker", "external"]),
        (HEAD + "  - name: x\n    script: {‸}\n", ["run", "shell"]),
        (HEAD + "  - {name: x, ‸, script: {run: exec x}}\n", ["environment", "debug"]),
        ("handlers: [{name: x}, {na‸", ["name", "script", "environment", "debug", "docker", "external"]),
        ("handlers: [{name: x, script: {run: x}, ‸", ["environment", "debug"]),
        ("handlers: [{name: x} ‸", []),
        ("handlers: [{name: x}]‸", []),
        (HEAD + TAIL + '        "loc‸', INTERCEPT_KEYS),
        (HEAD + TAIL + "        'loc‸'\n", INTERCEPT_KEYS),
        (HEAD + TAIL + '      - "‸', FIRST_KEYS),
        (HEAD + '"wor‸\n', ["workloads", "prerequisites"]),
        (HEAD + TAIL + '        headers: [{"na‸"}]', ["name", "value"]),
        (HEAD + TAIL + "\t\t\t\tloc‸", INTERCEPT_KEYS),
        (HEAD + TAIL + "      -\tloc‸", FIRST_KEYS),
        (HEAD + "  - name: x\n    script:\n      ‸\n" + TAIL, ["run", "shell"]),
        (HEAD + "workloads:\n- name: x\n  ‸\n", ["namespace", "intercepts"]),
        (HEAD + "  # nothing ‸", []),
        (HEAD.replace("exec python", "exec ‸"), []),
        ("apiVersion: getambassador.io/v1alpha4\n‸", ["kind", "spec", "metadata"]),
        ("kind: InterceptSpecification\nspec:\n  ‸", ROOT_KEYS),
        ("kind: Service\n---\n‸\n---\nname: x\n", ROOT_KEYS),
    ],
)
async def test_keys_that_are_legal_here_and_not_used_yet(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("written", "clashing"),
    [
        ("headers: []", ["global"]),
        ("pathRegexp: /a", ["global", "pathPrefix", "pathEqual"]),
        ("global: true", FILTER_KEYS),
        ("global: 'yes' # all", []),
        ("global: yes # all", FILTER_KEYS),
        ("global: false", []),
        ("global: ", []),
    ],
)
@pytest.mark.parametrize("is_flow", [False, True])
async def test_keys_that_would_clash_are_not_offered(written: str, clashing: list[str], is_flow: bool) -> None:
    key = written.partition(":")[0]
    if is_flow:
        text = f"workloads: [{{name: a, intercepts: [{{{written.partition(' #')[0]}, ‸"
    else:
        text = f"workloads:\n  - name: a\n    intercepts:\n      - {written}\n        ‸\n"
    assert await labels(text) == [one for one in FIRST_KEYS if one not in (key, *clashing)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD.replace("run: |", "shell: ‸\n      run: |"), ["bash", "zsh", "sh"]),
        (HEAD + TAIL + "        enabled: ‸", ["true", "false"]),
        (HEAD + TAIL + "        enabled: t‸rue # yes", ["true", "false"]),
        (HEAD + "workloads: [{name: x, intercepts: [{handler: ‸", ["echo"]),
        (HEAD + TAIL + "        localPort: ‸", ["8080"]),
        (HEAD + TAIL.replace("handler: echo", "handler: ‸"), ["echo"]),
        (HEAD + TAIL.replace("handler: echo", 'handler: "‸'), ["echo"]),
        (HEAD + TAIL.replace("handler: echo", "handler:\t‸"), ["echo"]),
        (HEAD + TAIL.replace("        port: http", "\t\t\t\tenabled: ‸"), ["true", "false"]),
        ("apiVersion: ‸\nkind: InterceptSpecification\n", ["getambassador.io/v1alpha4"]),
        ("kind: ‸\nspec:\n", ["InterceptSpecification"]),
    ],
)
async def test_values(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        (HEAD + TAIL + "        loc‸", "localPort", HEAD + TAIL + "        localPort: "),
        (HEAD + TAIL.replace("port:", "po‸rt:"), "localPort", HEAD + TAIL.replace("port:", "localPort:")),
        (HEAD + TAIL + "  - name: x\n    int‸", "intercepts", HEAD + TAIL + "  - name: x\n    intercepts:\n      - "),
        (HEAD + TAIL + "  ‸", "- name", HEAD + TAIL + "  - name: "),
        (HEAD + "con‸\n", "workloads", HEAD + "workloads:\n  - \n"),
        (HEAD + TAIL + "        enabled: t‸rue", "false", HEAD + TAIL + "        enabled: false"),
        (HEAD + TAIL + '        "loc‸', "localPort", HEAD + TAIL + '        "localPort": '),
        (HEAD + TAIL + "        'loc‸'\n", "localPort", HEAD + TAIL + "        'localPort': \n"),
        (HEAD + TAIL.replace("port:", '"po‸rt":'), "localPort", HEAD + TAIL.replace("port:", '"localPort":')),
        (HEAD + TAIL + "\t\t\t\tloc‸", "localPort", HEAD + TAIL + "\t\t\t\tlocalPort: "),
        (HEAD + TAIL + "\t\t\t\tenabled: t‸rue", "false", HEAD + TAIL + "\t\t\t\tenabled: false"),
        ("handlers: [{name: x}, {na‸", "name", "handlers: [{name: x}, {name: "),
    ],
)
async def test_what_is_chosen_replaces_the_word_and_leads_on(text: str, label: str, expected: str) -> None:
    assert await applied(text, label) == expected


async def test_a_specification_can_be_written_by_completion_alone() -> None:
    text = "‸"
    for label in ["handlers", "name", None, "script", "run"]:
        text = (await applied(text, label) if label else text.replace("‸", "echo\n    ")) + "‸"
        text = text.replace("‸‸", "‸")
    assert text == "handlers:\n  - name: echo\n    script:\n      run: ‸"


SNIPPETS = {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("‸", "handlers", "handlers:\n  - name: $0"),
        (HEAD + "  - name: x\n    ‸", "script", "script:\n      run: $0"),
        (HEAD + "  - name: x\n    script:\n      ‸", "shell", "shell: ${1|bash,zsh,sh|}"),
        (HEAD + TAIL + "        ‸", "global", "global: ${1|true,false|}"),
        (HEAD + TAIL + "      - ‸", "handler", "handler: ${1|echo|}"),
        (HEAD + TAIL + "        ‸", "headers", "headers:\n          - name: $1\n            value: $0"),
        (HEAD + TAIL + "        ‸", "localPort", "localPort: $0"),
        (HEAD + TAIL.replace("port:", "po‸rt:"), "localPort", "localPort"),
    ],
)
async def test_snippets_lead_from_value_to_value(text: str, label: str, expected: str) -> None:
    before, _, after = text.partition("‸")
    one = await InProcess().initialize(**SNIPPETS)
    one.open(before + after)
    lines = before.split("\n")
    items = (await one.at("textDocument/completion", len(lines) - 1, len(lines[-1])))["items"]
    (item,) = [each for each in items if each["label"] == label]
    assert item["textEdit"]["newText"] == expected
    assert item.get("insertTextFormat") == (2 if "$" in expected else None)


@pytest.mark.parametrize(
    ("text", "label", "indent"),
    [
        (HEAD + TAIL + "         ‸", "localPort", 8),
        (HEAD + TAIL + "       ‸", "- handler", 6),
        (HEAD + "  - name: x\n     ‸", "script", 4),
        (HEAD + "  - name: x\n    script:\n        ‸\n      shell: bash\n", "run", 6),
        (" ‸", "handlers", 0),
        (HEAD + " ‸\n" + TAIL, "prerequisites", 0),
    ],
)
async def test_on_an_empty_line_a_key_comes_to_stand_where_it_fits(text: str, label: str, indent: int) -> None:
    items = (await completed(text))["items"]
    (found,) = [one for one in items if one["label"] == label]
    assert [edit["newText"] for edit in found["additionalTextEdits"]] == [" " * indent]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + TAIL + "        headers: [{name: a, value: ‸", ["auto"]),
        ("connections:\n  - name: a\nhandlers:\n  - name: x\n    docker: {compose: {services: [{connection: ‸", ["a"]),
        ("handlers: [{name: x}]\nprerequisites:\n  - create: ‸\n", ["x"]),
        ("handlers: [{name: x}]\nprerequisites:\n  - delete: ‸\n", ["x"]),
        ("connections: [{name: a}, {name: b}]\nworkloads:\n  - name: ‸\n", ["a/", "b/"]),
        (HEAD + TAIL + "        previewURL: ‸", ["true", "false"]),
        (HEAD + TAIL + "        mountPoint: ‸", ["true", "false"]),
        ("handlers:\n  - name: x\n    external:\n      outputFormat: ‸\n", ["json", "yaml"]),
    ],
)
async def test_values_of_the_whole_language(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + TAIL + "        previewURL:\n          ‸", ["enable", "banner", "ingress"]),
        (
            "apiVersion: getambassador.io/v1alpha1\nkind: InterceptSpecification\n"
            "spec:\n  workloads:\n    web:\n      ‸",
            ["namespace", "intercepts"],
        ),
    ],
)
async def test_keys_of_the_whole_language(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


async def test_keys_come_with_their_meaning() -> None:
    items = (await completed(HEAD + TAIL + "        ‸"))["items"]
    (item,) = [one for one in items if one["label"] == "localPort"]
    assert "Where the handler listens." in item["documentation"]["value"]
    assert "Default: 8080." in item["documentation"]["value"]


async def test_the_default_is_called_so_and_explained() -> None:
    (item,) = (await completed(HEAD + TAIL + "        localPort: ‸"))["items"]
    assert item["detail"] == "default"
    assert "Where the handler listens." in item["documentation"]["value"]


async def test_other_documents_get_nothing() -> None:
    one = await InProcess().initialize()
    one.open("a: 1\n", "file:///values.yaml")
    answer = await one.at("textDocument/completion", 0, 0, "file:///values.yaml")
    assert answer["items"] == []
    assert URI not in one.server.workspace.text_documents


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        (HEAD + TAIL + "        localPort: 80‸", "80"),
        (HEAD + TAIL + "        headers:\n          - name: x-user‸", "x-user"),
        (HEAD + TAIL + "        headers:\n          - {name: x, value: a‸}", "a"),
    ],
    ids=["local-port", "header", "header-value"],
)
async def test_where_anything_may_be_written_what_is_typed_comes_first(text: str, typed: str) -> None:
    found = await completed(text)
    first = found["items"][0]
    assert (first["label"], first["preselect"], first["sortText"]) == (typed, True, "!")
    assert found["isIncomplete"], "asked again at the next sign"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace("run: |", "shell: ba‸\n      run: |"), ["bash", "zsh", "sh"]),
        (HEAD + TAIL.replace("handler: echo", "handler: ec‸"), ["echo"]),
    ],
)
async def test_where_only_some_words_may_be_written_what_is_typed_is_none(text: str, words: list[str]) -> None:
    assert await labels(text) == words
