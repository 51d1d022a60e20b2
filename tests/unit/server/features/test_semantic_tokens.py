"""Semantic tokens: whole, of some lines, and as what has changed."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_server.features.semantic_tokens import LEGEND
from unit.server.features.editor import Editor

TEXT = """\
# 😋
handlers:
  - name: echo
    script: {run: "x", shell: bash}
prerequisites:
  - create: echo
workloads:
  - name: web
    intercepts:
      - handler: echo
        port: http
        headers: [{name: x-user, value: auto}]
"""


def decoded(editor: Editor, data: list[int]) -> list[tuple[str, str, str]]:
    """Each token's text, type and modifiers."""
    found = []
    line = start = 0
    for at in range(0, len(data), 5):
        down, across, length, kind, modifiers = data[at : at + 5]
        line, start = line + down, across if down else start + across
        ends = [{"line": line, "character": start}, {"line": line, "character": start + length}]
        names = " ".join(name for bit, name in enumerate(LEGEND.token_modifiers) if modifiers >> bit & 1)
        found.append((editor.cut({"start": ends[0], "end": ends[1]}), LEGEND.token_types[kind], names))
    return found


async def tokens(text: str, method: str = "semanticTokens/full", **more: Any) -> list[tuple[str, str, str]]:
    editor = await Editor.opened(text)
    return decoded(editor, (await editor.ask(method, **more))["data"])


async def test_names_and_words_of_a_choice() -> None:
    assert await tokens(TEXT) == [
        ("echo", "function", "declaration"),
        ("bash", "enumMember", ""),
        ("echo", "function", ""),
        ("echo", "function", ""),
        ("auto", "enumMember", ""),
    ]


async def test_every_kind_of_reference() -> None:
    text = """\
connections: [{name: a, context: x}]
prerequisites: [{create: made, delete: made}]
handlers:
  - {name: made, docker: {compose: {spec: {services: {web: {image: x}}}, services: [{name: web, connection: a}]}}}
workloads: [{name: a/echo, intercepts: [{handler: made}]}]
"""
    assert await tokens(text) == [
        ("a", "variable", "declaration"),
        ("made", "function", ""),
        ("made", "function", ""),
        ("made", "function", "declaration"),
        ("web", "class", ""),
        ("a", "variable", ""),
        ("a", "variable", ""),
        ("made", "function", ""),
    ]


@pytest.mark.parametrize("start", ["", "\ufeff", "x: 😋 # 😋\r\n"])
async def test_template_actions(start: str) -> None:
    text = start + 'name: 😋{{ $a := .B.C | printf "x😋" 1 }}{{/* why */}}\nworkloads: []\nhandlers: []\n'
    found = await tokens(text)
    assert found == [
        ("{{", "keyword", ""),
        ("$a", "variable", ""),
        (":=", "operator", ""),
        (".B", "property", ""),
        (".C", "property", ""),
        ("|", "operator", ""),
        ("printf", "function", "defaultLibrary"),
        ('"x😋"', "string", ""),
        ("1", "number", ""),
        ("}}", "keyword", ""),
        ("{{/* why */}}", "comment", ""),
    ]


async def test_what_a_template_is_given_is_told_from_what_it_names() -> None:
    found = await tokens("a: {{ if true }}{{ . }}{{ nil }}{{ mine }}\nworkloads: []\nhandlers: []\n")
    assert [one for one in found if one[0] not in ("{{", "}}")] == [
        ("if", "keyword", ""),
        ("true", "enumMember", ""),
        (".", "variable", "defaultLibrary"),
        ("nil", "enumMember", ""),
        ("mine", "function", ""),
    ]


async def test_an_action_over_several_lines_has_tokens_in_each() -> None:
    assert await tokens("a: 1 {{/* one\r\n two */}}\r\nhandlers: []\nworkloads: []\n") == [
        ("{{/* one", "comment", ""),
        (" two */}}", "comment", ""),
    ]


async def test_a_template_broken_while_typing_keeps_its_tokens() -> None:
    found = await tokens('a: {{ print "A" | \nb: {{ if eq\nhandlers: [{name: x}]\nworkloads: []\n')
    assert ("print", "function", "defaultLibrary") in found
    assert ("if", "keyword", "") in found
    assert ("x", "function", "declaration") in found


async def test_some_lines() -> None:
    where = {"start": {"line": 3, "character": 0}, "end": {"line": 5, "character": 0}}
    assert await tokens(TEXT, "semanticTokens/range", range=where) == [
        ("bash", "enumMember", ""),
        ("echo", "function", ""),
    ]


@pytest.mark.parametrize(
    "after", [TEXT, "", TEXT.replace("# 😋\n", ""), TEXT.replace("create: echo", "create: other"), TEXT + TEXT]
)
async def test_a_delta_leads_to_the_same_as_asking_anew(after: str) -> None:
    editor = await Editor.opened(TEXT)
    first = await editor.ask("semanticTokens/full")
    editor.change(after)
    delta = await editor.ask("semanticTokens/full/delta", previousResultId=first["resultId"])
    data = first["data"]
    for edit in delta["edits"]:
        data[edit["start"] : edit["start"] + edit["deleteCount"]] = edit["data"]
    assert data == (await editor.ask("semanticTokens/full"))["data"]


async def test_a_delta_to_what_was_never_said_is_everything() -> None:
    editor = await Editor.opened(TEXT)
    assert (await editor.ask("semanticTokens/full/delta", previousResultId="nonsense"))["data"]


async def test_other_documents_have_none() -> None:
    editor = await Editor.opened("a: {{ x }}\n", uri="file:///values.yaml")
    assert (await editor.ask("semanticTokens/full"))["data"] == []
