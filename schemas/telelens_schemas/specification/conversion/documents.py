"""One document of a text, and edits of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.problems import Replacement
from telelens_schemas.specification.reading import Reading, read_specification
from telelens_schemas.specification.tree import parse

Check = Callable[[], None]
"""Called between the steps of a rewriting, which takes seconds in a large file; what it raises ends the rewriting."""


def unchecked() -> None:
    """Nobody wants to end it early."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """What to write in place of a stretch; offsets in the whole text."""

    start: int
    end: int
    new: str


class Document:
    """The ``index``-th document of a text."""

    def __init__(self, text: str, index: int) -> None:
        self.text = text.removeprefix("\ufeff")
        tree = parse(self.text)
        self.whole = tree.whole
        self.fragment: Fragment | None = tree.documents[index] if 0 <= index < len(tree.documents) else None
        is_broken = self.fragment is None or any(one.broken is not None for one in self.fragment.troubled)
        root = None if is_broken or self.fragment is None else self.fragment.root
        self.root: Node | None = None if root is None or _says_twice(root) else root

    @property
    def is_object(self) -> bool:
        """Whether it has the CRD form."""
        return self.entry("kind") is not None or self.entry("apiVersion") is not None

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.fragment.offset if self.fragment is not None else 0

    @property
    def stretch(self) -> str:
        """Its text."""
        return self.fragment.text if self.fragment is not None else ""

    @property
    def line_end(self) -> str:
        """As the text has them."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def entry(self, name: str) -> tuple[Scalar, Node] | None:
        """Of the root."""
        if not isinstance(self.root, Entries):
            return None
        return next(
            ((key, value) for key, value in self.root.pairs if isinstance(key, Scalar) and key.value == name), None
        )

    def replacements(self, edits: Sequence[Edit]) -> tuple[Replacement, ...]:
        """With lines and columns."""
        return tuple(Replacement(self.whole.exact_range(edit.start, edit.end), edit.new) for edit in sorted(edits))


def start_of(node: Node) -> int:
    """Offset in the whole text."""
    return _offset(node.home) + node.start


def end_of(node: Node) -> int:
    """Offset in the whole text."""
    return _offset(node.home) + node.end


def applied(text: str, edits: Sequence[Edit]) -> str:
    """The text after the edits."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        parts += (text[at : edit.start], edit.new)
        at = edit.end
    return "".join([*parts, text[at:]])


def read_alone(stretch: str) -> Reading:
    """One document as if it were a file."""
    return read_specification(stretch, "specification")


def document_at(text: str, line: int) -> int | None:
    """Index of the document that a line (1-based) belongs to."""
    found = None
    for index, document in enumerate(parse(text.removeprefix("\ufeff")).documents):
        if document.first_line < line:
            found = index
    return found


def _says_twice(root: Node) -> bool:
    """What has a key twice has no one meaning that rewriting could keep."""
    keys = [key.value for key, _ in root.pairs if isinstance(key, Scalar)] if isinstance(root, Entries) else []
    return len(set(keys)) < len(keys)


def _offset(fragment: Fragment) -> int:
    offset, above = fragment.offset, fragment.above
    while above is not None:
        offset += above.offset
        above = above.above
    return offset
