"""Diagnostics that are asked for with every key do not keep the user from what is asked for right behind them."""

from __future__ import annotations

import asyncio

from unit.server.in_process import URI, InProcess
from unit.waiting import until

WORKLOAD = """\
  - name: echo-{number}
    intercepts:
      - name: first-{number}
        port: 80
        localPort: {port}
"""
TEXT = "name: large\nworkloads:\n" + "".join(
    WORKLOAD.format(number=number, port=2000 + number) for number in range(1, 2_001)
)
LINE = 6


async def typed() -> InProcess:
    """A large text in which a key was typed that is none yet; diagnostics are asked for (1) and then completion (2)."""
    server = await InProcess().initialize(textDocument={"diagnostic": {}})
    server.open(TEXT)
    server.written.clear()
    place = {"start": {"line": LINE, "character": 0}, "end": {"line": LINE, "character": 24}}
    change = {"range": place, "text": "        loc: 1"}
    document = {"textDocument": {"uri": URI}}
    server.say("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]})
    server.say("textDocument/diagnostic", document, id=1001)
    server.say("textDocument/completion", {**document, "position": {"line": LINE, "character": 11}}, id=1002)
    return server


async def test_what_is_asked_behind_them_is_answered_first() -> None:
    server = await typed()
    await until(lambda: len(server.written) == 2)
    completion, diagnostics = server.written
    assert (completion["id"], diagnostics["id"]) == (1002, 1001)
    assert ['unknown key "loc"' in one["message"] for one in diagnostics["result"]["items"]] == [True]


async def test_those_that_a_further_key_made_stale_are_not_worked_out() -> None:
    server = await typed()
    server.say("$/cancelRequest", {"id": 1001})
    await until(lambda: len(server.written) == 2)
    assert "error" in next(one for one in server.written if one["id"] == 1001)
    await asyncio.sleep(0)
    assert len(server.written) == 2
