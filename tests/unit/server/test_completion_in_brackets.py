"""Completion within brackets that reach over several lines, closed or not (yet)."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.in_process import InProcess
from unit.server.test_completion import ROOT_KEYS, SNIPPETS, applied, labels

BESIDE_NAME = ["script", "environment", "debug", "docker", "external"]
TWO = "handlers: [{name: x}, {name: y}]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handlers: [\n  {name: x},\n  ‸", ["{name"]),
        ("handlers: [\n  {name: x},\n  {‸\n", ["name", *BESIDE_NAME]),
        ("handlers: [\n  {name: x,\n   ‸", BESIDE_NAME),
        ("handlers: [\n  {name: x,\n   sc‸},\n  {name: y},\n]\n", BESIDE_NAME),
        ("handlers: [\n  {name: x,\n   '‸'},\n]\n", BESIDE_NAME),
        ("handlers: [\n  {name: x,\n   ‸,\n   script: {run: x}},\n]\n", ["environment", "debug"]),
        ("handlers: [\n  {\n    name: x, # with }\n    e‸\n    script: {run: x},\n  },\n]\n", ["environment", "debug"]),
        ("handlers: [{\n  name: x,\n  external: {\n    outputFormat: json,\n    ‸", ["isDocker", "outputPath"]),
        ("handlers:\n  - external: {\n    ‸\n  }\n", ["isDocker", "outputFormat", "outputPath"]),
        ("handlers:\n  - external: {\n    isDocker: true,\n    o‸\n  }\n", ["outputFormat", "outputPath"]),
        ('handlers:\n  [\n    {name: x, script: {run: "don\'t, ]",\n      ‸}}]\n', ["shell"]),
        ("handlers: [\n  {name: x,\n   environment: [\n     {name: don't, value: b},\n     {‸", ["name", "value"]),
        ('{\n  "handlers": [\n    {"name":"x",\n     "‸\n', BESIDE_NAME),
        ("{\n  ‸\n}\n", ROOT_KEYS),
        ("handlers: [\n  {name: x}\n  ‸\n]\n", []),
        ("handlers: [\n  {name: a\n    ‸\n  }\n]\n", []),
        ("handlers: [\n  # {name: x,\n  ‸\n]\n", ["{name"]),
        ("handlers: [\r\n  {name: x,\r\n   ‸\r\n", BESIDE_NAME),
        ("handlers: [\n\t{name: x,\n\t\t‸\n", BESIDE_NAME),
    ],
)
async def test_keys(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handlers: [\n  {name: x},\n\nwor‸\n", [one for one in ROOT_KEYS if one != "handlers"]),
        ("handlers: [\n  {name: x},\n]\n‸", [one for one in ROOT_KEYS if one != "handlers"]),
        (
            "handlers:\n  - script: {\n      run: x,\n    shell: bash\n    ‸\n",
            [one for one in ["name", *BESIDE_NAME] if one not in ("script", "docker", "external", "shell")],
        ),
        ("handlers:\n  - name: x\n    script:\n      run: |\n        f() {\n          na‸\n        }\n", []),
    ],
)
async def test_outside_of_them_nothing_changes(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handlers: [{\n  external: {\n    outputFormat: ‸\n  }\n}]\n", ["json", "yaml"]),
        (f"{TWO}workloads:\n  - {{name: w,\n     intercepts: [{{\n       port: 80,\n       handler: ‸", ["x", "y"]),
        (f"{TWO}workloads: [\n  {{name: w, intercepts: [\n    {{handler: x‸}},\n  ]}},\n]\n", ["x", "y"]),
        (f"{TWO}prerequisites: [\n  {{create: x,\n   delete: ‸\n", ["x", "y"]),
    ],
)
async def test_values_and_names(text: str, expected: list[str]) -> None:
    assert await labels(text) == expected


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("handlers: [\n  {name: x,\n   sc‸},\n]\n", "script", "handlers: [\n  {name: x,\n   script: },\n]\n"),
        ("handlers: [\n  ‸\n]\n", "{name", "handlers: [\n  {name: \n]\n"),
        ("handlers: [na‸]\n", "{name", "handlers: [{name: ]\n"),
    ],
)
async def test_what_is_chosen_stays_within(text: str, label: str, expected: str) -> None:
    assert await applied(text, label) == expected


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("handlers: [‸]\n", "{name", "{name: $0}"),
        ("handlers: [{name: x, ‸}]\n", "script", "script: {run: $0}"),
        ("handlers: [{name: x, ‸}]\n", "environment", "environment: [{name: $1, value: $0}]"),
        ("handlers: [{name: x, environment: [‸", "{name", "{name: $1, value: $0}"),
        ("handlers: [{docker: {‸", "ports", "ports: [$0]"),
    ],
)
async def test_snippets_open_and_close_brackets(text: str, label: str, expected: str) -> None:
    assert await snippet(text, label) == expected


ITEM = "name: $1\n        value: $0"


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("handlers:\n  - environment:\n      - {name: A, value: b}\n      - ‸\n", "name", ITEM),
        ("handlers:\n  - environment:\n      - name: A\n        value: b\n      ‸\n", "- name", f"- {ITEM}"),
        ("workloads:\n  - intercepts:\n    - headers:\n      - ‸\n", "name", ITEM),
        ("handlers:\n  - environment:\n      - ‸\n        value: b\n", "name", "name: $0"),
        ("handlers:\n  - environment:\n      - ‸\n", "value", "value: $0"),
    ],
)
async def test_each_item_has_all_that_must_be_there(text: str, label: str, expected: str) -> None:
    assert await snippet(text, label) == expected


async def snippet(text: str, label: str) -> str:
    """What an item inserts where the editor knows snippets."""
    before, _, after = text.partition("‸")
    one = await InProcess().initialize(**SNIPPETS)
    one.open(before + after)
    lines = before.split("\n")
    items: list[dict[str, Any]] = (await one.at("textDocument/completion", len(lines) - 1, len(lines[-1])))["items"]
    (new,) = [item["textEdit"]["newText"] for item in items if item["label"] == label]
    return str(new)
