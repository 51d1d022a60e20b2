"""A large text is read beside everything else: who asks about it waits, is told so, and may leave."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telelens_server.handshake.capabilities import initialize_result
from unit.server.features.editor import Editor
from unit.server.features.test_awkward_input import large
from unit.server.features.test_long_work import (
    AT_A_NAME,
    CANCELLED,
    DOCUMENT,
    HOVER,
    OF_WHOLE_DOCUMENTS,
    RANGE,
    answers,
    error_of,
    progress,
    until_answered,
    until_told,
)
from unit.server.in_process import URI, InProcess
from unit.waiting import until

TEXT = large(1_000)
OTHER = "file:///shop/other.ispec.yaml"
HOVER_ELSEWHERE = {**HOVER, "textDocument": {"uri": OTHER}}
NOT_READ = {
    "codeAction/resolve",
    "textDocument/foldingRange",
    "textDocument/formatting",
    "textDocument/selectionRange",
}
ASKED: dict[str, dict[str, Any]] = {
    **{method: params for method, params in OF_WHOLE_DOCUMENTS.items() if method not in NOT_READ},
    "textDocument/diagnostic": DOCUMENT,
    "textDocument/definition": AT_A_NAME,
    "textDocument/documentHighlight": AT_A_NAME,
    "textDocument/prepareRename": AT_A_NAME,
    "textDocument/rename": {**AT_A_NAME, "newName": "another"},
    "textDocument/codeAction": {**DOCUMENT, "range": RANGE, "context": {"diagnostics": []}},
    "textDocument/documentLink": DOCUMENT,
    "textDocument/completion": AT_A_NAME,
}
PROVIDERS = {
    "textDocument/semanticTokens/full": "semanticTokensProvider",
    "textDocument/semanticTokens/full/delta": "semanticTokensProvider",
    "textDocument/semanticTokens/range": "semanticTokensProvider",
    "textDocument/diagnostic": "diagnosticProvider",
    # Which of an editor that cannot ask for the place first says no more than that it renames.
    "textDocument/prepareRename": None,
    "textDocument/rename": None,
}
WRONG = "nonsense: 1\n"


async def opened(text: str = TEXT, **capabilities: Any) -> InProcess:
    """Nothing of the text has been asked for yet."""
    return (await Editor.opened(text, **capabilities)).server


def edit(server: InProcess, version: int, text: str) -> None:
    top = {"line": 0, "character": 0}
    change = {"range": {"start": top, "end": top}, "text": text}
    server.say("textDocument/didChange", {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]})


async def test_others_are_answered_while_it_is_read() -> None:
    server = await opened(textDocument={"diagnostic": {}})
    server.open("name: other\n", OTHER)
    server.say("textDocument/hover", {**HOVER, "workDoneToken": "#large"}, id="#large")
    await until(lambda: progress(server, "#large") == ["begin"])
    server.say("textDocument/hover", HOVER_ELSEWHERE, id="#small")
    await until_answered(server, "#large")
    assert answers(server) == ["#small", "#large"]


async def test_what_is_wrong_is_pushed_once_it_is_read() -> None:
    server = await opened(WRONG + TEXT)
    server.open(WRONG, OTHER)
    await until(lambda: server.published() is not None)
    told = [one["params"]["uri"] for one in server.written if one.get("method") == "textDocument/publishDiagnostics"]
    assert told == [OTHER, URI]
    assert [one["code"] for one in server.published() or ()] == ["unknown-key"]


@pytest.mark.parametrize("method", ASKED)
async def test_whoever_waits_for_it_is_told_so(method: str) -> None:
    server = await opened(textDocument={"diagnostic": {}})
    server.say(method, {**ASKED[method], "workDoneToken": "#asked"}, id="#asked")
    await until(lambda: progress(server, "#asked") == ["begin"])
    assert answers(server) == []
    await until_answered(server, "#asked")
    assert error_of(server, "#asked") is None
    assert progress(server, "#asked") == ["begin", "end"]


@pytest.mark.parametrize("method", ASKED)
async def test_whoever_waits_for_it_may_leave(method: str) -> None:
    server = await opened(textDocument={"diagnostic": {}})
    for number, leave in (("#1", "$/cancelRequest"), ("#2", "window/workDoneProgress/cancel")):
        server.say(method, {**ASKED[method], "workDoneToken": number}, id=number)
        await until_told(server, number)
        assert progress(server, number) == ["begin"]
        server.say(leave, {"id": number} if number == "#1" else {"token": number})
        await until_answered(server, number)
        assert (error_of(server, number), progress(server, number)) == (CANCELLED, ["begin", "end"])


@pytest.mark.parametrize("method", ASKED)
def test_an_editor_knows_that_it_would_be_told(method: str) -> None:
    provider = PROVIDERS.get(method, f"{method.partition('/')[2]}Provider")
    if provider is not None:
        assert initialize_result({"capabilities": {}})["capabilities"][provider]["workDoneProgress"] is True


async def test_that_one_leaves_is_no_matter_to_another() -> None:
    server = await opened(textDocument={"diagnostic": {}})
    for number in ("#1", "#2"):
        server.say("textDocument/hover", HOVER, id=number)
    await asyncio.sleep(0)
    server.say("$/cancelRequest", {"id": "#1"})
    await until_answered(server, "#2")
    assert (error_of(server, "#1"), error_of(server, "#2")) == (CANCELLED, None)


async def test_an_edit_ends_what_is_asked_about_a_place_and_not_what_is_wrong() -> None:
    server = await opened(textDocument={"diagnostic": {}})
    server.say("textDocument/hover", HOVER, id="#hover")
    server.say("textDocument/diagnostic", DOCUMENT, id="#wrong")
    await asyncio.sleep(0)
    edit(server, 2, WRONG)
    await until_answered(server, "#wrong")
    await until_answered(server, "#hover")
    assert error_of(server, "#hover") == CANCELLED
    (answer,) = [one["result"] for one in server.written if one.get("id") == "#wrong"]
    assert [one["code"] for one in answer["items"]] == ["unknown-key"]


async def test_who_types_all_the_time_hears_of_it_all_the_same() -> None:
    server = await opened(WRONG + TEXT)
    for version in range(2, 100_000):
        edit(server, version, "# typed\n")
        await asyncio.sleep(0.002)
        if server.published() is not None:
            break
    assert [one["code"] for one in server.published() or ()] == ["unknown-key"]


async def test_nothing_is_said_of_what_is_closed_meanwhile() -> None:
    server = await opened(WRONG + TEXT)
    server.say("textDocument/hover", HOVER, id="#hover")
    await asyncio.sleep(0)
    server.say("textDocument/didClose", DOCUMENT)
    server.open(TEXT)
    await until_answered(server, "#hover")
    await server.ask("textDocument/hover", HOVER)
    await until(lambda: server.published() is not None)
    assert server.published() == []
