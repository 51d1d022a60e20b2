"""Whatever stands in the text and however it came there: every feature answers, soon, and in step with the editor."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.server.features.editor import Editor, width
from unit.server.in_process import URI, InProcess
from unit.server.test_survival import CRD_FORM, FILE_FORM, SIGNS, broken, outside
from unit.waiting import until

SECONDS = 1.0
"""Of the processor: what else this machine does is not our business."""
TEMPLATED = """\
name: {{ print "a" }}-{{ .Telepresence.Username }} # 😋
connections:
  - {name: a, namespace: {{ env "A" }}}
prerequisites:
  - {create: made, delete: made}
handlers:
  - name: made
    script: &s
      run: |
        {{- if eq 1 2 }}
        echo {{ printf "%d" 1 }}
        {{- end }}
  - name: composed
    docker:
      compose:
        services: [{name: web, behavior: remote, connection: a}]
        spec: {services: {web: {image: x}}}
  - {name: other, script: *s}
workloads:
  - name: a/web
    intercepts:
      - {handler: composed, port: 80, headers: [{name: x, value: auto}]}
"""
OLD_FORM = """\
apiVersion: getambassador.io/v1alpha1
kind: InterceptSpecification
spec:
  handlers: {echo: {script: {run: x}}}
  workloads:
    web: {intercepts: [{handler: echo, service_port: http, headers: {x: y}}]}
"""
TEXTS = (FILE_FORM, CRD_FORM, TEMPLATED, OLD_FORM)
AT_A_PLACE = (
    "completion",
    "hover",
    "definition",
    "documentHighlight",
    "prepareRename",
    "signatureHelp",
)
OF_THE_TEXT = ("documentSymbol", "foldingRange", "semanticTokens/full", "documentLink", "codeLens")
OPTIONS = {"tabSize": 2, "insertSpaces": True}


async def trusted() -> InProcess:
    one = InProcess()
    options = {"trusted": True}
    capabilities = {"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities, "initializationOptions": options}
    await one.ask("initialize", params)
    return one


@contextmanager
def soon(what: str) -> Iterator[None]:
    """What takes too long fails the test."""
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS, what


async def everything(editor: Editor, where: dict[str, int]) -> None:
    """Each feature once; an error, or an answer that takes too long, fails the test."""
    span = {"start": {"line": 0, "character": 0}, "end": where}
    questions: list[tuple[str, dict[str, Any]]] = [
        *((method, {"position": where}) for method in AT_A_PLACE),
        *((method, {}) for method in OF_THE_TEXT),
        ("references", {"position": where, "context": {"includeDeclaration": True}}),
        ("selectionRange", {"positions": [where]}),
        ("inlayHint", {"range": span}),
        ("semanticTokens/range", {"range": span}),
        ("codeAction", {"range": span, "context": {"diagnostics": []}}),
        ("codeAction", {"range": span, "context": {"diagnostics": [], "only": ["source.fixAll"]}}),
        ("formatting", {"options": OPTIONS}),
        ("rangeFormatting", {"range": span, "options": OPTIONS}),
        ("diagnostic", {}),
    ]
    for method, params in questions:
        with soon(method):
            answer = await editor.ask(method, **params)
        check_ranges(editor, answer)
        if method == "selectionRange":
            assert len(answer) == 1


def check_ranges(editor: Editor, answer: Any) -> None:
    """Every range in an answer is one of the text."""
    if isinstance(answer, dict):
        if {"start", "end"} <= answer.keys():
            start, end = ((answer[one]["line"], answer[one]["character"]) for one in ("start", "end"))
            assert start <= end
            for line, character in (start, end):
                assert line < len(editor.lines)
                assert character <= width(editor.lines[line])
        if "endLine" in answer:
            assert answer["startLine"] < answer["endLine"] < len(editor.lines)
        for value in answer.values():
            check_ranges(editor, value)
    elif isinstance(answer, list):
        for value in answer:
            check_ranges(editor, value)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_feature_answers_at_any_place_of_any_text(data: st.DataObject) -> None:
    text = data.draw(st.one_of(st.sampled_from(TEXTS), broken(), mutated()))
    line, character = data.draw(st.integers(0, 30)), data.draw(st.integers(0, 60))

    async def run() -> None:
        editor = await Editor.opened(text.replace("‸", ""), server=await trusted())
        await everything(editor, {"line": line, "character": character})
        for method in OF_THE_TEXT:
            check_ranges(editor, await editor.ask(method))

    asyncio.run(run())


async def test_a_fix_of_the_last_line_ends_with_the_text() -> None:
    editor = await Editor.opened("name: demo\nc", server=await trusted())
    await everything(editor, {"line": 1, "character": 1})


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A prefix, or one sign more, less or other, of a text with templates or of an older form."""
    text = draw(st.sampled_from([TEMPLATED, OLD_FORM]))
    at = draw(st.integers(0, len(text) - 1))
    kind = draw(st.sampled_from(["prefix", "insert", "remove"]))
    if kind == "prefix":
        return text[:at]
    return text[:at] + (draw(SIGNS) if kind == "insert" else "") + text[at + (kind == "remove") :]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_after_any_edits_the_answers_are_those_of_a_server_that_opens_the_text_anew(data: st.DataObject) -> None:
    async def run() -> None:
        editor = await Editor.opened(data.draw(st.sampled_from(TEXTS)), server=await trusted())
        for version in range(2, data.draw(st.integers(3, 8))):
            text = editor.text
            start, end = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
            start = outside(text, start)
            end = outside(text, min(end, start + data.draw(st.sampled_from([0, 1, 5, 200]))))
            new = data.draw(st.one_of(st.text(st.sampled_from("ab \n\r😋:-{}\"'#&*|"), max_size=4), lines()))
            where = {"start": editor.position(start), "end": editor.position(end)}
            document = {"uri": URI, "version": version}
            change = {"textDocument": document, "contentChanges": [{"range": where, "text": new}]}
            editor.text = text[:start] + new + text[end:]
            methods = data.draw(st.lists(st.sampled_from(OF_THE_TEXT), max_size=2))
            with soon(f"an edit, then {methods}"):
                editor.server.say("textDocument/didChange", change)
                for method in methods:
                    await editor.ask(method)
        anew = await Editor.opened(editor.text.replace("‸", ""), server=await trusted())
        assert editor.server.server.workspace.get_text_document(URI).source == anew.text
        for method in OF_THE_TEXT:
            with soon(method):
                ours = await editor.ask(method)
            fresh = await anew.ask(method)
            if method == "semanticTokens/full":
                ours, fresh = ours["data"], fresh["data"]
            assert ours == fresh, method
        await until(lambda: editor.server.published() == anew.server.published())

    asyncio.run(run())


def lines() -> st.SearchStrategy[str]:
    """Whole lines of a specification, as somebody pastes them."""
    every = [line + "\n" for text in TEXTS for line in text.splitlines()]
    return st.lists(st.sampled_from(every), min_size=1, max_size=4).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\ufeff",
        "# only a comment",
        "\ud800a: 1 \n",
        "\t",
        "{{",
        "{{ " * 500,
        '{{ "' + "x" * 5000,
        "{{ if }}" * 200,
        "a" * 20_000,
        "- " * 2000,
        "{" * 2000,
        "a:\n" * 2000,
        "&a *a " * 500,
        '"' * 999,
        "|\n" * 500,
        " " * 20_000 + "a",
        "handlers:\n" + "".join(f"{' ' * depth}- \n" for depth in range(200)),
    ],
)
async def test_every_feature_answers_in_odd_texts(text: str) -> None:
    editor = await Editor.opened(text, server=await trusted())
    await everything(editor, {"line": 0, "character": 3})
