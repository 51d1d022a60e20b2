"""What each line of a text is, told line by line: it works where the text is no YAML (yet), and knows no key.

Folding, formatting and anchors read this, because a document that is broken in one place keeps them everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from telelens_server.steps import Steps, at_once, collected

_LOOKS_NEW = re.compile(r"(?:---|\.\.\.)(?=\s|$)|-(?=\s|$)|(?:\"[^\"]*\"|'[^']*'|[\w.$/<-][^:#\"'{}\[\],]*):(?=\s|$)")
_SCALAR_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?")
_PLAIN = re.compile(r"(?:[^:#]|:(?=\S)|(?<=\S)#)*")
_PROPERTY = re.compile(r"[&!*][^\s,\[\]{}]*")
_FLOW_PLAIN = re.compile(r"[^\s,:\[\]{}#\"'&*!][^,\[\]{}]*?(?=\s+#|[,\[\]{}]|:\s|$)")


class Form(Enum):
    """What a line is."""

    BLANK = auto()
    COMMENT = auto()
    CONTENT = auto()
    """Keys or items begin here."""
    SCALAR = auto()
    """Inside a block scalar (``|`` or ``>``), its blank lines included."""
    CONTINUED = auto()
    """Goes on with quotes, brackets or words of the line above."""
    SEPARATOR = auto()
    """``---`` or ``...``"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``indent`` counts blanks; ``keys_at`` is the column of its innermost key or dash."""

    form: Form
    indent: int
    is_item: bool = False
    keys_at: int = 0
    has_tab: bool = False

    @property
    def level(self) -> int:
        """Grows with depth; an item is deeper than a key of the same column, to which it may belong."""
        return 2 * self.indent + self.is_item


@dataclass(frozen=True, slots=True)
class Mark:
    """``&name`` or ``*name``: 0-based line, columns of the name alone."""

    line: int
    start: int
    end: int
    name: str
    is_anchor: bool


@dataclass(slots=True)
class _Open:
    """What a line leaves open for those below."""

    sign: str = ""
    """``|``, a quote, ``[`` for any bracket, or a blank for words."""
    above: int = -1
    """Column of the key or dash that it belongs to: what stands no deeper is something else."""
    depth: int = 0


_Key = tuple[str, str, int, int]
_Read = tuple[Row, tuple[str, int, int], tuple[Mark, ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Of a whole text."""

    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    known: Mapping[_Key, _Read] = field(default_factory=dict, compare=False, repr=False)
    """What each line is, by its text and what the ones above leave open."""

    @property
    def separators(self) -> list[int]:
        """The lines between documents."""
        return [number for number, row in enumerate(self.rows) if row.form is Form.SEPARATOR]

    def block_end(self, line: int) -> int:
        """The last line of the entry or item that begins in a line: blank lines and comments after it left out."""
        level, last = self.rows[line].level, line
        for number in range(line + 1, len(self.rows)):
            row = self.rows[number]
            if row.form is Form.SEPARATOR or (row.form is Form.CONTENT and row.level <= level):
                break
            if row.form in (Form.CONTENT, Form.CONTINUED) or (row.form is Form.SCALAR and row.indent > 0):
                last = number
        return last

    def head(self, line: int) -> int:
        """The line in which what stands in a line begins: that of the block scalar's key, of the words' first line."""
        while line > 0 and self.rows[line].form in (Form.SCALAR, Form.CONTINUED):
            line -= 1
        return line

    def above(self, line: int) -> int | None:
        """The line of the entry or item around the one that begins in a line."""
        level = self.rows[line].level
        for number in range(line - 1, -1, -1):
            row = self.rows[number]
            if row.form is Form.SEPARATOR:
                return None
            if row.form is Form.CONTENT and row.level < level:
                return number
        return None


def read_rows(lines: Iterable[str], earlier: Rows | None = None) -> Rows:
    """``lines`` may have their ends; template actions must be hidden already. What is known of the ``earlier`` text's
    lines is taken over."""
    return at_once(reading_rows(lines, earlier))


def reading_rows(lines: Iterable[str], earlier: Rows | None = None) -> Steps[Rows]:
    """The same, with a pause after each line."""
    reader = _RowReader(earlier.known if earlier is not None else {})
    rows = yield from collected(reader.read(line) for line in lines)
    return Rows(tuple(rows), tuple(reader.marks), reader.now)


class _RowReader:
    """Reads line by line."""

    def __init__(self, earlier: Mapping[_Key, _Read]) -> None:
        self.marks: list[Mark] = []
        self.now: dict[_Key, _Read] = {}
        self._earlier = earlier
        self._open = _Open()
        self._number = -1

    def read(self, line: str) -> Row:
        """The next one."""
        self._number += 1
        opened = self._open
        key = line, opened.sign, opened.above, opened.depth
        known = self.now.get(key) or self._earlier.get(key)
        if known is None:
            before = len(self.marks)
            row = self._row(line.rstrip("\r\n"))
            after = self._open
            known = row, (after.sign, after.above, after.depth), tuple(self.marks[before:])
        else:
            self._open = _Open(*known[1])
            self.marks += (replace(mark, line=self._number) for mark in known[2])
        self.now[key] = known
        return known[0]

    def _row(self, text: str) -> Row:
        rest = text.lstrip(" ")
        indent = len(text) - len(rest)
        opened = self._open
        if not rest.strip():
            return Row(Form.SCALAR if opened.sign == "|" else Form.BLANK, indent)
        if opened.sign == "|" and indent > opened.above:
            return Row(Form.SCALAR, indent)
        if indent == 0 and rest.startswith(("---", "...")) and rest[3:4] in ("", " ", "\t"):
            self._open = _Open()
            self._walk(text, 3, -1)
            return Row(Form.SEPARATOR, 0)
        if rest[0] == "#" and opened.sign in ("", "|", " "):
            self._open = _Open() if opened.sign == "|" else opened
            return Row(Form.COMMENT, indent)
        if opened.sign not in ("", "|") and (indent > opened.above or opened.sign in "[\"'"):
            is_new = _LOOKS_NEW.match(rest) is not None
            if not is_new or (indent > opened.above and opened.sign != " "):
                self._continue(text, indent)
                return Row(Form.CONTINUED, indent)
        self._open = _Open()
        has_tab = "\t" in text[: len(text) - len(text.lstrip(" \t"))]
        is_item = rest[0] == "-" and rest[1:2] in ("", " ")
        keys_at = self._walk(text, indent, -1 if not is_item else indent)
        return Row(Form.CONTENT, indent, is_item, keys_at, has_tab)

    def _continue(self, text: str, at: int) -> None:
        """Goes on with what the line above has left open."""
        opened = self._open
        if opened.sign in ("'", '"'):
            close = _end_of_quote(text, at, opened.sign)
            if close is None:
                return
            if opened.depth:
                opened.sign = "["
                self._flow(text, close)
            else:
                self._open = _Open()
                self._walk(text, close, opened.above)
        elif opened.sign == "[":
            self._flow(text, at)

    def _walk(self, text: str, at: int, above: int) -> int:
        """Follows a line in block context; answers the column of the innermost key or dash."""
        while at < len(text):
            sign = text[at]
            if sign in " \t":
                at += 1
            elif sign == "#" and (at == 0 or text[at - 1] in " \t"):
                break
            elif sign in "-?" and text[at + 1 : at + 2] in ("", " ", "\t"):
                above, at = at, at + 1
            elif sign in "&*!":
                at = self._property(text, at)
            elif sign in "|>" and _SCALAR_HEADER.fullmatch(text, at):
                self._open = _Open("|", above)
                break
            elif sign in "[{":
                self._open = _Open("[", above)
                at = self._flow(text, at)
            elif sign in "\"'":
                close = _end_of_quote(text, at + 1, sign)
                if close is None:
                    self._open = _Open(sign, above)
                    break
                if _is_colon(text, close):
                    above = at
                at = close
            elif _is_colon(text, at):
                at += 1
            else:
                found = _PLAIN.match(text, at)
                end = found.end() if found is not None else len(text)
                if _is_colon(text, end):
                    above = at
                elif text[at:end].strip():
                    self._open = _Open(" ", above)
                at = max(end, at + 1)
        return max(above, 0)

    def _flow(self, text: str, at: int) -> int:
        """Follows brackets until the last of them is closed."""
        opened = self._open
        while at < len(text):
            sign = text[at]
            if sign in "[{":
                opened.depth += 1
                at += 1
            elif sign in "]}":
                opened.depth -= 1
                at += 1
                if opened.depth <= 0:
                    self._open = _Open()
                    return at
            elif sign in "\"'":
                close = _end_of_quote(text, at + 1, sign)
                if close is None:
                    opened.sign = sign
                    return len(text)
                at = close
            elif sign in "&*!":
                at = self._property(text, at)
            elif sign == "#" and (at == 0 or text[at - 1] in " \t"):
                return len(text)
            else:
                found = _FLOW_PLAIN.match(text, at)
                at = found.end() if found is not None and found.end() > at else at + 1
        return at

    def _property(self, text: str, at: int) -> int:
        found = _PROPERTY.match(text, at)
        assert found is not None
        if found[0][0] in "&*" and len(found[0]) > 1:
            name = found[0][1:].rstrip(":") if found[0][0] == "*" else found[0][1:]
            self.marks.append(Mark(self._number, at + 1, at + 1 + len(name), name, found[0][0] == "&"))
        return found.end()


def _end_of_quote(text: str, at: int, sign: str) -> int | None:
    """Behind the quote that closes; ``at`` is behind the one that opened."""
    while True:
        close = text.find(sign, at)
        if close < 0:
            return None
        if sign == "'":
            if text.startswith("''", close):
                at = close + 2
                continue
            return close + 1
        escapes = len(text[at:close]) - len(text[at:close].rstrip("\\"))
        if escapes % 2 == 0:
            return close + 1
        at = close + 1


def _is_colon(text: str, at: int) -> bool:
    return text[at : at + 1] == ":" and text[at + 1 : at + 2] in ("", " ", "\t")
