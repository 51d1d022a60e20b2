"""The text below a key (``run: |``), and lines that are meant to be its, but do not stand as deep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from telelens_schemas.specification.fragments import Broken, Fragment
from telelens_schemas.specification.problems import Code

_HEADER = re.compile(r"([ ]*(?:-[ ]+)*)([\w.-]+):[ \t]+(?:[&!]\S+[ \t]+)*([|>][-+]?([1-9]?)[-+]?[ \t]*(?:[ \t]#.*)?)")
_LONE_WORD = re.compile(r"[\w.-]+[ \t]*(?:#.*)?")
_HEAD = re.compile(r"(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.$/<-]+)[ \t]*:(?=[ \t\r\n]|\Z)|-(?=[ \t\r\n]|\Z)")
_EMPTY = re.compile(r":[ \t]+[|>][-+1-9]*[ \t]*\r?\n(?:[ \t\r]*\n)*([ ]*)[^\s#]")
_STEP = 2
DEEPER = "stands deeper than that"
"""Said of lines that may be a slip of something else."""


@dataclass(frozen=True, slots=True)
class BlockText:
    """``name`` of its key; ``sign`` is where the ``|`` begins and its line ends, ``margin`` the column of its key, and
    ``column`` that of its lines."""

    name: str
    sign: tuple[int, int]
    margin: int
    column: int
    is_empty: bool


def text_above(yaml: str, start: int, at: int) -> BlockText | None:
    """The one that the lines end with from ``start`` to that of ``at``."""
    least: int | None = None
    below = 0
    for line, written in _lines_above(yaml, start, at):
        indent = len(written) - len(written.lstrip(" "))
        header = _HEADER.fullmatch(written)
        if header is not None and (least is None or len(header[1]) < least):
            margin, step = len(header[1]), int(header[4] or _STEP)
            column = below if least is not None and not header[4] else margin + step
            return BlockText(header[2], (line + header.start(3), line + header.end(3)), margin, column, least is None)
        if not written[indent:].startswith("#"):
            below, least = indent, min(indent, least if least is not None else indent)
        if least == 0:
            break
    return None


def has_shallow_text(yaml: str) -> bool:
    """Whether a line that cannot be a key stands below a key whose text has no line; it may be read as one."""
    for found in _EMPTY.finditer(yaml):
        header = _HEADER.match(yaml, yaml.rfind("\n", 0, found.start()) + 1)
        if header is not None and len(found[1]) <= len(header[1]) and not is_head(yaml, found.start(1)):
            return True
    return False


def is_head(yaml: str, line: int) -> bool:
    """Whether a line begins with a key of one word, or is an item."""
    return _HEAD.match(yaml, line + _indent(yaml, line)) is not None


def is_meant(yaml: str, opened: BlockText, line: int) -> bool:
    """Whether a line that is too shallow can only be of that text: a word alone may be a key that is being typed,
    unless the text has nothing else."""
    first = line + _indent(yaml, line)
    return opened.is_empty or _LONE_WORD.fullmatch(yaml[first : _end_of_line(yaml, first)].rstrip()) is None


def too_shallow(fragment: Fragment, opened: BlockText, start: int, end: int) -> Broken:
    """The finding about the lines of a fragment from ``start`` to ``end``."""
    text = fragment.text
    end = start + len(text[start:end].rstrip())
    lines = text[start:end].split("\n")
    further = opened.column - min(_indent(line, 0) for line in lines if line.strip())
    moved = "\n".join(" " * further + line if line.strip() else line for line in lines)
    first = start + _indent(text, start)
    message = f'the text of "{opened.name}" {DEEPER}: indent this line by {opened.column} blanks'
    fix = (f'Indent under "{opened.name}"', start, end, moved)
    return Broken(first, fragment.end_of_line(first), Code.YAML_SYNTAX, message, fix=fix)


def end_of_text(yaml: str, opened: BlockText, start: int) -> int:
    """Of the lines from ``start`` on that stand deeper than its key."""
    deeper = re.compile(rf"(?: {{{opened.margin + 1}}}[^\n]*(?:\n|\Z)|[ \t\r]*\n)*").match(yaml, start)
    return deeper.end() if deeper is not None else start


def _lines_above(yaml: str, start: int, at: int) -> Iterator[tuple[int, str]]:
    """Those that are not blank, the nearest first, with their offsets."""
    line = yaml.rfind("\n", 0, at) + 1
    while line > start:
        below, line = line - 1, yaml.rfind("\n", 0, line - 1) + 1
        written = yaml[line:below].rstrip()
        if written:
            yield line, written


def _indent(text: str, at: int) -> int:
    line = text[at : _end_of_line(text, at)]
    return len(line) - len(line.lstrip(" "))


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
