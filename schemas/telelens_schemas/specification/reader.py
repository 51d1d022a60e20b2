"""Reads a document's tree by the table of the language: models out, problems aside. Knows no key by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telelens_schemas.specification.nodes import TRUE_WORDS, Entries, Items, Kind, Node, Scalar
from telelens_schemas.specification.problems import Code, Problem, Related, Severity
from telelens_schemas.specification.shapes import (
    Anything,
    Flag,
    Key,
    LocalPort,
    Many,
    ServicePort,
    Shape,
    Struct,
    Support,
    Text,
    TextMap,
)
from telelens_schemas.specification.source import Place, Range, Source, SourceText
from telelens_schemas.suggestions import closest, listing

_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MOST_REPETITIONS = 10_000


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A key and its value, for features that start from a place in the text."""

    path: str
    key: Range
    value: Range
    about: Key


@dataclass(frozen=True, slots=True)
class _Found:
    """One key of a mapping as it stands, merge keys already followed."""

    name: str
    key: Scalar
    value: Node


class Reader:
    """Reads one file; ``problems`` and ``index`` grow in the order of reading."""

    def __init__(self, file: str, source: SourceText) -> None:
        self.file = file
        self.source = source
        self.problems: list[Problem] = []
        self.index: list[IndexEntry] = []
        self._visited: set[int] = set()
        self._repetitions = 0

    def read(self, shape: Shape, node: Node, path: str) -> Any:
        """The value, or ``None`` where it is absent, wrong (then there is a problem) or not known yet."""
        if isinstance(node, Scalar) and (node.templated or node.kind is Kind.NOTHING):
            return None
        match shape:
            case Struct():
                return self._struct(shape, node, path)
            case Many():
                return self._many(shape, node, path)
            case TextMap():
                return self._text_map(shape, node, path)
            case Anything():
                return None
        if not isinstance(node, Scalar):
            return self._wrong(shape.what, node, path)
        match shape:
            case Flag():
                return node.value in TRUE_WORDS if node.kind is Kind.FLAG else self._wrong(shape.what, node, path)
            case Text():
                return self._text(shape, node, path)
            case LocalPort():
                return self._local_port(shape, node, path)
            case ServicePort():
                return self._service_port(shape, node, path)

    def add(
        self,
        code: Code,
        message: str,
        where: Range | Node,
        path: str,
        *,
        severity: Severity = Severity.ERROR,
        related: tuple[Related, ...] = (),
    ) -> None:
        """Notes a problem."""
        self.problems.append(
            Problem(
                file=self.file,
                range=where if isinstance(where, Range) else self.range(where),
                severity=severity,
                code=code,
                message=message,
                path=path,
                related=related,
            )
        )

    def range(self, node: Node) -> Range:
        """Where a node stands."""
        return self.source.range(node.start, node.end)

    def _struct(self, shape: Struct, node: Node, path: str) -> Any:
        if not isinstance(node, Entries):
            return self._wrong(f"{shape.what} ({shape.title})", node, path)
        if self._is_bomb(node, path):
            return None
        found = self._entries(node, path)
        fields: dict[str, Any] = {}
        places: dict[str, Place] = {}
        for one in found.values():
            key = shape.by_name.get(one.name)
            if key is None:
                self._unknown_key(shape, one, path)
                continue
            places[one.name] = place = Place(self.range(one.key), self.range(one.value))
            inner = f"{path}.{one.name}"
            self.index.append(IndexEntry(inner, place.key, place.value, key))
            self._check_support(key, one, inner)
            value = self.read(key.shape, one.value, inner)
            if key.field and value is not None:
                fields[key.field] = value
        self._check_required(shape, node, found, path)
        self._check_exclusive(shape, places, path)
        return shape.model(source=Source(path, self.range(node), places), **fields)

    def _many(self, shape: Many, node: Node, path: str) -> Any:
        if not isinstance(node, Items):
            return self._wrong(shape.what, node, path)
        if self._is_bomb(node, path):
            return None
        read = [self._item(shape.item, item, f"{path}[{index}]") for index, item in enumerate(node.items)]
        return tuple(value for value in read if value is not None)

    def _item(self, shape: Shape, item: Node, path: str) -> Any:
        if isinstance(item, Scalar) and item.kind is Kind.NOTHING and not item.templated:
            return self._wrong(shape.what, item, path)
        return self.read(shape, item, path)

    def _text_map(self, shape: TextMap, node: Node, path: str) -> Any:
        if not isinstance(node, Entries):
            return self._wrong(shape.what, node, path)
        read = {
            one.name: self.read(Text(), one.value, f"{path}.{one.name}") for one in self._entries(node, path).values()
        }
        return {name: value for name, value in read.items() if value is not None}

    def _text(self, shape: Text, node: Scalar, path: str) -> Any:
        if node.kind is not Kind.TEXT:
            return self._wrong(shape.what, node, path, hint=f'write "{node.value}"')
        if shape.choices and node.value not in shape.choices:
            return self._bad(f"{_quoted(node.value)} is not known here: expected {shape.what}", node, path)
        if shape.pattern is not None and not shape.pattern.fullmatch(node.value):
            return self._bad(f"{_quoted(node.value)} is not {shape.what}: {shape.pattern.pattern}", node, path)
        if not shape.may_be_blank and not node.value.strip():
            return self._bad(f"{_name(path)} is empty", node, path)
        return node.value

    def _local_port(self, shape: LocalPort, node: Scalar, path: str) -> Any:
        if re.fullmatch(r"[0-9]{1,5}", node.value) and 1 <= int(node.value) <= 65535:
            return int(node.value)
        if node.kind is Kind.FLAG:
            return self._wrong(shape.what, node, path)
        return self._bad(f"{_quoted(node.value)} is not {shape.what}", node, path)

    def _service_port(self, shape: ServicePort, node: Scalar, path: str) -> Any:
        if re.fullmatch(r"[0-9]{1,5}", node.value) and 1 <= int(node.value) <= 65535:
            return str(int(node.value))
        if node.kind is Kind.TEXT and _PORT_NAME.fullmatch(node.value):
            return node.value
        return self._bad(f"{_quoted(node.value)} is not {shape.what}", node, path)

    def _entries(self, node: Entries, path: str) -> dict[str, _Found]:
        """The mapping's keys; its own ones win over merged ones."""
        own: dict[str, _Found] = {}
        merged: dict[str, _Found] = {}
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                self._wrong("a key that is text", key, path)
            elif key.plain and key.value == "<<":
                for source in value.items if isinstance(value, Items) else (value,):
                    if isinstance(source, Entries) and not self._is_bomb(source, path):
                        merged = {**self._entries(source, path), **merged}
            elif key.value in own:
                first = own[key.value].key
                self.add(
                    Code.DUPLICATE_KEY,
                    f"{_quoted(key.value)} stands twice: first in line {self.range(first).line}",
                    key,
                    f"{path}.{key.value}",
                    related=(Related(self.range(first), "first here"),),
                )
            elif not key.templated:
                own[key.value] = _Found(key.value, key, value)
        return {**merged, **own}

    def _is_bomb(self, node: Node, path: str) -> bool:
        """Aliases of aliases can make a small text endless."""
        if id(node) in self._visited:
            self._repetitions += 1
            if self._repetitions == _MOST_REPETITIONS:
                self.add(Code.TOO_LARGE, "too many repetitions by aliases: the rest is not read", node, path)
        self._visited.add(id(node))
        return self._repetitions >= _MOST_REPETITIONS

    def _unknown_key(self, shape: Struct, found: _Found, path: str) -> None:
        name = found.name
        near = closest(name, shape.by_name)
        inside = next(_holders(shape, name), None)
        if near is not None:
            hint = f'did you mean "{near}"?'
        elif inside is not None:
            hint = f'it belongs under "{inside}"'
        else:
            hint = f"a {shape.title} has {listing(shape.by_name, most=20)}"
        self.add(Code.UNKNOWN_KEY, f"unknown key {_quoted(name)}: {hint}", found.key, f"{path}.{name}")

    def _check_support(self, key: Key, found: _Found, path: str) -> None:
        value = found.value
        if key.support is Support.YES or (key.support is Support.OFF_ONLY and self._is_off(value)):
            return
        ignored = key.support is Support.IGNORED
        further = {
            Support.IGNORED: ": it is ignored",
            Support.OFF_ONLY: f", only {key.name}: false is",
        }.get(key.support, "")
        self.add(
            Code.NOT_SUPPORTED_YET,
            f'"{key.name}" is not supported by this version of Telelens yet{further}',
            found.key,
            path,
            severity=Severity.WARNING if ignored else Severity.ERROR,
        )

    def _is_off(self, value: Node) -> bool:
        if isinstance(value, Entries):
            switches = [inner for key, inner in value.pairs if isinstance(key, Scalar) and key.value == "enable"]
            return bool(switches) and self._is_off(switches[0])
        if not isinstance(value, Scalar):
            return False
        return value.kind is Kind.NOTHING or (value.kind is Kind.FLAG and value.value not in TRUE_WORDS)

    def _check_required(self, shape: Struct, node: Entries, found: dict[str, _Found], path: str) -> None:
        for key in shape.keys:
            if not key.required:
                continue
            there = found.get(key.name)
            if there is None:
                first = node.pairs[0][0] if node.pairs else node
                self.add(Code.MISSING_KEY, f'the {shape.title} has no "{key.name}"', first, path)
            elif isinstance(there.value, Scalar) and there.value.kind is Kind.NOTHING and not there.value.templated:
                may_be_empty = isinstance(key.shape, Text) and key.shape == Text()
                hint = ': write ""' if may_be_empty else ""
                self.add(Code.MISSING_KEY, f'"{key.name}" has no value{hint}', there.key, f"{path}.{key.name}")

    def _check_exclusive(self, shape: Struct, places: dict[str, Place], path: str) -> None:
        for group in shape.exclusive:
            used = sorted((places[name].key, name) for name in group if name in places)
            for where, name in used[1:]:
                others = listing(f'"{other}" (line {place.line})' for place, other in used if other != name)
                self.add(
                    Code.EXCLUSIVE_KEYS,
                    f'"{name}" (line {where.line}) excludes {others}: only one of {listing(group)} may be used',
                    where,
                    f"{path}.{name}",
                    related=tuple(Related(place, f'"{other}"') for place, other in used if other != name),
                )

    def _wrong(self, expected: str, node: Node, path: str, *, hint: str = "") -> Any:
        """Notes it; the value is ``None`` then."""
        said = f"{_name(path)}: expected {expected}, found {node.kind}"
        self.add(Code.WRONG_TYPE, f"{said}: {hint}" if hint else said, _short(node), path)
        return None

    def _bad(self, message: str, node: Node, path: str) -> Any:
        self.add(Code.BAD_VALUE, message, node, path)
        return None


def _holders(shape: Struct, name: str) -> Iterator[str]:
    for key in shape.keys:
        inner = key.shape.item if isinstance(key.shape, Many) else key.shape
        if isinstance(inner, Struct) and name in inner.by_name:
            yield key.name


def _name(path: str) -> str:
    return path.rpartition(".")[2] if "." in path else "the document"


def _quoted(value: str, most: int = 60) -> str:
    line = " ".join(value.split())
    return f'"{line[:most]}…"' if len(line) > most else f'"{line}"'


def _short(node: Node) -> Node:
    """Of a collection only its first line matters to who reads a message: the first key or item."""
    while isinstance(node, Entries | Items):
        first = (
            (node.pairs[0][0] if node.pairs else None) if isinstance(node, Entries) else next(iter(node.items), None)
        )
        if first is None or first.start < node.start:
            return node
        node = first
    return node
