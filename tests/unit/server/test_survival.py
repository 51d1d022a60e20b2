"""Whatever stands in the text: the server answers, and knows the next valid text for what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_schemas.specification import Problem, read_specification
from telelens_schemas.specification.expanding import read_unexpanded
from telelens_schemas.templates import parse
from telelens_server.features.diagnostics import MOST
from unit.server.in_process import URI, InProcess
from unit.waiting import until

FILE_FORM = """\
# a shop 😋
name: demo
connection: {context: desk, namespace: shop}
handlers:
  - name: echo
    environment:
      - {name: GREETING, value: "hello 😋 $USER"}
    script:
      shell: bash
      run: |
        cd app && ls *.py
    debug: &debug {type: debugpy, port: 5678}
workloads:
  - name: echo
    intercepts:
      - handler: echo
        port: http
        headers: [{name: x-user, value: auto}]
"""
CRD_FORM = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: echo\n---\r\n"
    "apiVersion: getambassador.io/v1alpha4\nkind: InterceptSpecification\nmetadata: {name: stored}\nspec:\n  "
    + FILE_FORM.replace("\n", "\n  ").rstrip()
    + "\n"
)
SIGNS = st.sampled_from(list("\n\r\t \"'{}[]:,-#&*!|>%@`?~<x0é😋\u2028\x00\x07\ufeff\ud800")) | st.characters()


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A prefix of a valid text, or one with one character inserted, removed or replaced."""
    text = draw(st.sampled_from([FILE_FORM, CRD_FORM]))
    at = draw(st.integers(0, len(text) - 1))
    match draw(st.sampled_from(["prefix", "insert", "remove", "replace"])):
        case "prefix":
            return text[:at]
        case "insert":
            return text[:at] + draw(SIGNS) + text[at:]
        case "remove":
            return text[:at] + text[at + 1 :]
    return text[:at] + draw(SIGNS) + text[at + 1 :]


async def questioned(text: str, line: int, character: int) -> None:
    one = await InProcess().initialize()
    one.open(text)
    document = {"textDocument": {"uri": URI}}
    where = {"line": line, "character": character}
    await one.at("textDocument/completion", line, character)
    await one.at("textDocument/hover", line, character)
    await one.ask("textDocument/codeLens", document)
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
    await one.ask("textDocument/codeAction", {**document, "range": everything, "context": {"diagnostics": []}})
    found = one.published()
    assert found is not None
    is_templated = "{{" in text
    expected = (
        read_unexpanded(parse(text), "f", environment=None) if is_templated else read_specification(text, "f")
    ).problems
    check(found, expected)
    edit = {"range": {"start": where, "end": where}, "text": "x"}
    versioned = {"uri": URI, "version": 2}
    one.say("textDocument/didChange", {"textDocument": versioned, "contentChanges": [edit]})
    one.say("textDocument/didChange", {"textDocument": versioned, "contentChanges": [{"text": FILE_FORM}]})
    await until(lambda: one.published() == [])
    errors = [item for item in one.written if item.get("method") == "window/showMessage"]
    assert not [item for item in errors if "Error in server" in item["params"]["message"]]


def check(found: list[dict[str, Any]], expected: Sequence[Problem]) -> None:
    """An editor is told of everything in the text's order; of more than it shows the worst, and how many are left out.
    For an empty text it has words of its own."""
    if len(expected) > MOST:
        assert found[0]["message"].startswith(f"{len(expected) - MOST + 1} more findings")
        assert len(found) == MOST
        assert {item["message"] for item in found[1:]} <= {item.message for item in expected}
        return
    assert [item["code"] for item in found] == [item.code.value for item in expected]
    said = [(item["message"], one.message) for item, one in zip(found, expected, strict=True) if item["severity"] != 3]
    assert [message for message, _ in said] == [message for _, message in said]


@settings(max_examples=80, deadline=None)
@given(text=broken(), line=st.integers(0, 30), character=st.integers(0, 60))
def test_any_prefix_and_any_mutation_leaves_it_answering(text: str, line: int, character: int) -> None:
    asyncio.run(questioned(text, line, character))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# only a comment",
        "\ufeff",
        "\t",
        "a" * 100_000,
        "- " * 5000,
        "{" * 5000,
        "a:\n" * 3000,
        " " * 100_000 + "a",
    ],
)
def test_odd_texts_leave_it_answering(text: str) -> None:
    asyncio.run(questioned(text, 0, 1))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_edits_keep_its_text_in_step_with_the_editors(data: st.DataObject) -> None:
    async def edited() -> None:
        one = await InProcess().initialize()
        units = FILE_FORM.encode("utf-16-le")
        one.open(FILE_FORM)
        for _ in range(5):
            text = units.decode("utf-16-le")
            start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
            start, end = outside(text, start), outside(text, min(end, start + 5))
            new = data.draw(st.text(st.sampled_from("ab \n\r😋:-\u2028"), max_size=4))
            ends = {"start": position(text, start), "end": position(text, end)}
            edit = {"range": ends, "text": new}
            document = {"uri": URI, "version": 2}
            one.say("textDocument/didChange", {"textDocument": document, "contentChanges": [edit]})
            units = (text[:start] + new + text[end:]).encode("utf-16-le")
            assert one.server.workspace.get_text_document(URI).source == units.decode("utf-16-le")

    asyncio.run(edited())


def position(text: str, offset: int) -> dict[str, int]:
    """As an editor counts: lines by CR, LF and CRLF, columns in UTF-16."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    last = before.rpartition("\n")[2]
    return {"line": before.count("\n"), "character": len(last.encode("utf-16-le")) // 2}


def outside(text: str, offset: int) -> int:
    """No editor has a cursor inside a line's end."""
    return offset + 1 if text[max(0, offset - 1) : offset + 1] == "\r\n" else offset
