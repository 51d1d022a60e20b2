"""v1alpha1 and v1alpha2 into v1alpha4."""

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
from telelens_schemas.specification.language import GROUP, KIND, VERSION, VERSIONS
from telelens_schemas.specification.nodes import Entries, Items, Kind, Node, Scalar
from telelens_schemas.specification.problems import Replacement
from telelens_schemas.specification.shapes import Either, Keyed, Many, Shape, Struct, fits

_COLON = re.compile(r"\s*:")
"""Behind a key; one within brackets that has no value needs none."""


def convert_to_v1alpha4(text: str, document: int = 0, check: Check = unchecked) -> tuple[Replacement, ...]:
    """Edits of one document (``document`` counts those of the text); none where it is not older, or not whole, or
    where they would change what it means."""
    found = Document(text, document)
    check()
    edits = converting_edits(found, check)
    return found.replacements(edits) if edits else ()


def converting_edits(document: Document, check: Check) -> list[Edit]:
    """The same, by offsets."""
    kind, version = document.entry("kind"), document.entry("apiVersion")
    if kind is None or version is None or not isinstance(kind[1], Scalar) or not isinstance(version[1], Scalar):
        return []
    group, _, name = version[1].value.rpartition("/")
    known = VERSIONS.get(name) if group == GROUP and kind[1].value == KIND else None
    if known is None or known.is_current:
        return []
    edits = [Edit(start_of(version[1]), end_of(version[1]), f"{GROUP}/{VERSION}")]
    spec = document.entry("spec")
    if spec is not None:
        edits += _Walk(document.text).edits(spec[1], known.specification)
    return edits if _means_the_same(document, edits, check) else []


def _means_the_same(document: Document, edits: list[Edit], check: Check) -> bool:
    after = applied(document.text, edits)
    start = document.start
    end = len(after) - (len(document.text) - start - len(document.stretch))
    check()
    old = read_alone(document.stretch)
    check()
    new = read_alone(after[start:end])
    return old.specifications == new.specifications and len(old.errors) >= len(new.errors)


class _Walk:
    """Goes through a document by the older version's table: where that has a mapping of names, a list is made."""

    def __init__(self, text: str) -> None:
        self._text = text

    def edits(self, node: Node, shape: Shape) -> Iterator[Edit]:
        """Those of a node and all below."""
        match shape:
            case Either():
                chosen = next((one for one in shape.shapes if fits(one, node)), None)
                if chosen is not None:
                    yield from self.edits(node, chosen)
            case Many() if isinstance(node, Items):
                for item in node.items:
                    yield from self.edits(item, shape.item)
            case Struct() if isinstance(node, Entries):
                for key, value in node.pairs:
                    if isinstance(key, Scalar) and key.value in shape.by_name:
                        about = shape.by_name[key.value]
                        if about.deprecated:
                            yield Edit(start_of(key), end_of(key), about.deprecated)
                        yield from self.edits(value, about.shape)
            case Keyed() if isinstance(node, Entries):
                yield from self._keyed(node, shape)

    def _keyed(self, node: Entries, shape: Keyed) -> Iterator[Edit]:
        start = start_of(node)
        is_flow = self._text[start : start + 1] == "{"
        if is_flow:
            yield Edit(start, start + 1, "[")
            yield Edit(end_of(node) - 1, end_of(node), "]")
        for key, value in node.pairs:
            if isinstance(key, Scalar):
                yield from self._item(key, value, is_flow=is_flow, is_text=shape.model is not None)
                if not isinstance(value, Scalar):
                    yield from self.edits(value, shape.item)

    def _item(self, key: Scalar, value: Node, *, is_flow: bool, is_text: bool) -> Iterator[Edit]:
        at, written = start_of(key), self._text[start_of(key) : end_of(key)]
        colon = _COLON.match(self._text, end_of(key))
        end = colon.end() if colon is not None else end_of(key)
        indent = at - (self._text.rfind("\n", 0, at) + 1)
        if is_text:
            begins = start_of(value)
            if isinstance(value, Scalar) and value.kind is Kind.NUMBER and not value.templated:
                yield Edit(begins, end_of(value), f'"{value.value}"')
            if is_flow:
                yield Edit(at, begins, f"{{name: {written}, value: ")
                yield Edit(end_of(value), end_of(value), "}")
            else:
                yield Edit(at, begins, f"- name: {written}\n{' ' * indent}  value: ")
        elif not isinstance(value, Entries):
            yield Edit(at, end, f"{{name: {written}}}" if is_flow else f"- name: {written}")
        elif self._text[start_of(value)] == "{":
            inner = "" if is_flow else "- "
            follows = ", " if value.pairs else ""
            yield Edit(at, start_of(value) + 1, f"{inner}{{name: {written}{follows}")
        else:
            first = value.pairs[0][0]
            deeper = start_of(first) - (self._text.rfind("\n", 0, start_of(first)) + 1) - indent
            yield Edit(at, end, f"-{' ' * max(deeper - 1, 1)}name: {written}")
