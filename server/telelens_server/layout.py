"""Lays a specification out: indentation, dashes, blanks at the ends of lines and of the file. Nothing else is touched.

Whatever it would do, it does only where the YAML events before and after are the same: a formatter must never change
what a file means. Texts in which templates stand on lines of their own, or care for indentation, keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import yaml
from telelens_schemas.specification.templates import find_actions, mask

from telelens_server.rows import Form, Row, Rows, read_rows
from telelens_server.text import split_lines

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DASHES = re.compile(r" *((?:-(?:[ ]+|$))*)")
_INDENTING = re.compile(r"\{\{-|-\}\}|\b(?:n?indent|if|else|end|range|with|define|block|template|include)\b")
_COUNTED = re.compile(r"[|>][-+]?[1-9]|[|>][1-9]")
_LEADING = re.compile(r"[ \t]*")
_STRIDE = 1000
"""Events, of which one costs less than to ask whether the next is wanted."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace columns ``start`` to ``end`` of a line; the last edit may reach to the end of the text."""

    line: int
    start: int
    end_line: int
    end: int
    text: str


@dataclass(slots=True)
class _Block:
    """A mapping or list that is open."""

    is_list: bool
    old: int
    new: int


def layout(
    source: str, step: int, first: int = 0, last: int | None = None, check: Callable[[], None] = lambda: None
) -> list[Edit]:
    """The edits in lines ``first`` to ``last`` (0-based, inclusive). Whatever ``check`` raises ends it early."""
    lines = [line.rstrip("\r\n") for line in split_lines(source)]
    last = len(lines) - 1 if last is None else min(last, len(lines) - 1)
    actions = find_actions(source)
    masked = [line.rstrip("\r\n") for line in split_lines(mask(source, actions))] if actions else lines
    edits: list[Edit] = []
    for start, end in _documents(read_rows(masked)):
        low, high = max(start, first), min(end, last + 1)
        if low < high:
            edits += _document(lines[start:end], masked[start:end], step, (low - start, high - start), start, check)
    ending = list(_ending(lines, masked, first, last))
    # Lines that are taken away need no other edit.
    gone = ending[0].line if ending and not ending[0].text else len(lines)
    return [*(one for one in edits if one.line < gone), *ending]


def _documents(rows: Rows) -> Iterator[tuple[int, int]]:
    start = 0
    for separator in rows.separators:
        if separator > start:
            yield start, separator
        start = separator
    yield start, len(rows.rows)


def _document(
    lines: list[str],
    masked: list[str],
    step: int,
    chosen: tuple[int, int],
    offset: int,
    check: Callable[[], None],
) -> list[Edit]:
    before = _events(masked, check)
    tries: list[Callable[[list[str], list[str]], list[str]]] = [
        lambda own, hidden: _indented(own, hidden, step),
        lambda own, hidden: _trimmed(own, hidden),
    ]
    if before is None:
        tries = [lambda own, hidden: _without_tabs(own, hidden, step)]
    elif any(_INDENTING.search(line[action.start : action.end]) for line in lines for action in find_actions(line)):
        tries = tries[1:]
    low, high = chosen
    for attempt in tries:
        check()
        made = attempt(lines, masked)
        after = [*lines[:low], *made[low:high], *lines[high:]]
        if after == lines:
            return []
        events = _events(_masked(after), check)
        if events is not None and (before is None or events == before):
            return [
                edit
                for number in range(low, high)
                if (edit := _edit(number + offset, lines[number], after[number])) is not None
            ]
    return []


def _masked(lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    actions = find_actions(text)
    return mask(text, actions).split("\n") if actions else list(lines)


def _events(lines: Sequence[str], check: Callable[[], None]) -> list[tuple[object, ...]] | None:
    """What YAML makes of it; ``None``: it is none."""
    found: list[tuple[object, ...]] = []
    try:
        for number, one in enumerate(yaml.parse("\n".join(lines), Loader=_LOADER)):
            if number % _STRIDE == 0:
                check()
            found.append((type(one), *(getattr(one, name, None) for name in ("anchor", "tag", "value", "implicit"))))
    except (yaml.YAMLError, RecursionError, UnicodeEncodeError):
        return None  # half a surrogate pair cannot even be handed to the parser
    return found


def _edit(line: int, old: str, new: str) -> Edit | None:
    """The least one."""
    if old == new:
        return None
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - same
    tail = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return Edit(line, same, line, len(old) - tail, new[same : len(new) - tail])


def _ending(lines: Sequence[str], masked: Sequence[str], first: int, last: int) -> Iterator[Edit]:
    """One line end at the end; a block scalar keeps those that it has, for they belong to it."""
    if last < len(lines) - 1 or not any(lines):
        return
    rows = read_rows(masked).rows
    content = max((number for number, line in enumerate(lines) if line.strip()), default=-1)
    if content < first or rows[content].form is Form.SCALAR:
        return
    end = len(lines[-1])
    if content == len(lines) - 1:
        yield Edit(content, end, content, end, "\n")
    elif len(lines) - content > 2 or lines[-1]:
        yield Edit(content + 1, 0, len(lines) - 1, end, "")


def _trimmed(lines: Sequence[str], masked: Sequence[str]) -> list[str]:
    rows = read_rows(masked).rows
    return [line if row.form is Form.SCALAR else line.rstrip(" \t") for line, row in zip(lines, rows, strict=True)]


def _without_tabs(lines: Sequence[str], masked: Sequence[str], step: int) -> list[str]:
    """Tabs before the first word become blanks."""
    del masked
    spread = []
    for line in lines:
        leading = _LEADING.match(line)
        assert leading is not None
        spread.append(leading[0].expandtabs(step) + line[leading.end() :] if "\t" in leading[0] else line)
    return spread


def _indented(lines: Sequence[str], masked: Sequence[str], step: int) -> list[str]:
    return _Indenting(lines, masked, read_rows(masked), step).run()


class _Indenting:
    """Goes from line to line and knows what is open."""

    def __init__(self, lines: Sequence[str], masked: Sequence[str], rows: Rows, step: int) -> None:
        self._lines = lines
        self._masked = masked
        self._rows = rows.rows
        self._step = step
        self._open: list[_Block] = []
        self._shift = 0
        self._moves: dict[int, int] = {}

    def run(self) -> list[str]:
        """The lines as they should be."""
        made: list[str] = []
        number = 0
        while number < len(self._rows):
            row, line = self._rows[number], self._lines[number]
            if row.form is Form.SCALAR:
                end = number
                while end < len(self._rows) and self._rows[end].form is Form.SCALAR:
                    end += 1
                made += self._scalar(number, end)
                number = end
                continue
            made.append(self._line(number, row, line))
            number += 1
        return made

    def _line(self, number: int, row: Row, line: str) -> str:
        match row.form:
            case Form.CONTENT:
                return self._content(number, line)
            case Form.COMMENT:
                return " " * self._of_comment(number, row) + line.strip(" \t")
            case Form.CONTINUED:
                return " " * max(row.indent + self._shift, self._least(line)) + line.strip(" \t")
            case Form.SEPARATOR:
                self._open.clear()
        return line.rstrip(" \t")

    def _least(self, line: str) -> int:
        """Deeper than what it belongs to, as YAML wants it; only a bracket that closes may stand as deep."""
        if not self._open:
            return 0
        return self._open[-1].new + (0 if line.lstrip(" \t").startswith(("]", "}")) else 1)

    def _content(self, number: int, line: str) -> str:
        dashes = _DASHES.match(self._masked[number])
        assert dashes is not None
        start = None
        at = len(dashes[0]) - len(dashes[1])
        for offset, sign in enumerate(dashes[1]):
            if sign == "-":
                column = self._item(at + offset)
                start = column if start is None else start
        rest = line[dashes.end() :].rstrip(" \t")
        count = dashes[1].count("-")
        if rest and not rest.startswith("#"):
            column = self._entry(dashes.end())
            start = column - 2 * count if start is None or count == 0 else start
            self._shift = column - dashes.end()
        indent = start or 0
        self._moves[self._rows[number].indent] = indent
        return (" " * indent + "- " * count + rest).rstrip(" \t")

    def _item(self, column: int) -> int:
        while self._open and self._open[-1].old > column:
            self._open.pop()
        above = self._open[-1] if self._open else None
        if above is not None and above.is_list and above.old == column:
            return above.new
        new = 0 if above is None else above.new + (2 if above.is_list else self._step)
        self._open.append(_Block(True, column, new))
        return new

    def _entry(self, column: int) -> int:
        while self._open and (self._open[-1].old > column or (self._open[-1].is_list and self._open[-1].old == column)):
            self._open.pop()
        above = self._open[-1] if self._open else None
        if above is not None and not above.is_list and above.old == column:
            return above.new
        new = 0 if above is None else above.new + (2 if above.is_list else self._step)
        self._open.append(_Block(False, column, new))
        return new

    def _scalar(self, start: int, end: int) -> list[str]:
        """A block scalar's lines move together, to one step below what it belongs to."""
        lines = self._lines[start:end]
        base = next((len(one) - len(one.lstrip(" ")) for one in lines if one.strip()), None)
        if base is None:
            return list(lines)
        above = self._open[-1] if self._open else _Block(False, 0, 0)
        header = self._masked[start - 1] if start else ""
        is_counted = _COUNTED.search(header) is not None
        target = above.new + self._step if not is_counted else base + above.new - above.old
        return [
            " " * (target - base + len(one))
            if not one.strip() and len(one) > base
            else ""
            if not one.strip(" ")
            else " " * (target + len(one) - len(one.lstrip(" ")) - base) + one.lstrip(" ")
            for one in lines
        ]

    def _of_comment(self, number: int, row: Row) -> int:
        """Beside what follows, if it stood there; else beside what stands above in its column."""
        following = next((one for one in range(number, len(self._rows)) if self._rows[one].form is Form.CONTENT), None)
        if following is not None and self._rows[following].indent == row.indent:
            return self._peek(following)
        same = next((block.new for block in reversed(self._open) if block.old == row.indent), None)
        return same if same is not None else self._moves.get(row.indent, max(row.indent + self._shift, 0))

    def _peek(self, number: int) -> int:
        """Where a line below will begin."""
        before, shift, moves = [_Block(one.is_list, one.old, one.new) for one in self._open], self._shift, self._moves
        self._moves = dict(moves)
        line = self._content(number, self._lines[number])
        self._open, self._shift, self._moves = before, shift, moves
        return len(line) - len(line.lstrip(" "))
