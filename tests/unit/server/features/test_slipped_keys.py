"""A key that is a blank too deep below one whose value has ended: one error, and what it opens is read."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import judged, offered
from unit.server.features.editor import CURSOR, Editor
from unit.server.in_process import URI

ECHO = " handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
MISPLACED = ("handlers", "the indentation does not fit: indent by 0 blanks instead of 1")
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])
ABOVE = [
    "name: d\n",
    "name: d  # why\n\n # all\n",
    "name: 'd'\n",
    'name: "d"\r\n',
    "connection: {}\n",
    "prerequisites: []\n",
    "connection:\n  namespace: d\n",
    "connection:\n  namespace: d\n  mappedNamespaces:\n  - a\n",
]


def outline(symbols: Any) -> dict[str, list[str]]:
    return {one["name"]: [child["name"] for child in one.get("children") or []] for one in symbols}


@LONG_OR_SHORT
@pytest.mark.parametrize("first", ABOVE)
@pytest.mark.parametrize("handlers", [ECHO, ECHO.replace("\n-", "\n  -").replace("\n  script", "\n    script")])
async def test_it_is_one_error_and_its_items_are_known(handlers: str, first: str, above: str) -> None:
    editor, found = await judged(above + first + handlers + WORKLOAD)
    assert [(editor.cut(one["range"]), one["message"]) for one in found if one["severity"] == 1] == [MISPLACED]
    symbols = outline(await editor.ask("documentSymbol"))
    assert (symbols["handlers"], symbols["workloads"]) == (["echo"], ["web"])
    place = editor.position(editor.text.index("echo", editor.text.index("- handler:")))
    assert [editor.cut(one["range"]) for one in await editor.ask("definition", position=place)] == ["echo"]


@LONG_OR_SHORT
async def test_several_are_an_error_each(above: str) -> None:
    editor, found = await judged(f"{above}name: d\n{ECHO} {WORKLOAD}")
    assert [editor.cut(one["range"]) for one in found] == ["handlers", "workloads"]
    assert outline(await editor.ask("documentSymbol")) == {"handlers": ["echo"], "workloads": ["web"]}


@LONG_OR_SHORT
@pytest.mark.parametrize("first", ["name: d\n", "prerequisites:\n- create: echo\n"])
async def test_what_is_broken_in_its_list_leaves_the_rest_of_it(first: str, above: str) -> None:
    broken = ECHO + "- name: other\n  bla\n  script: {run: x\n- name: last\n"
    editor, found = await judged(above + first + broken + WORKLOAD)
    errors = [editor.cut(one["range"]) for one in found if one["severity"] == 1]
    assert errors == ["handlers", "bla", "{"]
    assert outline(await editor.ask("documentSymbol"))["handlers"] == ["echo", "other", "last"]


async def test_its_names_are_offered() -> None:
    editor = await Editor.opened(f"name: d\n{ECHO}{WORKLOAD}".replace("handler: echo", f"handler: {CURSOR}"))
    assert [one["label"] for one in (await editor.at_cursor("completion"))["items"]] == ["echo"]


@pytest.mark.parametrize(
    ("right", "key", "indent"),
    [
        (WORKLOAD + ECHO[1:], "handlers", 0),
        ("connection:\n  namespace: d\n" + ECHO[1:] + WORKLOAD, "handlers", 0),
        ("connection:\n  namespace: d\n  context: c\n" + ECHO[1:] + WORKLOAD, "context", 2),
        (ECHO[1:] + "  environment:\n  - name: A\n    value: b\n  debug: {}\n" + WORKLOAD, "debug", 2),
    ],
)
async def test_it_is_put_first_where_it_may_stand(right: str, key: str, indent: int) -> None:
    wrong = right.replace(f"\n{' ' * indent}{key}:", f"\n{' ' * (indent ^ 1)}{key}:")
    editor, fixes = await offered(wrong, Code.YAML_SYNTAX)
    assert (fixes[0]["title"], fixes[0]["isPreferred"]) == (f"Indent by {indent} blanks", True)
    assert editor.applied(fixes[0]["edit"]["changes"][URI]) == right
