"""What a template lacks, and where it is put: braces that close an action, an end that closes a block."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TypeGuard

from telelens_schemas.specification.problems import Fix, Replacement
from telelens_schemas.specification.source import Range
from telelens_schemas.specification.templates import find_actions, mask
from telelens_schemas.templates import Problem, Template, parse
from telelens_schemas.templates.nodes import Branch, Definition, Node, path_to
from telelens_schemas.templates.source import Lines

_END = "{{ end }}"
_AROUND = ("", "{{ range . }}")
"""Where an action may stand: an else only within a block, a definition only outside of one."""
_REST = re.compile(r"[\"']?[ \t]*(?:[\],}].*|#.*)?")
"""What may stand behind an action in its line: what ends the value that it is in, or a comment."""
_COMMENT = re.compile(r"[ \t]+#")
_EMPTY_LINE = re.compile(r"[ \t]*(?:#.*)?")


class Closings:
    """Those that one template lacks."""

    def __init__(self, template: Template, lines: Lines) -> None:
        self._template = template
        self._text = template.text
        self._lines = lines
        self._open = sorted(one.start for one in template.problems if self._is_block(one))

    def fixes(self, problem: Problem) -> tuple[Fix, ...]:
        """What mends a problem of syntax; nothing where it is not only the end that is missing."""
        if self._is_block(problem):
            title, found = f"Add {_END}", self._end_of_block(problem.start)
        else:
            title, found = "Add }}", self._end_of_action(problem)
        if found is None:
            return ()
        at, text = found
        line, column = self._lines.line_of(at), self._lines.column_of(at)
        return (Fix(title, (Replacement(Range(line, column, line, column), text),), is_choice=True),)

    def _is_block(self, problem: Problem) -> bool:
        written = self._text[problem.start : problem.end]
        return problem.code == "unclosed" and written.startswith("{{") and written.endswith("}}")

    def _end_of_action(self, problem: Problem) -> tuple[int, str] | None:
        text, end = self._text, self._lines.end_of_line(problem.start)
        if text.startswith("{{", problem.start):
            start, at = problem.start, problem.end
        else:
            start, at = text.rfind("{{", 0, problem.start), problem.start
            is_closed = start < 0 or "}}" in text[start:end].partition("{{")[2].partition("{{")[0]
            if is_closed or _REST.fullmatch(text, at, end) is None:
                return None
        at = start + len(text[start:at].rstrip())
        braces = "}}" if text[start + 2 : start + 3].isalnum() else " }}"
        return (at, braces) if _is_readable(text[start:at] + braces) else None

    def _end_of_block(self, start: int) -> tuple[int, str] | None:
        following = bisect_right(self._open, start)
        nested = self._open[following] if following < len(self._open) else len(self._text)
        block = next(one for one in path_to(self._template.root, start + 1) if _is_block_at(one, start))
        opening, inside = _last_opening(block)
        first, end = self._lines.offset(self._lines.line_of(opening), 1), self._lines.end_of_line(inside)
        if self._text[first:opening].strip() or self._text[inside:end].strip():
            found = self._in_line(first, opening, inside, end), _END
        else:
            found = self._below(self._text[first:opening], opening, end, nested)
        # Behind the beginning of a nested one it would be that one's end.
        return found if found[0] <= nested else None

    def _in_line(self, first: int, opening: int, inside: int, end: int) -> int:
        """Where the value ends that the block stands in."""
        line = self._text[first:end]
        line = mask(line, find_actions(line))
        before, value = line[: opening - first], line[inside - first :]
        quote = next((one for one in "\"'" if before.count(one) % 2 and one in value), None)
        if quote is not None:
            return inside + value.index(quote)
        if sum(map(before.count, "[{")) > sum(map(before.count, "]}")):
            value = re.split(r"[\],}]", value)[0]
        return inside + len(_COMMENT.split(value)[0].rstrip())

    def _below(self, margin: str, opening: int, end: int, most: int) -> tuple[int, str]:
        """A line of its own, where the lines end that belong to the first one in the block."""
        last, deep, number = end, "", self._lines.line_of(end)
        while last < most and (start := self._lines.start_of(number := number + 1)) is not None:
            line = self._text[start : self._lines.end_of_line(start)]
            if _EMPTY_LINE.fullmatch(line):
                continue
            sign = line[: len(line) - len(line.lstrip()) + 1]
            if not line.lstrip().startswith("{{"):
                deep = deep or sign
                if line.startswith("---") or _is_outside(sign, deep):
                    break
            last = start + len(line)
        braces = "{{-" if self._text.startswith("{{-", opening) else "{{"
        return last, f"\n{margin}{braces} end }}}}"


def _is_block_at(node: Node, start: int) -> TypeGuard[Branch | Definition]:
    return isinstance(node, Branch | Definition) and node.start == start


def _last_opening(block: Branch | Definition) -> tuple[int, int]:
    """Where the action begins, and ends, that opens what the block lacks an end of: itself, or its last else."""
    if isinstance(block, Definition):
        return block.start, block.body.start
    if block.otherwise is not None:
        return block.arms[-1].end, block.otherwise.start
    return block.arms[-1].start, block.arms[-1].opening_end


def _is_outside(sign: str, deep: str) -> bool:
    """Whether a line belongs no more to what one is in, by their margins and first letters: a list may stand as deep as
    the key that it belongs to."""
    return len(sign) < len(deep) or (len(sign) == len(deep) and deep.endswith("-") and not sign.endswith("-"))


def _is_readable(action: str) -> bool:
    """Whether it is one. What it needs of others, blocks and variables, does not matter."""
    return any(
        not any(
            one.code == "syntax" or (one.code == "unclosed" and not text.startswith("{{", one.start))
            for one in parse(text).problems
        )
        for text in (before + action for before in _AROUND)
    )
