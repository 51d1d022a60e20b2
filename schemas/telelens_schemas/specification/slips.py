"""What may have slipped in a line: its indentation, with or without what stands below it, or the colon behind its key.

Only says what can be tried; whether the text is one then, ``mending`` finds out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.fragments import Reworded
from telelens_schemas.specification.parser import COLON_EXPECTED, INDENT_BY_SPACES, TABS
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.source import Range

_FARTHEST = 12
"""Blanks that a line slips."""
_ABOVE = 3
"""Lines above the one where YAML stumbles."""
_AROUND = 30
"""Lines that show which columns there are."""
_STEP = 2
"""Blanks, where nothing shows another one."""
_WIDTHS = (2, 4, 8)
"""Blanks that people see in a tab."""
_LINE = re.compile(r"(?P<indent>[ \t]*)(?P<dashes>(?:-(?:[ \t]+|(?=\r?\Z)))*)(?P<rest>[^#\r].*)?")
_TABS = re.compile(r"\t[ \t]*(?=[^ \t\r])")
_KEYED = re.compile(r"[\w.-]+[ ]*:(?:[ \t\r]|\Z)")
_WORD = re.compile(r"(?:-[ \t]+)*[\w.-]+|\S")
_WITHOUT_COLON = re.compile(r"[ ]*(?:-[ ]+)*(?P<key>[A-Za-z][\w.-]*)[ ]+[^\s:#&|>-]")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a line, and the lines to be reworded."""

    code: Code
    message: str
    title: str
    """Of the fix."""
    where: Range
    """In its document: lines from 1 on."""
    edits: Mapping[int, Reworded]
    distance: int
    """How far it slipped."""


def slips_near(lines: Sequence[str], stumble: int) -> Iterator[Slip]:
    """In the line where YAML stumbles, and in those above it."""
    near = [number for number in range(stumble, -1, -1) if _says_something(lines[number])][: _ABOVE + 1]
    yield from _tabs(lines)
    for number in near:
        yield from _indentations(lines, number, None)
        colon = _WITHOUT_COLON.match(lines[number])
        if colon is not None:
            at = colon.end("key")
            where = Range(number + 1, colon.start("key") + 1, number + 1, at + 1)
            edits = {number: Reworded(at, "", ":")}
            yield Slip(Code.YAML_SYNTAX, COLON_EXPECTED, "Add a colon", where, edits, 0)


def slips_of(lines: Sequence[str], number: int, key: str) -> Iterator[Slip]:
    """In a line whose key is known elsewhere."""
    if re.match(rf"[ ]*{re.escape(key)}[ ]*:", lines[number]) is not None:
        yield from _indentations(lines, number, key)


def _indentations(lines: Sequence[str], number: int, key: str | None) -> Iterator[Slip]:
    line = _LINE.match(lines[number])
    if line is None or not (line["dashes"] or _KEYED.match(line["rest"] or "")):
        return
    indent = line["indent"]
    for column in _columns(lines, number, line):
        if "\t" in indent:
            where = Range(number + 1, indent.index("\t") + 1, number + 1, len(indent) + 1)
            edits = {number: Reworded(0, indent, " " * column)}
            yield Slip(Code.TAB, TABS, INDENT_BY_SPACES, where, edits, _as_seen(indent, column))
        elif len(indent) != column:
            yield from _moved(lines, number, column, key)


def _tabs(lines: Sequence[str]) -> Iterator[Slip]:
    """In all lines that begin with one. (Behind a blank it may belong to a text of several lines.)"""
    indents = {number: found[0] for number, line in enumerate(lines) if (found := _TABS.match(line)) is not None}
    for width in _WIDTHS if len(indents) > 1 else ():
        edits = {number: Reworded(0, indent, indent.expandtabs(width)) for number, indent in indents.items()}
        first, indent = next(iter(indents.items()))
        where = Range(first + 1, 1, first + 1, len(indent) + 1)
        yield Slip(Code.TAB, TABS, INDENT_BY_SPACES, where, edits, 0)


def _says_something(line: str) -> bool:
    found = _LINE.match(line)
    return found is not None and bool(found["dashes"] or found["rest"]) and not line.startswith(("---", "..."))


def _columns(lines: Sequence[str], number: int, line: re.Match[str]) -> set[int]:
    """Where it may belong: beside the lines around it, or a step below one of them."""
    found: set[int] = set()
    steps: set[int] = set()
    openers: list[int] = []
    last: int | None = None
    for other in range(max(0, number - _AROUND), min(len(lines), number + _AROUND)):
        one = _LINE.match(lines[other])
        if other == number or one is None or not _says_something(lines[other]) or "\t" in one["indent"]:
            last = None if other == number else last
            continue
        indent, keys_at = len(one["indent"]), len(one["indent"]) + len(one["dashes"])
        found |= {indent} if line["dashes"] else {indent, keys_at}
        openers += [keys_at] if other < number else []
        steps |= {indent - last} if last is not None and indent > last else set()
        last = keys_at
    found |= {one + step for one in openers for step in steps or {_STEP}}
    old = len(line["indent"].expandtabs(_WIDTHS[1]))
    return {one for one in found if abs(one - old) <= _FARTHEST}


def _as_seen(indent: str, column: int) -> int:
    """How far a column is from what tabs look like."""
    tabs = indent.count("\t")
    seen = [width * tabs + len(indent) - tabs for width in _WIDTHS]
    return 0 if column in seen else abs(column - seen[1])


def _moved(lines: Sequence[str], number: int, column: int, key: str | None) -> Iterator[Slip]:
    """By itself, and with all that stands deeper below it."""
    own = _indent(lines[number])
    word = _WORD.search(lines[number], own)
    where = Range(number + 1, own + 1, number + 1, (word.end() if word is not None else own + 1) + 1)
    what = "the indentation does not fit" if key is None else f'unknown key "{key}" at this indentation'
    message = f"{what}: indent by {column} blanks instead of {own}"
    code = Code.YAML_SYNTAX if key is None else Code.UNKNOWN_KEY
    first = {number: Reworded(0, " " * own, " " * column)}
    below = dict(_below(lines, number, column - own))
    for edits in (first, {**first, **below}) if below else (first,):
        yield Slip(code, message, f"Indent by {column} blanks", where, edits, abs(column - own))


def _below(lines: Sequence[str], number: int, further: int) -> Iterator[tuple[int, Reworded]]:
    """What stands deeper, moved as far."""
    for below in range(number + 1, len(lines)):
        indent = _indent(lines[below])
        if not lines[below].strip():
            continue
        if indent <= _indent(lines[number]) or indent + further < 0:
            return
        yield below, Reworded(0, " " * indent, " " * (indent + further))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
