"""Fixes that only the user can choose: each mends what it says and breaks nothing, and nobody takes it unasked."""

from __future__ import annotations

from typing import Any

import pytest
from telelens_schemas.specification import Code
from unit.server.features.editor import Editor
from unit.server.in_process import URI, InProcess
from unit.waiting import until

WORKLOAD = "workloads:\n- name: web\n  intercepts:\n  - handler: echo\n    port: 80\n"
ECHO = "handlers:\n- name: echo\n  script: {run: x}\n"
BOTH_LINE_ENDS = pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])


async def opened(text: str, code: Code) -> tuple[Editor, list[dict[str, Any]]]:
    """In a workspace that is trusted; with all that is wrong, once it is known, as far as it is of that code."""
    server = InProcess()
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": {"trusted": True}}
    await server.ask("initialize", params)
    editor = await Editor.opened(text, server=server)
    await until(lambda: server.published() is not None)
    return editor, [one for one in server.published() or [] if one["code"] == code]


async def offered(text: str, code: Code) -> tuple[Editor, list[dict[str, Any]]]:
    """What may be done about the last finding of that code."""
    editor, found = await opened(text, code)
    context = {"diagnostics": [], "only": ["quickfix"]}
    fixes = await editor.ask("codeAction", range=found[-1]["range"], context=context)
    return editor, [one for one in fixes if one["diagnostics"][0] == found[-1]]


async def mended(text: str, code: Code, title: str) -> str:
    """The text after a fix, with which one thing less is wrong and nothing more."""
    editor, fixes = await offered(text, code)
    (fix,) = [one for one in fixes if one["title"] == title]
    assert "isPreferred" not in fix
    after = editor.applied(fix["edit"]["changes"][URI])
    again, left = await opened(after, code)
    before = [one["code"] for one in editor.server.published() or []]
    codes = [one["code"] for one in again.server.published() or []]
    assert (len(left), set(codes) - set(before)) == (before.count(code) - 1, set())
    return after


IDLE = {
    "a block": (
        ECHO + "# idle\n- name: idle\n  script:\n    run: |\n      x\n\n# below\n",
        ECHO + "# idle\n\n# below\n",
    ),
    "the first one": ("handlers:\n- name: idle  # why\n# echo\n- name: echo\n", "handlers:\n# echo\n- name: echo\n"),
    "a dash alone": ("handlers:\n-\n  name: idle\n- name: echo\n", "handlers:\n- name: echo\n"),
    "in brackets, the first": ("handlers: [{name: idle}, {name: echo}]\n", "handlers: [{name: echo}]\n"),
    "in brackets, the last": ("handlers: [{name: echo}, {name: idle}]\n", "handlers: [{name: echo}]\n"),
    "in brackets, a line": (
        "handlers: [\n  {name: idle,\n   environment: []},  # why\n  {name: echo},  # echo\n]\n",
        "handlers: [\n  {name: echo},  # echo\n]\n",
    ),
    "in brackets, the last line": (
        "handlers: [\n  {name: echo},  # echo\n  {name: idle}\n]\n",
        "handlers: [\n  {name: echo},  # echo\n]\n",
    ),
    "in brackets, before a line": (
        "handlers: [{name: idle},\n  {name: echo}]\n",
        "handlers: [\n  {name: echo}]\n",
    ),
    "with an alias": (
        "x: &s {run: x}\nhandlers:\n- name: idle\n  script: *s\n- name: echo\n",
        "x: &s {run: x}\nhandlers:\n- name: echo\n",
    ),
}


@BOTH_LINE_ENDS
@pytest.mark.parametrize(("handlers", "expected"), IDLE.values(), ids=IDLE)
async def test_an_unused_handler_is_removed_alone(handlers: str, expected: str, end: str) -> None:
    text = (handlers + WORKLOAD).replace("\n", end)
    after = await mended(text, Code.UNUSED_HANDLER, 'Remove handler "idle"')
    assert after == (expected + WORKLOAD).replace("\n", end)


@BOTH_LINE_ENDS
@pytest.mark.parametrize("lines", [0, 20])
@pytest.mark.parametrize(
    ("handlers", "expected"),
    [
        ("handlers:  # all\n  # idle\n  - name: idle\n{}", "handlers: []  # all\n  # idle\n"),
        ('"handlers" :\n- {{name: idle}}\n{}', '"handlers" : []\n'),
        ("handlers: &all\n- name: idle\n{}", "handlers: &all []\n"),
        ("handlers: [{{name: idle}}]\n{}", "handlers: []\n"),
    ],
)
async def test_without_the_only_handler_the_list_is_empty(handlers: str, expected: str, lines: int, end: str) -> None:
    workload = WORKLOAD.replace("handler: echo\n    ", "")
    comments = "# of the workload\n" * lines  # a long text is read in pieces
    text = (handlers.format(comments) + workload).replace("\n", end)
    after = await mended(text, Code.UNUSED_HANDLER, 'Remove handler "idle"')
    assert after == (expected + comments + workload).replace("\n", end)


async def test_an_unused_handler_of_an_older_version_is_removed() -> None:
    crd = "apiVersion: getambassador.io/v1alpha1\nkind: InterceptSpecification\nmetadata: {name: demo}\nspec:\n"
    rest = "    echo: {script: {run: x}}\n  workloads: {web: {intercepts: [{handler: echo}]}}\n"
    text = f"{crd}  handlers:\n    idle:\n      script: {{run: x}}\n{rest}"
    assert await mended(text, Code.UNUSED_HANDLER, 'Remove handler "idle"') == f"{crd}  handlers:\n{rest}"


@pytest.mark.parametrize(
    "idle",
    [
        "- &idle\n  name: idle\n- {<<: *idle, name: echo}\n",
        "- name: idle\n  script: &s {run: x}\n- {name: echo, script: *s}\n",
        "- name: idle\n  {{- if true }}\n  script: {run: x}\n  {{- end }}\n- name: echo\n",
        "- {name: idle, script: {run: '{{ $x := 1 }}'}}\n- {name: echo, script: {run: '{{ $x }}'}}\n",
    ],
)
async def test_a_handler_on_which_something_else_leans_stays(idle: str) -> None:
    _, fixes = await offered("handlers:\n" + idle + WORKLOAD, Code.UNUSED_HANDLER)
    assert fixes == []


async def test_nothing_is_removed_without_being_asked() -> None:
    editor = await Editor.opened(ECHO + "- name: idle\n" + WORKLOAD)
    where = {"start": editor.position(0), "end": editor.position(len(editor.text))}
    context = {"diagnostics": [], "only": ["source.fixAll"]}
    assert await editor.ask("codeAction", range=where, context=context) == []
