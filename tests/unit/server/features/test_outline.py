"""Document symbols, folding and selection ranges."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.features.editor import CURSOR, Editor

TEXT = """\
# A shop.
# 😋
name: demo
connection:
  context: desk
  namespace: shop
handlers:
  - name: echo
    script:
      run: |
        one

        two

  - name: down
workloads:
- name: echo
  intercepts:
  - handler: echo
    port: http
    headers: [
      {name: a, value: b},
    ]

# end
"""


def names(symbols: list[dict[str, Any]]) -> list[Any]:
    return [(one["name"], names(one["children"])) if one.get("children") else one["name"] for one in symbols]


async def symbols(text: str) -> list[dict[str, Any]]:
    editor = await Editor.opened(text)
    found: list[dict[str, Any]] = await editor.ask("documentSymbol")
    for one in flat(found):
        inner, outer = one["selectionRange"], one["range"]
        assert pair(outer["start"]) <= pair(inner["start"]) <= pair(inner["end"]) <= pair(outer["end"]), one
    return found


def flat(symbols: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for symbol in symbols for one in (symbol, *flat(symbol.get("children") or []))]


def pair(position: dict[str, int]) -> tuple[int, int]:
    return position["line"], position["character"]


async def test_symbols_are_what_is_named_in_the_order_of_the_text() -> None:
    found = await symbols(TEXT)
    assert names(found) == ["connection", ("handlers", ["echo", "down"]), ("workloads", [("echo", ["echo"])])]
    details = {one["name"]: one.get("detail") for one in flat(found[:2])}
    assert details == {"connection": "desk, shop", "handlers": None, "echo": "script", "down": "no-op"}
    assert found[2]["children"][0]["children"][0]["detail"] == "port http → echo"


async def test_symbols_of_several_documents_are_apart() -> None:
    text = "name: a\nhandlers: [{name: x}]\nworkloads: []\n---\nkind: Pod\n---\nname: b\nworkloads: []\n"
    assert names(await symbols(text)) == [("a", [("handlers", ["x"])]), "b"]


async def test_connections_are_named() -> None:
    text = "connections:\n- {name: a, namespace: shop}\n- name: b\nworkloads: [{name: a/x}]\n"
    found = await symbols(text)
    assert names(found) == [("connections", ["a", "b"]), ("workloads", ["a/x"])]
    one = found[0]["children"][0]
    assert one["detail"] == "shop"
    assert [pair(one["selectionRange"][end]) for end in ("start", "end")] == [(1, 9), (1, 10)]


async def test_prerequisites_are_the_handlers_that_they_run() -> None:
    text = """\
handlers: [{name: up}, {name: &down down}]
prerequisites:
  - create: up
    delete: *down
  - {create: "up"}
"""
    found = (await symbols(text))[1]
    assert names([found]) == [("prerequisites", ["up", "down", "up"])]
    assert [one["detail"] for one in found["children"]] == ["create", "delete", "create"]
    ranges = [(pair(one["range"]["start"]), pair(one["selectionRange"]["start"])) for one in found["children"]]
    assert ranges == [((2, 4), (2, 12)), ((3, 4), (3, 4)), ((4, 5), (4, 13))]


async def test_symbols_say_of_which_kind_they_are_and_where() -> None:
    text = "workloads:\n- name: echo\n  namespace: shop\n  intercepts:\n  - {name: mine, enabled: false}\n"
    (section,) = await symbols(text)
    (workload,) = section["children"]
    (intercept,) = workload["children"]
    assert [one["kind"] for one in (section, workload, intercept)] == [3, 2, 24]  # namespace, module, event
    assert workload["detail"] == "shop"
    assert "disabled" in intercept["detail"]
    assert [pair(workload["range"][end]) for end in ("start", "end")] == [(1, 2), (4, 32)]
    assert [pair(intercept["selectionRange"][end]) for end in ("start", "end")] == [(4, 11), (4, 15)]


async def test_symbols_stay_where_another_place_is_broken() -> None:
    assert names(await symbols(TEXT.replace("run: |", 'shell: "bash'))) == [
        "connection",
        ("handlers", ["echo", "down"]),
        ("workloads", [("echo", ["echo"])]),
    ]


async def test_symbols_of_what_is_merged_in_from_above() -> None:
    text = "handlers:\n- &a {name: x}\n- <<: *a\nworkloads: []\n"
    assert names(await symbols(text)) == [("handlers", ["x", "x"])]


@pytest.mark.parametrize("text", ["", "# nothing\n", "handlers: 1\nworkloads:\n"])
async def test_no_symbols(text: str) -> None:
    assert await symbols(text) == []


async def test_folding() -> None:
    editor = await Editor.opened(TEXT)
    found = await editor.ask("foldingRange")
    assert [(one["startLine"], one["endLine"], one.get("kind")) for one in found] == [
        (0, 1, "comment"),
        (3, 5, None),
        (6, 14, None),
        (7, 12, None),
        (8, 12, None),
        (9, 12, None),
        (15, 22, None),
        (16, 22, None),
        (17, 22, None),
        (18, 22, None),
        (20, 22, None),
    ]


async def test_folding_stays_where_another_place_is_broken() -> None:
    editor = await Editor.opened(TEXT.replace("context: desk", 'context: "desk'))
    found = await editor.ask("foldingRange")
    assert [one["startLine"] for one in found] == [0, 3, 6, 7, 8, 9, 15, 16, 17, 18, 20]


async def test_folding_ends_at_a_document() -> None:
    editor = await Editor.opened("a:\n  b: 1\n---\nc:\n  d: 1\n\n")
    assert [(one["startLine"], one["endLine"]) for one in await editor.ask("foldingRange")] == [(0, 1), (3, 4)]


async def selected(marked: str) -> list[str]:
    editor = await Editor.opened(marked)
    (found,) = await editor.ask("selectionRange", positions=[editor.cursor])
    texts = []
    while found is not None:
        texts.append(editor.cut(found["range"]))
        found = found.get("parent")
    return texts


async def test_selection_grows_from_the_word_to_the_text() -> None:
    found = await selected(TEXT.replace("context: desk", "context: de‸sk"))
    assert found == [
        "desk",
        "context: desk",
        "  context: desk\n  namespace: shop",
        "connection:\n  context: desk\n  namespace: shop",
        TEXT,
    ]


@pytest.mark.parametrize("value", ["run th‸e shop now", '"run th‸e shop now"', "run th‸e#1 'shop' now"])
async def test_selection_grows_from_a_word_of_a_value_to_the_value(value: str) -> None:
    text = TEXT.replace("context: desk", f"context: {value}  # here")
    assert (await selected(text))[:3] == [
        "the",
        value.replace(CURSOR, ""),
        f"context: {value}  # here".replace(CURSOR, ""),
    ]


async def test_selection_in_a_script_takes_its_lines_then_its_key() -> None:
    found = await selected(TEXT.replace("        two", "        t‸wo"))
    assert found[:3] == ["two", "        one\n\n        two", "run: |\n        one\n\n        two"]
    assert found[-1] == TEXT


@pytest.mark.parametrize("marked", [CURSOR, "\ufeff‸", "# a\n\n‸", TEXT.replace("[\n", "[‸\n"), '"a\n‸b: {'])
async def test_selection_anywhere_ends_with_the_text(marked: str) -> None:
    assert (await selected(marked))[-1] == marked.replace(CURSOR, "")
