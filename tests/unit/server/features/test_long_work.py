"""What takes long in a large document: others are answered meanwhile, progress is told, and it ends when it should."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from telelens_server.server import create_server
from telelens_server.working import Check, Stopped, working
from unit.server.features.editor import Editor
from unit.server.features.test_awkward_input import large
from unit.server.in_process import URI, InProcess
from unit.waiting import until

TEXT = large(715)
"""5,000 lines: enough for each of the requests below to pause."""
LARGE = large(2_860)
"""20,000 lines: of so many an editor is asked to show progress."""
DOCUMENT = {"textDocument": {"uri": URI}}
HOVER = {**DOCUMENT, "position": {"line": 1, "character": 5}}
CONVERSION = {"title": "x", "data": {"uri": URI, "conversion": "object", "document": 0}}
CANCELLED = -32800
RANGE = {"start": {"line": 0, "character": 0}, "end": {"line": 30_000, "character": 0}}
AT_A_NAME = {**DOCUMENT, "position": {"line": 1, "character": 11}}
OF_WHOLE_DOCUMENTS: dict[str, dict[str, Any]] = {
    "textDocument/documentSymbol": DOCUMENT,
    "textDocument/foldingRange": DOCUMENT,
    "textDocument/codeLens": DOCUMENT,
    "textDocument/semanticTokens/full": DOCUMENT,
    "textDocument/semanticTokens/full/delta": {**DOCUMENT, "previousResultId": "0"},
    "textDocument/semanticTokens/range": {**DOCUMENT, "range": RANGE},
    "textDocument/references": {**AT_A_NAME, "context": {"includeDeclaration": True}},
    "textDocument/definition": AT_A_NAME,
    "textDocument/documentHighlight": AT_A_NAME,
    "textDocument/formatting": {**DOCUMENT, "options": {"tabSize": 4, "insertSpaces": True}},
    "textDocument/selectionRange": {**DOCUMENT, "positions": [{"line": line, "character": 9} for line in range(999)]},
    "textDocument/inlayHint": {**DOCUMENT, "range": RANGE},
    "codeAction/resolve": CONVERSION,
}


@pytest.fixture(autouse=True)
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """So short that a quick machine, too, needs several for each of them."""
    monkeypatch.setattr("telelens_server.working._MOMENT_SECONDS", 0.001)


async def opened(text: str = TEXT, **capabilities: Any) -> InProcess:
    server = (await Editor.opened(text, **capabilities)).server
    await until(lambda: server.published() == [])
    return server


def answers(server: InProcess) -> list[Any]:
    """To requests with these numbers, in the order in which they came."""
    return [one["id"] for one in server.written if str(one.get("id")).startswith("#")]


def error_of(server: InProcess, number: str) -> int | None:
    (answer,) = [one for one in server.written if one.get("id") == number]
    code: int | None = answer.get("error", {}).get("code")
    return code


def progress(server: InProcess, token: str) -> list[str]:
    told = [one["params"] for one in server.written if one.get("method") == "$/progress"]
    return [one["value"]["kind"] for one in told if one["token"] == token]


async def until_told(server: InProcess, token: str) -> None:
    """Its progress has begun; nobody else has had more than a turn since."""
    async with asyncio.timeout(60):
        while not progress(server, token):  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0)


async def until_answered(server: InProcess, number: str) -> None:
    async with asyncio.timeout(60):
        while number not in answers(server):  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0.005)


async def begun(server: InProcess, method: str, number: str) -> None:
    """It has come to its first pause: others have their turn."""
    server.say(method, {**OF_WHOLE_DOCUMENTS[method], "workDoneToken": number}, id=number)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert answers(server)[-1:] != [number], f"{method} was over before anybody else was answered"


async def test_a_hover_is_answered_while_20_000_lines_are_worked_on() -> None:
    server = await opened(LARGE)
    for method in OF_WHOLE_DOCUMENTS:
        long, hover = f"#{method}", f"#hover during {method}"
        await begun(server, method, long)
        server.say("textDocument/hover", HOVER, id=hover)
        await until_answered(server, long)
        assert answers(server)[-2:] == [hover, long]
        assert error_of(server, long) is None


async def test_it_ends_at_once_when_it_is_cancelled() -> None:
    server = await opened()
    for method in OF_WHOLE_DOCUMENTS:
        long = f"#{method}"
        await begun(server, method, long)
        server.say("$/cancelRequest", {"id": long})
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert error_of(server, long) == CANCELLED
        assert progress(server, long) in (["begin", "end"], [])


async def test_its_progress_is_told_and_can_be_cancelled_there() -> None:
    server = await opened()
    for method in OF_WHOLE_DOCUMENTS.keys() - {"codeAction/resolve"}:  # which brings no token
        long = f"#{method}"
        await begun(server, method, long)
        assert progress(server, long) == ["begin"]
        server.say("window/workDoneProgress/cancel", {"token": long})
        await until_answered(server, long)
        assert (error_of(server, long), progress(server, long)) == (CANCELLED, ["begin", "end"])


@pytest.mark.parametrize(
    "method",
    [
        "textDocument/documentSymbol",
        "textDocument/semanticTokens/full",
        "textDocument/formatting",
        "codeAction/resolve",
    ],
)
async def test_an_edit_ends_what_it_makes_stale(method: str) -> None:
    server = await opened()
    await begun(server, method, "#long")
    change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "# x\n"}
    server.say("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]})
    await until_answered(server, "#long")
    assert error_of(server, "#long") == CANCELLED
    symbols = await server.ask("textDocument/documentSymbol", DOCUMENT)
    assert symbols[0]["range"]["start"]["line"] == 1


async def test_an_editor_that_shows_progress_is_asked_to_when_a_large_text_is_rewritten() -> None:
    server = await opened(LARGE, window={"workDoneProgress": True})
    server.say("codeAction/resolve", CONVERSION, id="#long")
    await until(lambda: bool(created(server)))
    (request,) = created(server)
    server.say_result(request["id"], None)
    token = request["params"]["token"]
    await until(lambda: progress(server, token) == ["begin"])
    server.say("window/workDoneProgress/cancel", {"token": token})
    await until(lambda: bool(answers(server)))
    assert (error_of(server, "#long"), progress(server, token)) == (CANCELLED, ["begin", "end"])


def created(server: InProcess) -> list[dict[str, Any]]:
    return [one for one in server.written if one.get("method") == "window/workDoneProgress/create"]


async def test_an_editor_that_cannot_resolve_waits_for_edits_as_little_as_others() -> None:
    server = await opened()
    where = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    server.say("textDocument/codeAction", {**DOCUMENT, "range": where, "context": {"diagnostics": []}}, id="#long")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    server.say("textDocument/hover", HOVER, id="#hover")
    await until(lambda: "#hover" in answers(server))
    assert answers(server) == ["#hover"]
    server.say("$/cancelRequest", {"id": "#long"})
    await until(lambda: "#long" in answers(server))
    assert error_of(server, "#long") == CANCELLED


REWRITING = {
    **DOCUMENT,
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}},
    "context": {"diagnostics": []},
}
FILES = "workloads: []\nhandlers:\n" + "".join(
    f"  - name: h{number}\n    script: {{run: ./start{number}.sh}}\n" for number in range(500)
)
IN_STEPS = {
    "textDocument/codeAction": (TEXT, REWRITING),
    "textDocument/documentLink": (FILES, DOCUMENT),
}


@pytest.mark.parametrize("method", IN_STEPS)
async def test_what_waits_meanwhile_tells_its_progress_and_is_cancelled(method: str) -> None:
    text, asked = IN_STEPS[method]
    for number, cancel in enumerate(("", "$/cancelRequest", "window/workDoneProgress/cancel")):
        server = (await Editor.opened(text)).server
        token = f"#{number}"
        server.say(method, {**asked, "workDoneToken": token}, id=token)
        await until_told(server, token)
        assert answers(server) == []
        if cancel:
            server.say(cancel, {"id": token} if cancel == "$/cancelRequest" else {"token": token})
        await until_answered(server, token)
        assert error_of(server, token) == (CANCELLED if cancel else None)
        told = progress(server, token)
        assert (told[0], told[-1], told.count("end")) == ("begin", "end", 1)


class Endless:
    """Work in a thread that ends only when it is not wanted any more."""

    def __init__(self) -> None:
        self.running, self.ended = threading.Event(), threading.Event()

    def __call__(self, check: Check) -> None:
        self.running.set()
        try:
            while True:
                check()
        except Stopped:
            self.ended.set()
            raise


async def test_what_runs_in_a_thread_hears_that_it_is_not_wanted() -> None:
    work = Endless()

    async def wanted() -> None:
        async with working(create_server(), None, "Waiting") as here:
            await here.in_background(work)

    task = asyncio.create_task(wanted(), name="wanted")
    await until(work.running.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(work.ended.is_set)


async def test_what_runs_in_a_thread_hears_that_its_text_is_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Endless()
    monkeypatch.setattr("telelens_server.features.formatting.layout", lambda *given: work(given[-1]))
    editor = await Editor.opened("workloads: []\n")
    asked = OF_WHOLE_DOCUMENTS["textDocument/formatting"]
    editor.server.say("textDocument/formatting", asked, id="#stale")
    await until(work.running.is_set)
    editor.change("handlers: []\n")
    await until(work.ended.is_set)
    await until_answered(editor.server, "#stale")
    assert error_of(editor.server, "#stale") == CANCELLED
