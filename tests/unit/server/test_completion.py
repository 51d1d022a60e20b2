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
    items = (await completed(text))["items"]
    return [one["label"] for one in sorted(items, key=lambda one: one.get("sortText", ""))]


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
    "name",
    "enabled",
    "service",
    "localPort",
    "headers",
    "pathPrefix",
    "pathEqual",
    "pathRegexp",
    "global",
    "replace",
    "mountPoint",
    "previewURL",
]
ROOT_KEYS = ["name", "connection", "handlers", "workloads", "connections", "prerequisites"]


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
        (HEAD + TAIL + "      - ‸", ["name", "enabled", "handler", "service", "port", *INTERCEPT_KEYS[3:]]),
        (
            HEAD + TAIL + "        pathEqual: /x\n        ‸",
            [one for one in INTERCEPT_KEYS if not one.startswith("path")],
        ),
        (HEAD + TAIL + "  - ‸", ["name", "namespace", "intercepts"]),
        (HEAD + TAIL + "  ‸", ["- name"]),
        (HEAD + "  - {name: x, ‸", ["environment", "script", "debug", "docker", "external"]),
        (HEAD + "  - name: x\n    script: {‸}\n", ["run", "shell"]),
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
    ("text", "expected"),
    [
        (HEAD.replace("run: |", "shell: ‸\n      run: |"), ["bash", "zsh", "sh"]),
        (HEAD + TAIL + "        enabled: ‸", ["true", "false"]),
        (HEAD + TAIL + "        enabled: t‸rue # yes", ["true", "false"]),
        (HEAD + "workloads: [{name: x, intercepts: [{handler: ‸", ["echo"]),
        (HEAD + TAIL.replace("handler: echo", "handler: ‸"), ["echo"]),
        (HEAD + TAIL.replace("handler: echo", 'handler: "‸'), ["echo"]),
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


async def test_other_documents_get_nothing() -> None:
    one = await InProcess().initialize()
    one.open("a: 1\n", "file:///values.yaml")
    answer = await one.at("textDocument/completion", 0, 0, "file:///values.yaml")
    assert answer["items"] == []
    assert URI not in one.server.workspace.text_documents
