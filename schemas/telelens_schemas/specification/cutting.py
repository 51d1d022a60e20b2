"""Parses a fragment piece by piece, each a fragment of its own, and takes those over that an edit left as they were.

Cutting serves two ends: the time of an edit does not grow with the text, and what is broken in one piece leaves the
others readable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from telelens_schemas.specification.block_texts import has_shallow_text, text_above, too_shallow
from telelens_schemas.specification.blocks import Block, Joints, Piece, cut, cut_slipped, has_other_line_ends
from telelens_schemas.specification.fragments import Broken, Fragment
from telelens_schemas.specification.nodes import Entries, Items, Node, Scalar
from telelens_schemas.specification.parser import ITEM_EXPECTED, KEY_EXPECTED, no_key, parse_fragment
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.templates import Action, line_actions, mask

_SMALL = 12
"""Lines that are parsed at once: cutting them would cost more than it saves."""
_DEEPEST = 12
_FARTHEST = 20
_LONGEST = 4000
"""How far, in pieces and characters, a quote or bracket is followed that a piece leaves open."""


def parse_in_pieces(fragment: Fragment, earlier: Fragment | None) -> None:
    """Fills in a document's fragment; ``earlier`` is what it was before an edit."""
    if has_other_line_ends(fragment.yaml):
        parse_fragment(fragment, {})
    else:
        _parse(fragment, earlier, {}, 0)


def within(actions: Sequence[Action], start: int, end: int) -> tuple[Action, ...]:
    """The actions of a stretch, with the offsets that they have in it."""
    return tuple(Action(one.start - start, min(one.end, end) - start) for one in actions if start <= one.start < end)


def _parse(fragment: Fragment, earlier: Fragment | None, anchors: Mapping[str, Node], depth: int) -> None:
    is_small = fragment.yaml.count("\n") <= _SMALL
    if is_small or depth >= _DEEPEST:
        parse_fragment(fragment, anchors)
        if depth >= _DEEPEST or (fragment.broken is None and not has_shallow_text(fragment.yaml)):
            return
    block = cut(fragment.yaml)
    if block is None or (block.joints is Joints.HEADER and _is_templated(fragment, block.start, block.end)):
        if not is_small:
            parse_fragment(fragment, anchors)
        return
    _Cutter(fragment, block, earlier, anchors, depth).run()


def _is_templated(fragment: Fragment, start: int, end: int) -> bool:
    return any(start <= action.start < end for action in fragment.actions)


class Pool:
    """Fragments of an earlier text; each is taken once."""

    def __init__(self, fragments: Sequence[Fragment]) -> None:
        self._by_text: dict[str, list[Fragment]] = {}
        for fragment in reversed(fragments):
            self._by_text.setdefault(fragment.text, []).append(fragment)
        self._fragments = fragments
        self._taken: set[int] = set()
        self._next = 0

    def take(self, text: str, yaml: str, anchors: Mapping[str, Node]) -> Fragment | None:
        """One that would be parsed to the same."""
        same = self._by_text.get(text)
        if not same:
            return None
        found = same[-1]
        if yaml != (mask(text, list(found.actions)) if found.actions else text):
            return None
        if any(anchors.get(name) is not node for name, node in found.uses.items()):
            return None
        same.pop()
        self._taken.add(id(found))
        return found

    def nearest(self) -> Fragment | None:
        """The next one that was not taken: probably what an edited one was before."""
        while self._next < len(self._fragments):
            found = self._fragments[self._next]
            self._next += 1
            if id(found) not in self._taken:
                return found
        return None


class _Cutter:
    """Fills in one fragment by its pieces."""

    def __init__(
        self, fragment: Fragment, block: Block, earlier: Fragment | None, anchors: Mapping[str, Node], depth: int
    ) -> None:
        self._fragment = fragment
        self._block = block
        self._anchors = dict(anchors)
        self._depth = depth
        fragment.joints = (block.joints, block.indent)
        known = earlier.children if earlier is not None and earlier.joints == fragment.joints else ()
        self._pool = Pool(known)

    def run(self) -> None:
        fragment, pieces = self._fragment, self._block.pieces
        children: list[Fragment] = []
        line = before = index = 0
        while index < len(pieces):
            piece = pieces[index]
            child, used = self._child(index)
            line += fragment.text.count("\n", before, piece.start)
            before = piece.start
            child.put(fragment, piece.start, line)
            children.append(child)
            self._anchors.update(child.anchors)
            index += used
        if fragment.broken is not None and not any(child.troubled for child in children):
            return  # no piece is broken, only all together
        fragment.broken = None
        fragment.children = tuple(children)
        self._gather()
        fragment.root = self._root()

    def _child(self, index: int) -> tuple[Fragment, int]:
        """The fragment that begins with a piece, and how many pieces it has."""
        pieces = self._block.pieces
        piece = pieces[index]
        child = self._made(piece, piece.end)
        if child.broken is not None and child.broken.is_unclosed:
            for last in range(index + 1, min(index + _FARTHEST, len(pieces))):
                if pieces[last].end - piece.start > _LONGEST:
                    break
                longer = self._new(piece, pieces[last].end, None)
                if longer.broken is None and not _is_left_open(longer):
                    return longer, last - index + 1
        return child, 1

    def _made(self, piece: Piece, end: int) -> Fragment:
        whole = self._fragment
        text = whole.text[piece.start : end]
        yaml = text if whole.yaml is whole.text else whole.yaml[piece.start : end]
        found = self._pool.take(text, yaml, self._anchors)
        return found if found is not None else self._new(piece, end, self._pool.nearest())

    def _new(self, piece: Piece, end: int, earlier: Fragment | None) -> Fragment:
        whole = self._fragment
        text, yaml = whole.text[piece.start : end], whole.yaml[piece.start : end]
        if piece.hidden is not None:
            dash = piece.hidden - piece.start
            yaml = f"{yaml[:dash]} {yaml[dash + 1 :]}"
        if piece.shallow is not None:
            return self._with_shallow_text(piece, text, yaml)
        child = Fragment(text, text if yaml == text else yaml, within(whole.actions, piece.start, end))
        is_slip = piece.is_clear and self._block.joints is Joints.ENTRIES
        slipped = cut_slipped(yaml) if is_slip else None
        if slipped is not None and not _is_templated(child, slipped.start, slipped.end):
            _Cutter(child, slipped, earlier, self._anchors, self._depth + 1).run()
        elif piece.misfit is None or piece.is_clear:
            _parse(child, earlier, self._anchors, self._depth + 1)
        is_entry = self._block.joints is not Joints.ENTRIES or isinstance(child.root, Entries)
        if piece.misfit is not None:
            # Of an item that is indented otherwise the keys are, too: that is no other error.
            is_kept = is_entry and child.broken is None and (is_slip or not child.troubled)
            root, inner = (child.root, child.troubled) if is_kept else (None, ())
            self._refuse(child, piece, *(offset - piece.start for offset in piece.misfit))
            child.root = root
            child.troubled = (child, *inner)
        elif child.broken is None and not is_entry:
            start, stop = (child.root.start, child.root.end) if isinstance(child.root, Scalar) else (0, 1)
            self._refuse(child, piece, start, stop)
        return child

    def _with_shallow_text(self, piece: Piece, text: str, yaml: str) -> Fragment:
        """Its parser does not see that text, nor that there is none else."""
        assert piece.shallow is not None
        at = piece.shallow - piece.start
        opened = text_above(yaml, 0, at)
        assert opened is not None
        sign = [Action(*opened.sign)] if opened.is_empty else []
        hidden = [*sign, *line_actions(text, at, len(text))]
        seen = within(self._fragment.actions, piece.start, piece.shallow)
        actions = tuple(sorted((*seen, *hidden), key=lambda one: one.start))
        child = Fragment(text, mask(yaml, hidden), actions)
        _parse(child, None, self._anchors, self._depth + 1)
        if child.broken is None:
            child.broken = too_shallow(child, opened, at, len(text))
            child.troubled = (child, *child.troubled)
        return child

    def _refuse(self, child: Fragment, piece: Piece, start: int, end: int) -> None:
        is_item = self._block.joints is Joints.ITEMS
        child.root = None
        if is_item or piece.is_misplaced:
            message = ITEM_EXPECTED if is_item else KEY_EXPECTED
            child.broken = Broken(start, end, Code.YAML_SYNTAX, message)
        else:
            child.broken = no_key(child, start, end)
        child.troubled = (child,)

    def _gather(self) -> None:
        fragment = self._fragment
        fragment.troubled = tuple(one for child in fragment.children for one in child.troubled)
        anchors: dict[str, Node] = {}
        uses: dict[str, Node | None] = {}
        for child in fragment.children:
            if child.anchors:
                anchors.update(child.anchors)
            if child.uses:
                uses.update(child.uses)
        fragment.anchors = anchors
        fragment.uses = {name: node for name, node in uses.items() if node is None or anchors.get(name) is not node}

    def _root(self) -> Node:
        fragment, block, children = self._fragment, self._block, self._fragment.children
        is_whole = all(child.broken is None and getattr(child.root, "is_whole", True) for child in children)
        end = _end(fragment)
        if block.joints is Joints.ITEMS:
            return Items(fragment, block.start, end, tuple(_value(child) for child in children), is_whole)
        if block.joints is Joints.ENTRIES:
            pairs = tuple(pair for child in children if isinstance(child.root, Entries) for pair in child.root.pairs)
            return Entries(fragment, block.start, end, pairs, is_whole)
        written = fragment.text[block.start : block.end]
        is_quoted = written[0] in "\"'"
        key = Scalar(fragment, block.start, block.end, written[1:-1] if is_quoted else written, plain=not is_quoted)
        return Entries(fragment, block.start, end, ((key, _value(children[0])),), is_whole)


def _is_left_open(fragment: Fragment) -> bool:
    return any(one.broken is not None and one.broken.is_unclosed for one in fragment.troubled)


def _value(child: Fragment) -> Node:
    """What a piece holds; what is broken has a value that nobody knows, as a template has."""
    if child.root is not None:
        return child.root
    at = len(child.yaml) - len(child.yaml.lstrip(" -"))
    return Scalar(child, at, at, "", plain=True, templated=child.broken is not None)


def _end(fragment: Fragment) -> int:
    for child in reversed(fragment.children):
        if child.root is not None and child.root.home is child:
            return child.offset + child.root.end
    return len(fragment.text.rstrip())
