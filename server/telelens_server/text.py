"""A document's text in step with the editor's, and the way between its positions and ours.

The protocol counts lines by LF, CRLF and CR alone, and columns in UTF-16 units unless agreed otherwise; pygls splits
lines as Python does, which knows more line ends, so texts with one of those would drift apart.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, overload

from lsprotocol import types
from pygls.workspace import PositionCodec, TextDocument, Workspace
from telelens_schemas.specification import Range
from telelens_schemas.specification.source import LINE_END

_BYTE_ORDER_MARK = "\ufeff"


class Lines(Sequence[str]):
    """The lines of a text, cut out when asked for."""

    def __init__(self, source: str, starts: list[int]) -> None:
        self._source = source
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        start = self._starts[index]
        following = index + 1 if index >= 0 else index + 1 or len(self._starts)
        return self._source[start : self._starts[following] if following < len(self._starts) else None]

    def __iter__(self) -> Iterator[str]:
        source, starts = self._source, self._starts
        for start, end in zip(starts, [*starts[1:], len(source)], strict=True):
            yield source[start:end]

    def above(self, number: int, beginnings: str | tuple[str, ...]) -> int:
        """The nearest line from this one up that begins otherwise; -1 where there is none."""
        source, starts = self._source, self._starts
        while number >= 0 and source.startswith(beginnings, starts[number]):
            number -= 1
        return number

    def below(self, number: int, beginning: str) -> int:
        """The nearest line from this one down that begins otherwise; past the last where there is none."""
        source, starts = self._source, self._starts
        while number < len(starts) and source.startswith(beginning, starts[number]):
            number += 1
        return number


def split_lines(source: str) -> Lines:
    """As the protocol counts them."""
    return Lines(source, _line_starts(source))


def _line_starts(source: str) -> list[int]:
    if "\r" in source:
        return [0, *(found.end() for found in LINE_END.finditer(source))]
    return [0, *accumulate(len(line) + 1 for line in source.split("\n")[:-1])]


def _moved(starts: list[int], start: int, end: int, text: str) -> list[int]:
    """What the lines' starts are once the text has taken the place of a stretch. Its lines end with LF alone."""
    further = len(text) - (end - start)
    return [
        *starts[: bisect.bisect_right(starts, start)],
        *(start + found.end() for found in LINE_END.finditer(text)),
        *[one + further for one in starts[bisect.bisect_right(starts, end) :]],
    ]


class EditorText(TextDocument):
    """One open document."""

    _starts: list[int] | None = None

    @property
    def lines(self) -> Lines:
        """Every line with its end, as YAML sees them: without a byte order mark."""
        starts = self.line_starts
        return Lines(self.source, [1, *starts[1:]] if self.mark(0) else starts)

    def mark(self, line: int) -> int:
        """How many characters of a line (0-based) are no YAML: one, where it begins with a byte order mark."""
        return 1 if line == 0 and self.source.startswith(_BYTE_ORDER_MARK) else 0

    @property
    def line_starts(self) -> list[int]:
        """Offset of each line's first character; the last line may be empty."""
        if self._starts is None:
            self._starts = _line_starts(self.source)
        return self._starts

    def line(self, number: int) -> str:
        """One line without its end, 0-based; empty where there is none."""
        starts = self.line_starts
        if not 0 <= number < len(starts):
            return ""
        end = starts[number + 1] if number + 1 < len(starts) else len(self.source)
        return self.source[starts[number] : end].rstrip("\r\n")

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """One edit of the editor's."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = self.offset(change.range.start), self.offset(change.range.end)
            source, end = self.source, max(start, end)
            self._source = source[:start] + change.text + source[end:]
            is_plain = "\r" not in source and "\r" not in change.text
            self._starts = _moved(self.line_starts, start, end, change.text) if is_plain else None
        else:
            self._source = change.text
            self._starts = None

    def offset(self, position: types.Position) -> int:
        """Characters before a position of the editor's; positions past an end mean that end."""
        starts = self.line_starts
        if position.line >= len(starts):
            return len(self.source)
        return starts[position.line] + self.column(position)

    def column(self, position: types.Position) -> int:
        """Characters before a position in its line."""
        line = self.line(position.line)
        if line.isascii():
            return min(position.character, len(line))
        units = 0
        for index, character in enumerate(line):
            if units >= position.character:
                return index
            units += self._position_codec.client_num_units(character)
        return len(line)

    def position_at(self, offset: int) -> types.Position:
        """The editor's position of an offset."""
        return self.position(*self.line_of(offset))

    def line_of(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both 0-based."""
        line = bisect.bisect_right(self.line_starts, offset) - 1
        return line, offset - self.line_starts[line]

    def to_editor_columns(self, where: Range) -> tuple[int, int, int] | None:
        """Line, first and last column (0-based, in characters) of a range of ours; ``None`` if it has more lines."""
        if where.line != where.end_line:
            return None
        mark = self.mark(where.line - 1)
        return where.line - 1, where.column - 1 + mark, where.end_column - 1 + mark

    def position(self, line: int, column: int) -> types.Position:
        """The editor's position of a line and a column in characters, both 0-based."""
        before = self.line(line)[:column]
        return types.Position(line, len(before) if before.isascii() else self._position_codec.client_num_units(before))

    def place(self, position: types.Position) -> tuple[int, int]:
        """Line and column of ours, 1-based, of a position of the editor's."""
        return position.line + 1, max(self.column(position) + 1 - self.mark(position.line), 1)

    def to_editor(self, where: Range) -> types.Range:
        """A range of ours."""
        if self.source.isascii():
            # An outline has thousands of them, and here both sides count alike.
            return types.Range(
                types.Position(where.line - 1, where.column - 1),
                types.Position(where.end_line - 1, where.end_column - 1),
            )
        # A byte order mark is no character of a specification, but it is one of the editor's text.
        mark = 1 if self.source.startswith(_BYTE_ORDER_MARK) else 0
        return types.Range(
            self.position(where.line - 1, where.column - 1 + (mark if where.line == 1 else 0)),
            self.position(where.end_line - 1, where.end_column - 1 + (mark if where.end_line == 1 else 0)),
        )


class EditorWorkspace(Workspace):
    """The documents that the editor has opened."""

    def _create_text_document(
        self, doc_uri: str, source: str | None = None, version: int | None = None, language_id: str | None = None
    ) -> EditorText:
        codec: PositionCodec = self.position_codec
        return EditorText(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            position_codec=codec,
            sync_kind=_INCREMENTAL,
        )

    @classmethod
    def like(cls, workspace: Workspace) -> EditorWorkspace:
        """One for the same folders and the same encoding of positions."""
        folders: Any = list(workspace.folders.values())
        return cls(workspace.root_uri, _INCREMENTAL, folders, workspace.position_encoding)


_INCREMENTAL = types.TextDocumentSyncKind.Incremental
