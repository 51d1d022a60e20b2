"""Text → documents as trees of nodes, each document on its own: a broken one does not hide the others."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.source import SourceText
from telelens_schemas.specification.templates import Action, find_actions, mask

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SEPARATOR = re.compile(r"^(---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_WORD = re.compile(r"[^\s:,\[\]{}#]+|\S")
_INDENT = re.compile(r"[ \t]*")
_DEEPEST = 200


class Broken(Exception):
    """A document that is no YAML; carries where and why."""

    def __init__(self, start: int, end: int, code: Code, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file. ``root`` is ``None`` where it is broken or empty."""

    start: int
    end: int
    root: Node | None
    broken: Broken | None = None
    undefined_aliases: tuple[Scalar, ...] = ()
    actions: tuple[Action, ...] = ()


def parse(source: SourceText) -> Iterator[Document]:
    """The documents of a file, in order."""
    actions = find_actions(source.text)
    masked = mask(source.text, actions)
    for start, end in _stretches(masked):
        inside = tuple(action for action in actions if start <= action.start < end)
        builder = _Builder(source, start, inside)
        try:
            _check_characters(masked, start, end)
            root = builder.build(masked[start:end])
        except Broken as broken:
            yield Document(start, end, None, broken=broken)
        else:
            yield Document(start, end, root, None, tuple(builder.undefined), tuple(builder.visible_actions()))


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where each document stands: its ``---`` belongs to it. (No scalar may hold ``---`` at a line's start.)"""
    start = 0
    for found in _SEPARATOR.finditer(text):
        if not _is_blank(text[start : found.start()]):
            yield start, found.start()
        start = found.start() if found[1] == "---" else found.end()
    if not _is_blank(text[start:]):
        yield start, len(text)


def _is_blank(stretch: str) -> bool:
    """Only comments, directives and blank lines."""
    lines = (line.strip() for line in stretch.removeprefix("---").split("\n"))
    return all(not line or line[0] in "#%" for line in lines)


def _check_characters(text: str, start: int, end: int) -> None:
    found = _NOT_YAML.search(text, start, end)
    if found is not None:
        name = f"U+{ord(found[0]):04X}"
        raise Broken(found.start(), found.end(), Code.INVALID_CHARACTER, f"the character {name} is not allowed in YAML")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    start: int
    anchor: str | None
    is_mapping: bool
    children: list[Node] = field(default_factory=list)

    def close(self, event_end: int) -> Node:
        # A block collection's own end mark stands before the next token, lines below: its last child's counts.
        end = max([child.end for child in self.children if self.start <= child.end <= event_end] or [event_end])
        if self.is_mapping:
            pairs = tuple(zip(self.children[::2], self.children[1::2], strict=True))
            return Entries(self.start, end, pairs)
        return Items(self.start, end, tuple(self.children))


class _Builder:
    """Builds the tree of one document from parser events."""

    def __init__(self, source: SourceText, offset: int, actions: tuple[Action, ...]) -> None:
        self.source = source
        self.offset = offset
        self.actions = actions
        self.undefined: list[Scalar] = []
        self._anchors: dict[str, Node] = {}
        self._scalars: list[Scalar] = []
        self._action_starts = [action.start for action in actions]

    def build(self, text: str) -> Node | None:
        """The root; raises ``Broken``."""
        root: Node | None = None
        stack: list[_Open] = []
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                node = self._step(event, stack)
                if node is None:
                    continue
                if stack:
                    stack[-1].children.append(node)
                else:
                    root = node
        except yaml.MarkedYAMLError as error:
            raise self._broken(error) from error
        except (yaml.YAMLError, RecursionError) as error:
            raise Broken(self.offset, self.offset, Code.YAML_SYNTAX, str(error).split("\n")[0]) from error
        return root

    def visible_actions(self) -> Iterator[Action]:
        """Actions that are not in a comment."""
        starts = [scalar.start for scalar in self._scalars]
        for action in self.actions:
            line = self.source.start_of_line(action.start)
            comment = re.search(r"(?:^|[ \t])#", self.source.text[line : action.start])
            if comment is None:
                yield action
                continue
            sign = line + comment.end() - 1
            index = bisect.bisect_right(starts, sign) - 1
            if index >= 0 and self._scalars[index].end > sign:
                yield action

    def _step(self, event: Any, stack: list[_Open]) -> Node | None:
        if isinstance(event, yaml.ScalarEvent):
            scalar = self._scalar(event)
            self._scalars.append(scalar)
            return self._named(event.anchor, scalar)
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            start = self._index(event.start_mark)
            if len(stack) == _DEEPEST:
                raise Broken(start, start, Code.TOO_LARGE, f"nested deeper than {_DEEPEST} levels")
            stack.append(_Open(start, event.anchor, isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            opened = stack.pop()
            return self._named(opened.anchor, opened.close(self._index(event.end_mark)))
        elif isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        return None

    def _named(self, anchor: str | None, node: Node) -> Node:
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        # An anchor is known only when its node is complete: an alias inside its own node is undefined here, which
        # keeps the tree finite.
        found = self._anchors.get(event.anchor)
        if found is not None:
            return found
        start, end = self._index(event.start_mark), self._index(event.end_mark)
        scalar = Scalar(start, end, "", plain=True)
        self.undefined.append(scalar)
        return scalar

    def _scalar(self, event: Any) -> Scalar:
        start, end = self._index(event.start_mark), self._index(event.end_mark)
        text = self.source.text[start:end]
        first = bisect.bisect_left(self._action_starts, start)
        templated = first < len(self.actions) and self.actions[first].start < end
        plain = not event.style and event.tag is None
        value = text if templated else event.value
        return Scalar(start, start + len(text.rstrip()), value, plain, templated)

    def _broken(self, error: yaml.MarkedYAMLError) -> Broken:
        source, text = self.source, self.source.text
        at = self._index(error.problem_mark)
        opened = self._index(error.context_mark) if error.context_mark is not None else at
        context = error.context or ""
        if "quoted scalar" in context:
            return Broken(opened, source.end_of_line(opened), Code.YAML_SYNTAX, "the quote is not closed")
        for offset in (at, opened):
            indent = _INDENT.match(text, source.start_of_line(offset))
            if indent is not None and "\t" in indent[0]:
                tab = indent.start() + indent[0].index("\t")
                return Broken(tab, indent.end(), Code.TAB, "YAML is indented by spaces, not by tabs")
        if "flow sequence" in context or "flow mapping" in context:
            return Broken(opened, opened + 1, Code.YAML_SYNTAX, f'the "{text[opened : opened + 1]}" is not closed')
        if "simple key" in context:
            at = opened
        word = _WORD.search(text, at)
        if word is None or word.start() != at:
            at = max(self.offset, len(text[:at].rstrip()) - 1)
            return Broken(at, at + 1, Code.YAML_SYNTAX, _plainly(error))
        return Broken(at, word.end(), Code.YAML_SYNTAX, _plainly(error))

    def _index(self, mark: Any) -> int:
        return min(self.offset + (mark.index if mark is not None else 0), len(self.source.text))


def _plainly(error: yaml.MarkedYAMLError) -> str:
    """The parser's words, and for its commonest ones what they mean."""
    said = str(error.problem or error.context or "broken YAML")
    known = {
        "did not find expected key": "the indentation does not fit: a key is expected here",
        "did not find expected '-' indicator": 'the indentation does not fit: an item ("- ") is expected here',
        "could not find expected ':'": 'a key needs a ":" after it',
        "mapping values are not allowed in this context": 'a ":" is not allowed here: put the value in quotes, or'
        " check the indentation",
    }
    return known.get(said, said)
