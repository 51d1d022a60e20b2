"""Writes results: for people by default, else JSON or YAML. What is not the result goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from telelens_daemons.cli.options import Format, GlobalOptions

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from telelens_daemons.errors import UserError

RED = "31"
DIM = "2"
WIDTH_OF_A_FILE = 200
"""Tables that go into a file or a pipe are not cut to a terminal's width."""


class Output:
    """Where a command writes to."""

    def __init__(self, options: GlobalOptions) -> None:
        self._options = options

    @property
    def for_people(self) -> bool:
        """Whether the default format is asked for."""
        return self._options.format is Format.DEFAULT

    def line(self, text: str) -> None:
        """A line of the result; only people get it."""
        if self.for_people:
            print(text, flush=True)

    def progress(self, text: str) -> None:
        """What is going on."""
        print(paint(text, DIM), file=sys.stderr, flush=True)

    def error(self, error: UserError) -> None:
        """What went wrong: one line, one line of what to do, the detail if asked for."""
        print(f"{paint('error:', RED)} {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        if error.detail and self._options.debug:
            print(paint(error.detail, DIM), file=sys.stderr)

    def data(self, value: Any) -> None:
        """The result, for programs; people get nothing. A function is called for it only when it is needed."""
        if self.for_people:
            return
        if callable(value):
            value = value()
        if self._options.format is Format.YAML:
            import yaml

            sys.stdout.write(yaml.safe_dump(value, sort_keys=False, allow_unicode=True))
        elif self._options.format is Format.JSON:
            print(json.dumps(value, indent=2, ensure_ascii=False))
        elif self._options.format is Format.JSON_STREAM:
            for item in value if isinstance(value, list) else [value]:
                print(json.dumps(item, ensure_ascii=False), flush=True)
        sys.stdout.flush()

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table for people."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE).print(table)


def plain(message: Message) -> Any:
    """A protobuf message as JSON data, keys in camelCase, empty fields included."""
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(message, always_print_fields_with_no_presence=True)


def field_lines(fields: Sequence[tuple[str, str]], *, indent: int = 4, width: int = 23) -> list[str]:
    """``    Name   : value`` lines, the colons below each other."""
    return [f"{' ' * indent}{name:<{width}}: {value}" for name, value in fields]


def paint(text: str, code: str) -> str:
    """Colour, where somebody sees it and has not asked for none (https://no-color.org)."""
    import os

    if not sys.stderr.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{code}m{text}\033[0m"
