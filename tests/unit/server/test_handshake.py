"""The handshake: answered before the server proper is there, and as the server proper would."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telelens_server.handshake.__main__ import ServerProper, render
from telelens_server.handshake.capabilities import WRITTEN, Unexpected, initialize_result
from telelens_server.handshake.opening import open_conversation
from unit.server.client import Client

# Each capability that an answer could depend on, and some that it does not: what editors say of themselves.
EVERYTHING: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-8", "utf-16"], "markdown": {"parser": "marked"}},
    "notebookDocument": {"synchronization": {"dynamicRegistration": True}},
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "willSave": True, "willSaveWaitUntil": True, "didSave": True},
        "rename": {"dynamicRegistration": True, "prepareSupport": True},
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": True},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
        "completion": {"completionItem": {"snippetSupport": True, "resolveSupport": {"properties": ["detail"]}}},
        "codeAction": {
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
        },
        "codeLens": {"dynamicRegistration": True},
        "hover": {"contentFormat": ["markdown"]},
        "signatureHelp": {"signatureInformation": {"activeParameterSupport": True}},
        "semanticTokens": {
            "requests": {"full": {"delta": True}, "range": True},
            "tokenTypes": ["keyword"],
            "tokenModifiers": [],
            "formats": ["relative"],
        },
        "inlayHint": {"dynamicRegistration": True, "resolveSupport": {"properties": ["tooltip"]}},
        "formatting": {"dynamicRegistration": True},
        "rangeFormatting": {"dynamicRegistration": True, "rangesSupport": True},
        "documentLink": {"tooltipSupport": True},
        "foldingRange": {"lineFoldingOnly": True},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "configuration": True,
        "workspaceFolders": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
        "fileOperations": {"willRename": True, "didCreate": True, "didDelete": True},
        "diagnostics": {"refreshSupport": True},
        "symbol": {"resolveSupport": {"properties": ["location.range"]}},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename"]},
    },
}
VIM: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-32", "utf-8"]},
    "textDocument": {"rename": {"prepareSupport": True}, "synchronization": {"willSave": True, "didSave": True}},
}
BARE: dict[str, Any] = {"general": None, "textDocument": {"rename": None, "synchronization": {"willSave": None}}}
OF_TOMORROW: dict[str, Any] = {"general": {"positionEncodings": ["utf-64"]}, "experimental": {"teleport": True}}


# What the protocol wants whole or not at all.
WHOLE = {"notebookDocument", "showDocument", "codeActionLiteralSupport", "semanticTokens"}


@st.composite
def fewer(draw: st.DrawFn, part: Any = EVERYTHING) -> Any:
    """Some of everything, flags the other way round, encodings in another order."""
    if isinstance(part, bool):
        return draw(st.booleans())
    if part == EVERYTHING["general"]["positionEncodings"]:
        return draw(st.lists(st.sampled_from(["utf-8", "utf-16", "utf-32", "utf-64"])))
    if not isinstance(part, dict):
        return part
    kept = {name for name, value in part.items() if not isinstance(value, bool | dict) or draw(st.booleans())}
    return {name: part[name] if name in WHOLE else draw(fewer(part[name])) for name in kept}


@pytest.fixture(scope="module")
def server() -> ServerProper:
    return ServerProper()


def params(capabilities: dict[str, Any]) -> dict[str, Any]:
    return {"processId": None, "rootUri": None, "capabilities": copy.deepcopy(capabilities)}


def test_what_is_written_down_is_what_the_server_says(server: ServerProper) -> None:
    assert WRITTEN.read_text() == render(server.initialize({})), (
        "capabilities.json is stale: run .venv/bin/python -m telelens_server.handshake"
    )


@pytest.mark.parametrize("capabilities", [{}, EVERYTHING, VIM, BARE, OF_TOMORROW])
def test_each_editor_hears_what_the_server_proper_would_say(server: ServerProper, capabilities: dict[str, Any]) -> None:
    assert initialize_result(params(capabilities)) == server.initialize(capabilities)


@settings(max_examples=60, deadline=None)
@given(fewer())
def test_no_combination_of_capabilities_makes_them_differ(server: ServerProper, capabilities: dict[str, Any]) -> None:
    assert initialize_result(params(capabilities)) == server.initialize(capabilities)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"capabilities": None},
        {"capabilities": {"general": []}},
        {"capabilities": {"general": {"positionEncodings": "utf-8"}}},
        {"capabilities": {"general": {"positionEncodings": [8]}}},
        {"capabilities": {"textDocument": {"rename": {"prepareSupport": "yes"}}}},
    ],
)
def test_a_request_of_another_shape_is_the_servers_to_answer(wrong: Any) -> None:
    with pytest.raises(Unexpected):
        initialize_result(wrong)


def message(**members: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **members}).encode()
    return b"Content-Length: %d\r\nContent-Type: x\r\n\r\n" % len(body) + body


def test_the_server_proper_hears_everything_from_the_beginning() -> None:
    said = message(id=7, method="initialize", params=params({})) + message(method="initialized", params={})
    reader, _ = open_conversation(io.BytesIO(said), io.BytesIO())
    heard = b""
    while line := reader.readline():
        heard += line
        if not line.strip():
            heard += reader.read(9)
    assert heard == said


def test_the_second_answer_is_kept_back_and_nothing_else() -> None:
    written = io.BytesIO()
    _, writer = open_conversation(io.BytesIO(message(id=7, method="initialize", params=params({}))), written)
    answer = written.getvalue()
    log = message(method="window/logMessage", params={})
    ask = message(method="client/registerCapability", id=7, params={})
    for one in (log, ask, message(id=7, result=initialize_result(params({}))), message(id=7, result=None)):
        writer.write(one)
    assert written.getvalue() == answer + log + ask + message(id=7, result=None)


def test_a_server_that_does_not_agree_says_so_to_the_user(caplog: pytest.LogCaptureFixture) -> None:
    written = io.BytesIO()
    _, writer = open_conversation(io.BytesIO(message(id=7, method="initialize", params=params({}))), written)
    writer.write(message(id=7, error={"code": -32602, "message": "no such root"}))
    assert b"window/showMessage" in written.getvalue()
    assert b"cannot serve this editor: initialize: no such root" in written.getvalue()
    assert "it should have been" in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"Content-Length: 5\r\n\r\n{}",
        b"Content-Length: 2\r\n\r\n[]",
        b"hello\r\n" * 100,
        message(id=1, method="shutdown"),
        message(method="initialize", params=params({})),
        message(id=None, method="initialize", params=params({})),
        message(id=1, method="initialize", params=None),
        b"Content-Length: 40000\r\n\r\n" + b"[" * 40000,
    ],
    ids=range(9),
)
def test_whatever_else_comes_first_is_left_to_the_server_proper(said: bytes) -> None:
    written = io.BytesIO()
    reader, writer = open_conversation(io.BytesIO(said), written)
    assert written.getvalue() == b""
    assert reader.read(len(said) + 1) == said
    assert writer is written


async def test_what_is_said_in_one_breath_with_the_first_request_is_heard() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "telelens_server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    client = Client(process)
    asked = client.request("initialize", params({}))
    waiting = asyncio.create_task(asked)
    await asyncio.sleep(0)
    client.notify("initialized", {})
    client.open("file:///one.ispec.yaml", "nonsense: 1\n" + "# padding\n" * 20_000)
    assert "diagnosticProvider" in (await waiting)["capabilities"]
    (problem, *_) = await client.diagnostics("file:///one.ispec.yaml")
    assert "nonsense" in problem["message"]
    assert await client.stop() == 0


def test_nothing_large_is_imported_before_the_answer() -> None:
    program = """
import io, sys
import telelens_server.__main__
from telelens_server.handshake.opening import open_conversation
open_conversation(io.BytesIO(sys.stdin.buffer.read()), sys.stdout.buffer)
print([name for name in ("asyncio", "attrs", "lsprotocol", "pygls", "yaml") if name in sys.modules])
"""
    said = message(id=1, method="initialize", params=params({}))
    found = subprocess.run([sys.executable, "-c", program], input=said, capture_output=True, check=True)
    assert b'"capabilities"' in found.stdout
    assert found.stdout.endswith(b"[]\n")
