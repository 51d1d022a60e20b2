"""The file form into the CRD form, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from telelens_schemas.specification.conversion.documents import (
    Check,
    Document,
    Edit,
    applied,
    end_of,
    read_alone,
    start_of,
    unchecked,
)
from telelens_schemas.specification.conversion.older import converting_edits
from telelens_schemas.specification.language import GROUP, KIND, VERSION
from telelens_schemas.specification.nodes import Entries, Node, Scalar
from telelens_schemas.specification.problems import Replacement

_HEAD = re.compile(r"(?:---[^\n]*\n)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*")
_OBJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_INDENT = "  "
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""As editors count them; Python knows more line ends."""


def convert_to_crd_form(text: str, name: str, document: int = 0, check: Check = unchecked) -> tuple[Replacement, ...]:
    """One edit of one document; ``name`` is what the object is called where the specification does not say. None
    where it has that form, or is not whole."""
    found = Document(text, document)
    check()
    if not isinstance(found.root, Entries) or found.is_object:
        return ()
    stretch, line_end = found.stretch, found.line_end
    own = found.entry("name")
    # What a template writes is not known: it stays where it is.
    value = own[1] if own is not None else None
    known = value.value if isinstance(value, Scalar) and not value.templated else None
    title = known if known is not None else name
    cut = _own_lines(found, *own) if own is not None and known is not None and _OBJECT_NAME.fullmatch(known) else None
    if cut is not None:
        start, end = (offset - found.start for offset in cut)
        stretch = stretch[:start] + stretch[end:]
    head = _HEAD.match(stretch)
    at = head.end() if head is not None else 0
    if stretch[:at].strip() == "" and stretch.startswith("---"):
        at = stretch.index("\n") + 1
    lines = (
        f"apiVersion: {GROUP}/{VERSION}",
        f"kind: {KIND}",
        "metadata:",
        f"{_INDENT}name: {_object_name(title)}",
        "spec:",
    )
    body = _indented(stretch[at:]) or f"{_INDENT}{{}}"
    new = stretch[:at] + "".join(line + line_end for line in lines) + body
    return _checked(found, new, check, is_named=cut is not None or known is None)


def convert_to_file_form(text: str, document: int = 0, check: Check = unchecked) -> tuple[Replacement, ...]:
    """One edit of one document; an older version becomes the current one. None where it has that form, or is not
    whole."""
    found = Document(text, document)
    check()
    older = converting_edits(found, check)
    if older:
        converted = applied(found.text, older)
        end = len(converted) - (len(found.text) - found.start - len(found.stretch))
        now = Document(converted[found.start : end], 0)
    else:
        now = found
    spec = now.entry("spec")
    kind = now.entry("kind")
    if spec is None or kind is None or not isinstance(kind[1], Scalar) or kind[1].value != KIND:
        return ()
    body = _body(now, *spec)
    metadata = now.entry("metadata")
    name = _name(metadata[1]) if metadata is not None else None
    has_name = isinstance(spec[1], Entries) and any(
        isinstance(key, Scalar) and key.value == "name" for key, _ in spec[1].pairs
    )
    lines = list(_comments(now, *spec))
    if name is not None and not has_name:
        lines.append(f"name: {name}")
    separator = f"---{now.line_end}" if now.stretch.startswith("---") else ""
    new = separator + "".join(line + now.line_end for line in lines) + body
    return _checked(found, new, check, is_named=True)


def _checked(found: Document, new: str, check: Check, *, is_named: bool) -> tuple[Replacement, ...]:
    check()
    old = read_alone(found.stretch).specifications
    check()
    now = read_alone(new).specifications
    check()
    if len(old) != 1 or len(now) != 1:
        return ()
    one, other = old[0], now[0]
    parts = ("connection", "connections", "prerequisites", "handlers", "workloads")
    if any(getattr(one, part) != getattr(other, part) for part in parts) or (not is_named and one.name != other.name):
        return ()
    edit = Edit(found.start, found.start + len(found.stretch), new)
    return found.replacements([edit])


def _body(document: Document, key: Scalar, value: Node) -> str:
    """The spec, as far to the left as it goes."""
    text, at = document.text, start_of(value)
    line = text.rfind("\n", 0, at) + 1
    if text[line:at].strip():
        return text[at : end_of(value)] + document.line_end  # in the line of its key
    indent = at - line
    below = text.find("\n", start_of(key)) + 1
    end = _end_of_block(document, key)
    lines = _LINES.findall(text[below:end])
    return "".join(one[min(indent, len(one) - len(one.lstrip(" "))) :] for one in lines)


def _end_of_block(document: Document, key: Scalar) -> int:
    """Where the next entry of the root begins, or the document ends."""
    assert isinstance(document.root, Entries)
    following = [start_of(one) for one, _ in document.root.pairs if start_of(one) > start_of(key)]
    return min(following, default=document.start + len(document.stretch))


def _comments(document: Document, key: Scalar, value: Node) -> Iterator[str]:
    """Whole lines outside of the spec that are comments."""
    start, end = start_of(key) - document.start, _end_of_block(document, key) - document.start
    del value
    for part in (document.stretch[:start], document.stretch[end:]):
        yield from (line.strip() for line in _LINES.findall(part) if line.lstrip().startswith("#"))


def _own_lines(document: Document, key: Scalar, value: Node) -> tuple[int, int] | None:
    """Of an entry that shares its line with nothing."""
    text = document.text
    start = text.rfind("\n", 0, start_of(key)) + 1
    end = text.find("\n", end_of(value)) + 1 or len(text)
    rest = text[end_of(value) : end].strip()
    return (start, end) if not text[start : start_of(key)].strip() and not rest else None


def _indented(text: str) -> str:
    return "".join(_INDENT + line if line.strip() else line for line in _LINES.findall(text))


def _object_name(title: str) -> str:
    kept = re.sub(r"[^a-z0-9-]+", "-", title.lower()).strip("-")[:63].strip("-")
    return kept or "specification"


def _name(metadata: Node) -> str | None:
    if not isinstance(metadata, Entries):
        return None
    for key, value in metadata.pairs:
        if isinstance(key, Scalar) and key.value == "name" and isinstance(value, Scalar):
            return value.home.text[value.start : value.end]
    return None
