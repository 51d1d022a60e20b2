"""Brackets in which a comma is missing: that is said where it belongs, and put there."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_schemas.specification import Code
from unit.server.features.choosing import judged, mended, offered
from unit.server.features.editor import Editor
from unit.server.in_process import URI

ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
LONG_OR_SHORT = pytest.mark.parametrize("above", ["", "#\n" * 20], ids=["short", "long"])
MISSING = {
    "items": ("[{name: a, value: b}‸ {name: c, value: d}]", " "),
    "items without a blank": ("[{name: a, value: b}‸{name: c, value: d}]", "{"),
    "items in lines": ("[{name: a, value: b}‸\n\n     {name: c, value: d}]", "}"),
    "items with comments": ("[{name: a, value: b}‸  # }\n# b\n     # c\n     {name: c, value: d}]", "}"),
    "behind quotes": ("[{value: 'it''s # }'‸ name: b}]", " "),
    "before quotes": ('[{value: "\\""‸  \'name\': b}]', "  "),
    "behind an apostrophe": ("[{name: it's, value: b}‸ {name: c, value: d}]", " "),
    "keys in lines": ("[{value: a b‸\n      name: c}]", "b"),
    "behind brackets": ("[{name: a, value: b}]\n    previewURL: {ingress: {host: a, port: 1}‸ enable: false}", " "),
}


async def errors(text: str) -> tuple[Editor, list[tuple[str, str]]]:
    editor, found = await judged(text)
    return editor, [(editor.cut(one["range"]), one["message"]) for one in found if one["severity"] == 1]


@BOTH_LINE_ENDS
@LONG_OR_SHORT
@pytest.mark.parametrize(("marked", "where"), MISSING.values(), ids=MISSING)
async def test_it_is_one_error_where_it_belongs_and_added_there(marked: str, where: str, above: str, end: str) -> None:
    text = f"{above}{ECHO}{WORKLOAD}    headers: {marked}\n    pathPrefix: /\n".replace("\n", end)
    before, _, after = text.partition("‸")
    editor, found = await errors(before + after)
    assert found == [(where, 'a "," is missing here')]
    _, (fix,) = await offered(before + after, Code.YAML_SYNTAX)
    assert (fix["title"], fix["isPreferred"]) == ("Add ,", True)
    assert editor.applied(fix["edit"]["changes"][URI]) == f"{before},{after}"
    assert (await errors(f"{before},{after}"))[1] == []


@LONG_OR_SHORT
@pytest.mark.parametrize(
    ("title", "right"),
    [("Add ,", "{context: a, namespace: b}"), ("Put it in quotes", "{context: 'a namespace: b'}")],
)
async def test_where_quotes_may_be_meant_the_user_chooses(title: str, right: str, above: str) -> None:
    text = f"{above}connection: {{context: a namespace: b}}\n{ECHO}{WORKLOAD}"
    assert (await errors(text))[1] == [(" ", 'a "," is missing here, or quotes around the value')]
    assert await mended(text, Code.YAML_SYNTAX, title) == text.replace("{context: a namespace: b}", right)


@pytest.mark.parametrize(
    ("connection", "where"),
    [
        ("{context: a, namespace: b", "{"),
        ("{context: 'a' namespace: b", "{"),
        ("{mappedNamespaces: [a, namespace: 'b' 'c'}", "["),
        ("{context: a: b}", ":"),
    ],
)
async def test_it_is_not_missing_where_something_else_is_wrong(connection: str, where: str) -> None:
    assert [one for one, _ in (await errors(f"connection: {connection}\n{ECHO}{WORKLOAD}"))[1]] == [where]


async def test_the_rest_is_read_and_completed() -> None:
    marked = f"{ECHO}{WORKLOAD}    headers: [{{name: a, value: b}} {{name: c, value: d}}]\n    ‸\n"
    editor = await Editor.opened(marked)
    completion: Any = await editor.at_cursor("completion")
    labels = [one["label"] for one in completion["items"]]
    assert "localPort" in labels
    assert not {"headers", "port"} & {*labels}
    symbols = await editor.ask("documentSymbol")
    assert [one["name"] for one in symbols[-1]["children"]] == ["web"]
