"""Behind a key that was chosen the list of its values opens, in an editor that said it has a command for that."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.in_process import InProcess
from unit.server.test_completion import HEAD, SNIPPETS, TAIL

SUGGEST = "editor.action.triggerSuggest"
INTERCEPT = HEAD + TAIL + "        ‸"
HANDLER = HEAD + "  - name: x\n    ‸"


async def leading_on(text: str, options: Any, capabilities: dict[str, Any]) -> set[str]:
    """The labels of what opens a list behind it."""
    before, _, after = text.partition("‸")
    one = InProcess()
    params = {"processId": None, "rootUri": None, "capabilities": capabilities, "initializationOptions": options}
    await one.ask("initialize", params)
    one.open(before + after)
    lines = before.split("\n")
    items = (await one.at("textDocument/completion", len(lines) - 1, len(lines[-1])))["items"]
    return {item["label"] for item in items if "command" in item and item["command"]["command"] == SUGGEST}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (INTERCEPT, {"localPort", "headers", "service", "container", "previewURL", "mountPoint"}),
        ("connections: [{name: a}]\n" + HANDLER, set()),
        ("‸", {"workloads"}),
        (HEAD + "wor‸", {"workloads"}),
        (HEAD + TAIL + "  - ‸", {"name", "namespace"}),
        (HEAD + TAIL + "  - name: x\n    ‸", {"namespace"}),
        (
            "workloads:\n  - intercepts:\n    - ‸\n",
            {"port", "localPort", "headers", "service", "container", "previewURL", "mountPoint"},
        ),
        ("connection:\n  ‸", {"context", "namespace", "mappedNamespaces", "managerNamespace"}),
        (HEAD + "prerequisites: [{‸", set()),
        (HEAD + TAIL.replace("port:", "ser‸:"), set()),
        ("handlers: [{external: {‸", {"outputPath"}),
        ("handlers: [{docker: {build: {‸", set()),
        ("handlers: [{docker: {compose: {services: [{‸", {"name", "mapping"}),
        ("connections: [{name: a}]\nhandlers: [{docker: {compose: {services: [{‸", {"name", "mapping", "connection"}),
    ],
)
async def test_where_values_can_be_offered_and_the_snippet_has_none(text: str, expected: set[str]) -> None:
    assert await leading_on(text, {"commands": [SUGGEST]}, SNIPPETS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            HEAD + TAIL + "        headers: []\n        ‸",
            {"localPort", "enabled", "service", "container", "previewURL", "replace", "mountPoint"},
        ),
        ("workloads:\n  - ‸", {"name", "namespace"}),
        ("‸", set()),
        ("prerequisites:\n  - ‸", set()),
        (HEAD + "prerequisites:\n  - ‸", {"create", "delete"}),
    ],
)
async def test_without_snippets_it_opens_where_the_value_is_typed_at_once(text: str, expected: set[str]) -> None:
    assert await leading_on(text, {"commands": [SUGGEST]}, {}) == expected


@pytest.mark.parametrize(
    "options", [None, {"trusted": True}, {"commands": SUGGEST}, {"commands": [1, "other"]}, [SUGGEST]]
)
async def test_an_editor_that_names_no_such_command_is_told_none(options: Any) -> None:
    assert await leading_on(INTERCEPT, options, SNIPPETS) == set()
