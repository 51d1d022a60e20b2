"""One fragment's text → nodes. Says in people's words where and why it is no YAML."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from telelens_schemas.specification.block_texts import end_of_text, text_above, too_shallow
from telelens_schemas.specification.brackets import left_open, misfit_in_brackets
from telelens_schemas.specification.fragments import Broken, BrokenFix, Fragment
from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.own_lines import own_line
from telelens_schemas.specification.problems import Code

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_WORD = re.compile(r"[^\s:,\[\]{}#]+|\S")
_INDENT = re.compile(r"[ \t]*")
_DEEPEST = 200


def parse_fragment(fragment: Fragment, anchors: Mapping[str, Node]) -> None:
    """Fills in what the fragment holds; ``anchors`` are those defined above it."""
    builder = _Builder(fragment, anchors)
    try:
        check_characters(fragment.yaml)
        fragment.root = builder.build()
    except Broken as broken:
        fragment.broken = broken
        fragment.root = None
    else:
        fragment.broken = None
    fragment.undefined = tuple(builder.undefined)
    fragment.anchors, fragment.uses = builder.anchors, builder.uses
    fragment.troubled = (fragment,) if fragment.broken or fragment.undefined else ()


def check_characters(text: str) -> None:
    """Raises ``Broken`` at the first one that YAML does not allow."""
    found = _NOT_YAML.search(text)
    if found is not None:
        name = f"U+{ord(found[0]):04X}"
        raise Broken(found.start(), found.end(), Code.INVALID_CHARACTER, f"the character {name} is not allowed in YAML")


def no_key(fragment: Fragment, start: int, end: int) -> Broken:
    """A word where a key is expected."""
    line = fragment.start_of_line(start)
    blank = _OTHER_BLANK.search(fragment.text, line, fragment.end_of_line(start))
    if blank is not None:
        message = f"this blank (U+{ord(blank[0][0]):04X}) is none to YAML: put an ordinary one there"
        fix = ("Put an ordinary blank there", blank.start(), blank.end(), " ")
        return Broken(blank.start(), blank.end(), Code.INVALID_CHARACTER, message, fix=fix)
    stuck = _STUCK.match(fragment.text, line)
    if stuck is None:
        return Broken(start, end, Code.YAML_SYNTAX, COLON_EXPECTED)
    fix = ("Put a blank after the colon", stuck.end(), stuck.end(), " ")
    return Broken(start, end, Code.YAML_SYNTAX, BLANK_EXPECTED, fix=fix)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    start: int
    anchor: str | None
    is_mapping: bool
    is_flow: bool
    children: list[Node] = field(default_factory=list)

    def close(self, home: Fragment, event_end: int) -> Node:
        # A block collection's own end mark stands before the next token, lines below: its last child's counts.
        if self.is_flow:
            return self._made(home, event_end)
        inside = (child.end for child in self.children if child.home is home and self.start <= child.end <= event_end)
        return self._made(home, max(inside, default=event_end))

    def _made(self, home: Fragment, end: int) -> Node:
        if self.is_mapping:
            pairs = tuple(zip(self.children[::2], self.children[1::2], strict=True))
            return Entries(home, self.start, end, pairs)
        return Items(home, self.start, end, tuple(self.children))


class _Builder:
    """Builds the tree from parser events, in a loop."""

    def __init__(self, fragment: Fragment, above: Mapping[str, Node]) -> None:
        self.fragment = fragment
        self.undefined: list[Scalar] = []
        self.anchors: dict[str, Node] = {}
        self.uses: dict[str, Node | None] = {}
        self._above = above
        self._scalars: list[Scalar] = []
        self._action_starts = [action.start for action in fragment.actions]

    def build(self) -> Node | None:
        """The root; raises ``Broken``."""
        root: Node | None = None
        stack: list[_Open] = []
        try:
            for event in yaml.parse(self.fragment.yaml, Loader=_LOADER):
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
            raise Broken(0, 0, Code.YAML_SYNTAX, str(error).split("\n")[0]) from error
        return root

    def _step(self, event: Any, stack: list[_Open]) -> Node | None:
        if isinstance(event, yaml.ScalarEvent):
            scalar = self._scalar(event)
            self._scalars.append(scalar)
            return self._named(event.anchor, scalar)
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            start = self._index(event.start_mark)
            if len(stack) == _DEEPEST:
                raise Broken(start, start, Code.TOO_LARGE, f"nested deeper than {_DEEPEST} levels")
            stack.append(_Open(start, event.anchor, isinstance(event, yaml.MappingStartEvent), bool(event.flow_style)))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            opened = stack.pop()
            return self._named(opened.anchor, opened.close(self.fragment, self._index(event.end_mark)))
        elif isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        return None

    def _named(self, anchor: str | None, node: Node) -> Node:
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        # An anchor is known only when its node is complete: an alias inside its own node is undefined here, which
        # keeps the tree finite.
        found = self.anchors.get(event.anchor)
        if found is None:
            found = self.uses[event.anchor] = self._above.get(event.anchor)
        if found is not None:
            return found
        start, end = self._index(event.start_mark), self._index(event.end_mark)
        self.undefined.append(Scalar(self.fragment, start, end, "", plain=True))
        return Scalar(self.fragment, end, end, "", plain=True, templated=True)

    def _scalar(self, event: Any) -> Scalar:
        start, end = self._index(event.start_mark), self._index(event.end_mark)
        text = self.fragment.text[start:end]
        actions = self.fragment.actions
        first = bisect.bisect_left(self._action_starts, start) if actions else 0
        templated = first < len(actions) and actions[first].start < end
        plain = not event.style and event.tag is None
        value = text if templated else event.value
        return Scalar(self.fragment, start, start + len(text.rstrip()), value, plain, templated)

    def _broken(self, error: yaml.MarkedYAMLError) -> Broken:
        fragment, text = self.fragment, self.fragment.text
        at = self._index(error.problem_mark)
        opened = self._index(error.context_mark) if error.context_mark is not None else at
        context = error.context or ""
        if "quoted scalar" in context:
            end = fragment.end_of_line(opened)
            quote = text[opened : opened + 1]
            fix = (f"Add {quote}", end, end, quote) if quote in ("'", '"') else None
            return Broken(opened, end, Code.YAML_SYNTAX, "the quote is not closed", is_unclosed=True, fix=fix)
        for offset in (at, opened):
            indent = _INDENT.match(text, fragment.start_of_line(offset))
            if indent is not None and "\t" in indent[0]:
                tab = indent.start() + indent[0].index("\t")
                fix = (INDENT_BY_SPACES, indent.start(), indent.end(), "")
                return Broken(tab, indent.end(), Code.TAB, TABS, fix=fix)
        if text[at : at + 1] == "\t":
            end = at + len(text[at:]) - len(text[at:].lstrip("\t "))
            fix = ("Put a blank there", at, end, " ")
            return Broken(at, end, Code.TAB, TABS, fix=fix)
        if "flow sequence" in context or "flow mapping" in context:
            return misfit_in_brackets(fragment, opened, at)
        if "simple key" in context:
            at = opened
        if error.problem in _TO_BE_QUOTED:
            return self._to_be_quoted(opened if "anchor" in context or "alias" in context else at, error)
        if error.problem == _ITEM_MISPLACED:
            return Broken(
                at, at + 1, Code.YAML_SYNTAX, _plainly(error), fix=own_line(text, fragment.start_of_line(at), at)
            )
        if error.problem == _SECOND_DOCUMENT and not text[fragment.start_of_line(at) : at].strip():
            word = _WORD.match(text, at)
            message = ITEM_EXPECTED if text[at : at + 1] == "-" else KEY_EXPECTED
            return Broken(at, word.end() if word is not None else at + 1, Code.YAML_SYNTAX, message)
        if error.problem == _COLON_MISPLACED:
            key = _ONE_WORD.fullmatch(text, fragment.start_of_line(at), at)
            if key is not None:
                return Broken(key.start(1), at, Code.YAML_SYNTAX, KEY_EXPECTED)
            return Broken(at, at + 1, Code.YAML_SYNTAX, _plainly(error), fix=self._in_quotes(at))
        line = fragment.start_of_line(at)
        shallow = text_above(fragment.yaml, 0, at) if _plainly(error) == KEY_EXPECTED else None
        if shallow is not None and not shallow.is_empty and not text[line:at].strip() and at - line > shallow.margin:
            return too_shallow(fragment, shallow, line, end_of_text(fragment.yaml, shallow, line))
        word = _WORD.search(text, at)
        if word is None or word.start() != at:
            at = max(0, len(text[:at].rstrip()) - 1)
            if text[at : at + 1] in ("[", "{"):
                return left_open(fragment, at)
            return Broken(at, at + 1, Code.YAML_SYNTAX, _plainly(error))
        if error.problem == _COLON_MISSING:
            return no_key(fragment, at, word.end())
        return Broken(at, word.end(), Code.YAML_SYNTAX, _plainly(error))

    def _to_be_quoted(self, at: int, error: yaml.MarkedYAMLError) -> Broken:
        """A value that begins with what means something else in YAML."""
        end = self.fragment.end_of_line(at)
        value = _COMMENT.split(self.fragment.text[at:end])[0]
        is_plain = value and not any(one in value for one in "'\"[]{},")
        fix = ("Put it in quotes", at, at + len(value), f"'{value}'") if is_plain else None
        return Broken(at, at + 1, Code.YAML_SYNTAX, _plainly(error), fix=fix)

    def _in_quotes(self, colon: int) -> BrokenFix | None:
        """Of the value that holds a colon: where it is this line's and no action's quotes would be doubled."""
        text = self.fragment.text
        start, end = self.fragment.start_of_line(colon), self.fragment.end_of_line(colon)
        key = _KEY.match(text, start, colon)
        if key is None:
            return None
        value = _COMMENT.split(text[key.end() : end])[0].rstrip()
        below = _BELOW.match(text, end)
        is_continued = below is not None and len(below[1]) > key.start(1) - start
        if value[0] in _INDICATORS or "{{" in value or is_continued:
            return None
        return "Put it in quotes", key.end(), key.end() + len(value), "'" + value.replace("'", "''") + "'"

    def _index(self, mark: Any) -> int:
        return min(mark.index if mark is not None else 0, len(self.fragment.text))


def _plainly(error: yaml.MarkedYAMLError) -> str:
    """The parser's words, and for its commonest ones what they mean."""
    said = str(error.problem or error.context or "broken YAML")
    return _MEANINGS.get(said, said)


_COLON_MISSING = "could not find expected ':'"
_COLON_MISPLACED = "mapping values are not allowed in this context"
_ITEM_MISPLACED = "block sequence entries are not allowed in this context"
_SECOND_DOCUMENT = "did not find expected <document start>"
_TO_BE_QUOTED = {
    "did not find expected alphabetic or numeric character": 'in YAML "*" and "&" begin the name of an anchor: put'
    " the value in quotes",
    "found character that cannot start any token": "in YAML no value begins with this character: put it in quotes",
}
_COMMENT = re.compile(r"[ \t]+#")
_ONE_WORD = re.compile(r"[ ]*(?:-[ ]+)*([\w.-]+)[ ]*")
_KEY = re.compile(r"[ ]*(?:-[ ]+)*([\w.-]+)[ ]*:[ ]+(?=\S)")
_OTHER_BLANK = re.compile("[\u00a0\u2000-\u200b\u202f\u3000]+")
_STUCK = re.compile(r"[ ]*(?:-[ ]+)*[\w.-]+:(?=\S)")
_BELOW = re.compile(r"\s*\n([ ]*)[^\s#]")
_INDICATORS = "\"'[]{}|>&*!%@`"
INDENT_BY_SPACES = "Indent by spaces"
"""The fix whose text depends on what is around the fragment."""
KEY_EXPECTED = "the indentation does not fit: a key is expected here"
ITEM_EXPECTED = 'the indentation does not fit: an item ("- ") is expected here'
TABS = "YAML is indented by spaces, not by tabs"
COLON_EXPECTED = 'a key needs a ":" after it'
BLANK_EXPECTED = 'a blank is missing after the ":"'
_MEANINGS = {
    "did not find expected key": KEY_EXPECTED,
    "did not find expected '-' indicator": ITEM_EXPECTED,
    _COLON_MISSING: COLON_EXPECTED,
    "did not find expected node content": "a value is expected here, or the bracket that closes an open one",
    **_TO_BE_QUOTED,
    _ITEM_MISPLACED: 'an item ("- ") does not stand behind a key: put it on its own line, below the key',
    _COLON_MISPLACED: 'a ":" is not allowed here: put the value in quotes, or check the indentation',
}
