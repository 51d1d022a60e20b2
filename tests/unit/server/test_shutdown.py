"""The server's goodbye."""

from __future__ import annotations

import asyncio

from unit.server.features.editor import Editor


async def test_it_does_not_wait_for_names_that_were_just_asked_for() -> None:
    editor = await Editor.opened("connection:\n  context: ‸\n")
    names = asyncio.create_task(editor.at_cursor("completion"), name="ask for names")
    await asyncio.sleep(0)
    assert (await editor.server.answered("shutdown", None))["result"] is None
    assert (await names)["items"] == []
