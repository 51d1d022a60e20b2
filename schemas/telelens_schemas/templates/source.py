"""Where the lines of a text begin."""

from __future__ import annotations

from bisect import bisect_right

from telelens_schemas.templates.values import byte_length


class Lines:
    """Lines and columns of offsets in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def line_of(self, offset: int) -> int:
        """From 1."""
        return bisect_right(self._starts, offset)

    def column_of(self, offset: int) -> int:
        """From 1, in characters."""
        return offset - self._starts[self.line_of(offset) - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Of a line and a column, both from 1."""
        return self._starts[min(line, len(self._starts)) - 1] + column - 1

    def start_of(self, line: int) -> int | None:
        """The offset of a line, from 1; ``None`` behind the last one."""
        return self._starts[line - 1] if line <= len(self._starts) else None

    def go_column_of(self, offset: int) -> int:
        """From 0, in bytes, as Go's messages count."""
        return byte_length(self._text[self._starts[self.line_of(offset) - 1] : offset])

    def end_of_line(self, offset: int) -> int:
        """The offset of the line break, or of the end of the text."""
        line = self.line_of(offset)
        end = self._starts[line] - 1 if line < len(self._starts) else len(self._text)
        return end - 1 if self._text[end - 1 : end] == "\r" and end > offset else end
