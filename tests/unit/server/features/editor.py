"""An editor for tests: a text with marks in it, questions about them, edits applied as an editor applies them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from unit.server.in_process import URI, InProcess

CURSOR = "‸"


def width(line: str) -> int:
    """In the columns of an editor, which are units of UTF-16."""
    return len(line.encode("utf-16-le", "surrogatepass")) // 2


class Editor:
    """One open text. ``‸`` in it is the cursor, and no part of it."""

    def __init__(self, server: InProcess, text: str, uri: str) -> None:
        self.server = server
        self.uri = uri
        self.text = text

    @classmethod
    async def opened(
        cls, marked: str, *, uri: str = URI, server: InProcess | None = None, **capabilities: Any
    ) -> Editor:
        """A server of its own unless one is given, with ``marked`` open."""
        one = server or await InProcess().initialize(**capabilities)
        before, _, after = marked.partition(CURSOR)
        editor = cls(one, before + after, uri)
        editor.cursor = editor.position(len(before))
        one.open(editor.text, uri)
        return editor

    cursor: dict[str, int]

    @property
    def lines(self) -> list[str]:
        """As an editor counts them, without their ends."""
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def position(self, offset: int) -> dict[str, int]:
        """As an editor counts: lines by CR, LF and CRLF, columns in UTF-16."""
        before = self.text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        last = before.rpartition("\n")[2]
        return {"line": before.count("\n"), "character": width(last)}

    def offset(self, position: Mapping[str, int]) -> int:
        """The way back."""
        lines = self.lines
        at = 0
        for line in lines[: position["line"]]:
            at += len(line)
            at += 2 if self.text[at : at + 2] == "\r\n" else 1
        units = lines[position["line"]].encode("utf-16-le", "surrogatepass")[: 2 * position["character"]]
        return at + len(units.decode("utf-16-le", "surrogatepass"))

    def cut(self, where: Mapping[str, Any]) -> str:
        """What stands in a range."""
        return self.text[self.offset(where["start"]) : self.offset(where["end"])]

    def range(self, written: str, occurrence: int = 0) -> dict[str, Any]:
        """Where a word stands."""
        at = -1
        for _ in range(occurrence + 1):
            at = self.text.index(written, at + 1)
        return {"start": self.position(at), "end": self.position(at + len(written))}

    @property
    def document(self) -> dict[str, Any]:
        """``textDocument`` of a request."""
        return {"textDocument": {"uri": self.uri}}

    async def ask(self, method: str, **more: Any) -> Any:
        """A request about the document."""
        return await self.server.ask(f"textDocument/{method}", {**self.document, **more})

    async def at_cursor(self, method: str, **more: Any) -> Any:
        """A request about the cursor's place."""
        return await self.ask(method, position=self.cursor, **more)

    def applied(self, edits: Iterable[Mapping[str, Any]]) -> str:
        """The text after edits."""
        text = self.text
        spans = [
            (self.offset(one["range"]["start"]), self.offset(one["range"]["end"]), one["newText"]) for one in edits
        ]
        for start, end, new in sorted(spans, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def change(self, text: str) -> None:
        """Replaces the whole text."""
        self.text = text
        document = {"uri": self.uri, "version": 2}
        self.server.say("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})
