"""The outline after edits: what is kept of it from before says what a new one would."""

from __future__ import annotations

from typing import Any

import pytest
from unit.server.features.editor import Editor
from unit.server.in_process import URI

ITEM = """\
  - name: echo-{number}
    intercepts:
      - name: first
        handler: {anchor}echo
        port: 80
        headers:
          - name: x-dev
            value: ada
      - name: second
        handler: {alias}
        port: 81
        headers:
          - name: x-dev
            value: ada
"""
TEXT = "name: demo\nhandlers:\n  - name: echo\nworkloads:\n" + "".join(
    ITEM.format(number=number, anchor="&who " if number == 1 else "", alias="*who" if number == 3 else "echo")
    for number in range(1, 5)
)
EDITS = [
    ((0, 0), (0, 0), "# above\n"),
    ((6, 10), (6, 16), "renamed"),
    ((20, 14), (20, 14), "x\n        enabled: false"),
    ((9, 0), (11, 0), ""),
    ((30, 0), (30, 0), "\n\n"),
    ((3, 0), (3, 0), "# neither\n"),
]


@pytest.mark.parametrize("head", ["", "# 😋\n", "---\nname: other\n---\n"])
async def test_it_is_what_a_new_one_would_be(head: str) -> None:
    editor = await Editor.opened(head + TEXT)
    text = head + TEXT
    for version, (start, end, new) in enumerate(EDITS, 2):
        await editor.ask("documentSymbol")
        places = [{"line": line, "character": character} for line, character in (start, end)]
        text = text[: editor.offset(places[0])] + new + text[editor.offset(places[1]) :]
        editor.text = text
        change = {"range": {"start": places[0], "end": places[1]}, "text": new}
        document = {"uri": URI, "version": version}
        editor.server.say("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        kept: list[dict[str, Any]] = await editor.ask("documentSymbol")
        anew: list[dict[str, Any]] = await (await Editor.opened(text)).ask("documentSymbol")
        assert kept == anew
        assert kept
