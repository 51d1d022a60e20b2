"""Reads a document's tree by the table of the language: models out, problems aside. Knows no key by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telelens_schemas.specification.edits import insertion, insertion_below, removal
from telelens_schemas.specification.fragments import Fragment
from telelens_schemas.specification.indenting import Holder, holders, item_fixes
from telelens_schemas.specification.nodes import Entries, Items, Kind, Node, Scalar
from telelens_schemas.specification.pairs import Shorthand, shorthand
from telelens_schemas.specification.parts import Finding, FoundKey, FoundStruct, Message, NamedFix, Part, Trail, Where
from telelens_schemas.specification.problems import Code, Severity, Tag
from telelens_schemas.specification.references import templated_reference
from telelens_schemas.specification.shapes import Anything, Either, Key, Keyed, Many, Shape, Struct, Text, TextMap, fits
from telelens_schemas.specification.source import Place, Source
from telelens_schemas.specification.values import Unfit, quoted, scalar_value, wrong
from telelens_schemas.specification.wrapping import wrapping
from telelens_schemas.suggestions import closest, listing

_MOST_REPETITIONS = 10_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """One key of a mapping as it stands, merge keys already followed."""

    name: str
    key: Scalar
    value: Node

    @property
    def is_misplaced(self) -> bool:
        """Then it may belong elsewhere, and that it does not fit is said already."""
        broken = self.key.home.broken
        return broken is not None and broken.start == self.key.start


class Reader:
    """Reads one document. ``part`` is the one that is being read."""

    def __init__(self, home: Fragment) -> None:
        self.part = Part(home)
        self._visited: set[int] = set()
        self._repetitions = 0

    def read(self, shape: Shape, node: Node, trail: Trail) -> Any:
        """The value, or ``None`` where it is absent, wrong (then there is a finding) or not known yet."""
        if isinstance(shape, Either):
            if isinstance(node, Scalar) and (node.templated or node.kind is Kind.NOTHING):
                return None
            chosen = next((one for one in shape.shapes if fits(one, node)), None)
            return self.read(chosen, node, trail) if chosen is not None else self._wrong(shape, node, trail)
        if isinstance(node, Scalar):
            return None if node.templated or node.kind is Kind.NOTHING else self._scalar(shape, node, trail)
        if isinstance(shape, Anything):
            return None
        home = trail.part.home
        if node.home is home or not node.home.is_within(home):
            return self._collection(shape, node, trail)  # in the same fragment, or an alias of what stands elsewhere
        return self._below(shape, node, trail)

    def add(
        self,
        code: Code,
        message: Message,
        where: Where,
        trail: Trail,
        *,
        severity: Severity = Severity.ERROR,
        related: tuple[tuple[Where, str], ...] = (),
        replacement: str | None = None,
        fixes: tuple[NamedFix, ...] = (),
        choices: tuple[NamedFix, ...] = (),
        tags: tuple[Tag, ...] = (),
    ) -> None:
        """Notes what is wrong."""
        self.part.findings.append(
            Finding(
                trail=trail,
                where=where,
                severity=severity,
                code=code,
                message=message,
                related=related,
                replacement=replacement,
                fixes=fixes,
                choices=choices,
                tags=tags,
            )
        )

    def check_empty(self, key: Key, written: Scalar, value: Node, trail: Trail) -> None:
        """Of a mapping that must have something in it; a required key is missing if it has no value."""
        shape = key.shape
        if key.required or not isinstance(shape, Struct):
            return
        if not (isinstance(value, Scalar) and value.kind is Kind.NOTHING) or value.templated:
            return
        required = [one.name for one in shape.keys if one.required]
        needed = [*(f'"{name}"' for name in required), *map(_one_of, shape.at_least_one)]
        if needed:
            message = f'"{key.name}" has no value: the {shape.title} needs {listing(needed)}'
            first = (*required, *(name for group in shape.at_least_one for name in group))
            added = tuple(fix for name in first for fix in insertion_below(written, value, name))
            self.add(Code.MISSING_KEY, message, written, trail, choices=added)

    def _below(self, shape: Shape, node: Items | Entries, trail: Trail) -> Any:
        """A node of a fragment inside this one: read once, and again only when its text has changed."""
        memory = node.home.memory
        known = (id(node), id(shape))
        above, part = self.part, memory.get(known)
        if part is None:
            memory[known] = part = self.part = Part(node.home)
            part.above, part.step = trail.part, trail.onward
            try:
                part.value = self._collection(shape, node, Trail(part))
            finally:
                self.part = above
        part.above, part.step = trail.part, trail.onward
        above.children.append(part)
        return part.value

    def _collection(self, shape: Shape, node: Items | Entries, trail: Trail) -> Any:
        match shape:
            case Struct():
                return self._struct(shape, node, trail)
            case Many():
                return self._many(shape, node, trail)
            case Keyed():
                return self._keyed(shape, node, trail)
            case TextMap():
                return self._text_map(shape, node, trail)
        return self._wrong(shape, node, trail)

    def _scalar(self, shape: Shape, node: Scalar, trail: Trail) -> Any:
        if isinstance(shape, Anything):
            return None
        if isinstance(shape, Many) and shape.or_one:
            value = self._scalar(shape.item, node, trail)
            return (value,) if value is not None else None
        if isinstance(shape, Struct | Many):
            return self._wrong(shape, node, trail)
        try:
            return scalar_value(shape, node, trail)
        except Unfit as unfit:
            found = unfit.replacement
            if unfit.is_choice and found is not None:
                self.add(unfit.code, unfit.message, node, trail, choices=((f"Change to {found}", ((node, found),)),))
            else:
                self.add(unfit.code, unfit.message, node, trail, replacement=found)
            return None

    def _struct(self, shape: Struct, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Entries):
            return self._wrong(shape, node, trail)
        if self._is_bomb(node, trail):
            return None
        self.part.structs.append(FoundStruct(trail, node, shape))
        short = shorthand(shape, node)
        if short is not None:
            return self._shortened(short, node, trail)
        found = self._entries(node, trail)
        held = self._held(shape, node, found)
        fields: dict[str, Any] = {}
        places: dict[str, Place] = {}
        meant: set[str | None] = set()
        for one in found.values():
            key = shape.by_name.get(one.name)
            if key is None:
                if not shape.is_open and one.name not in shape.tolerated and not one.is_misplaced:
                    meant.add(self._unknown_key(shape, node, one, held.get(id(one.key)), trail))
                continue
            places[one.name] = Place(one.key, one.value)
            inner = trail.to(f".{one.name}")
            self.part.keys.append(FoundKey(inner, one.key, one.value, key))
            self._check_key(key, one, inner)
            if all(holder.name != one.name for holder in held.values()):
                self.check_empty(key, one.key, one.value, inner)
            value = self.read(key.shape, one.value, inner)
            if key.field and value is not None:
                fields[key.field] = value
        self._check_required(shape, node, found, meant, trail)
        self._check_at_least_one(shape, node, found.keys() | meant, trail)
        self._check_exclusive(shape, found, trail)
        return shape.model(source=Source(trail, node, places), **fields)

    def _many(self, shape: Many, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Items):
            return self._wrong(shape, node, trail)
        if self._is_bomb(node, trail):
            return None
        read = [self._item(shape.item, item, trail.to(f"[{index}]")) for index, item in enumerate(node.items)]
        return tuple(value for value in read if value is not None)

    def _item(self, shape: Shape, item: Node, trail: Trail) -> Any:
        if isinstance(item, Scalar) and item.kind is Kind.NOTHING and not item.templated:
            return self._wrong(shape, item, trail)
        return self.read(shape, item, trail)

    def _keyed(self, shape: Keyed, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Entries):
            return self._wrong(shape, node, trail)
        if self._is_bomb(node, trail):
            return None
        read = [self._named(shape, one, trail.to(f".{one.name}")) for one in self._entries(node, trail).values()]
        return tuple(value for value in read if value is not None)

    def _named(self, shape: Keyed, found: _Entry, trail: Trail) -> Any:
        value = self.read(shape.item, found.value, trail)
        name = {"name": Place(found.key, found.key)}
        if shape.model is not None:
            places = {**name, "value": Place(found.key, found.value)}
            return shape.model(name=found.name, value=value or "", source=Source(trail, found.value, places))
        if value is None:
            assert isinstance(shape.item, Struct)
            return shape.item.model(name=found.name, source=Source(trail, found.key, name))
        source = dataclasses.replace(value.source, places={**name, **value.source.places})
        return dataclasses.replace(value, name=found.name, source=source)

    def _text_map(self, shape: TextMap, node: Node, trail: Trail) -> Any:
        if not isinstance(node, Entries):
            return self._wrong(shape, node, trail)
        read = {
            one.name: self.read(Text(), one.value, trail.to(f".{one.name}"))
            for one in self._entries(node, trail).values()
        }
        return {name: value for name, value in read.items() if value is not None}

    def _entries(self, node: Entries, trail: Trail) -> dict[str, _Entry]:
        """The mapping's keys; its own ones win over merged ones."""
        own: dict[str, _Entry] = {}
        merged: dict[str, _Entry] = {}
        for key, value in node.pairs:
            if not isinstance(key, Scalar):
                self._wrong(Text("a key that is text"), key, trail)
            elif key.plain and key.value == "<<":
                for source in value.items if isinstance(value, Items) else (value,):
                    if isinstance(source, Entries) and not self._is_bomb(source, trail):
                        merged = {**self._entries(source, trail), **merged}
            elif key.value in own:
                first = own[key.value].key
                self.add(
                    Code.DUPLICATE_KEY,
                    _twice(key.value, first),
                    key,
                    trail.to(f".{key.value}"),
                    related=((first, "first here"),),
                    fixes=removal(key, value),
                )
            elif not key.templated:
                own[key.value] = _Entry(key.value, key, value)
        return {**merged, **own}

    def _is_bomb(self, node: Node, trail: Trail) -> bool:
        """Aliases of aliases can make a small text endless."""
        if id(node) in self._visited:
            self._repetitions += 1
            if self._repetitions == _MOST_REPETITIONS:
                self.add(Code.TOO_LARGE, "too many repetitions by aliases: the rest is not read", node, trail)
        self._visited.add(id(node))
        return self._repetitions >= _MOST_REPETITIONS

    def _held(self, shape: Struct, node: Entries, found: Mapping[str, _Entry]) -> dict[int, Holder]:
        if shape.is_open or found.keys() <= shape.by_name.keys():
            return {}
        return holders(node, {name: key.shape for name, key in shape.by_name.items()})

    def _unknown_key(
        self, shape: Struct, node: Entries, found: _Entry, holder: Holder | None, trail: Trail
    ) -> str | None:
        """The key that may be meant."""
        name = found.name
        inside = holder.name if holder is not None else next(_holders(shape, name), None)
        # A word that is a key below is no slip of the pen.
        renamed = shape.renamed.get(name) if holder is None else None
        near = renamed or (closest(name, (*shape.by_name, *sorted(shape.tolerated))) if inside is None else None)
        if renamed is not None:
            hint = f'it is called "{near}"'
        elif near is not None:
            hint = f'did you mean "{near}"?'
        elif inside is not None:
            hint = f'it belongs under "{inside}"'
        else:
            hint = f"{'an' if shape.title[:1] in 'aeiou' else 'a'} {shape.title} has {listing(shape.by_name, most=20)}"
        message = f"unknown key {quoted(name)}: {hint}"
        self.add(
            Code.UNKNOWN_KEY,
            message,
            found.key,
            trail.to(f".{name}"),
            replacement=near,
            fixes=holder.fixes(node) if holder is not None else (),
            choices=removal(found.key, found.value),
        )
        return near

    def _check_key(self, key: Key, found: _Entry, trail: Trail) -> None:
        if key.deprecated:
            message = f'"{key.name}" is deprecated: it is called "{key.deprecated}" now'
            self.add(Code.DEPRECATED, message, found.key, trail, severity=Severity.HINT, tags=(Tag.DEPRECATED,))
        reference = templated_reference(key, found.value)
        if reference is not None:
            where, message = reference
            self.add(Code.TEMPLATED_REFERENCE, message, where, trail)

    def _check_required(
        self, shape: Struct, node: Entries, found: dict[str, _Entry], meant: Container[str | None], trail: Trail
    ) -> None:
        for key in shape.keys:
            there = found.get(key.name)
            may_be_there = not node.is_whole or key.stand_in in found or key.name in meant
            if not key.required or (there is None and may_be_there):
                continue
            if there is None:
                first = node.pairs[0][0] if node.pairs else node
                message = f'the {shape.title} has no "{key.name}"'
                self.add(Code.MISSING_KEY, message, first, trail, fixes=insertion(node, key.name))
            elif isinstance(there.value, Scalar) and there.value.kind is Kind.NOTHING and not there.value.templated:
                may_be_empty = isinstance(key.shape, Text) and key.shape == Text()
                hint = ': write ""' if may_be_empty else ""
                self.add(Code.MISSING_KEY, f'"{key.name}" has no value{hint}', there.key, trail.to(f".{key.name}"))

    def _check_at_least_one(self, shape: Struct, node: Entries, found: Container[str | None], trail: Trail) -> None:
        for group in shape.at_least_one:
            if node.is_whole and not any(name in found for name in group):
                first = node.pairs[0][0] if node.pairs else node
                added = tuple(fix for name in group for fix in insertion(node, name))
                self.add(Code.MISSING_KEY, f"the {shape.title} needs {_one_of(group)}", first, trail, choices=added)

    def _check_exclusive(self, shape: Struct, found: dict[str, _Entry], trail: Trail) -> None:
        for group in shape.exclusive:
            used = sorted((found[name] for name in group if name in found), key=lambda one: one.key.range)
            for one in used[1:]:
                others = [other for other in used if other is not one]
                self.add(
                    Code.EXCLUSIVE_KEYS,
                    _excludes(one, others, group),
                    one.key,
                    trail.to(f".{one.name}"),
                    related=tuple((other.key, f'"{other.name}"') for other in others),
                    choices=tuple(fix for other in (one, *others) for fix in removal(other.key, other.value)),
                )

    def _wrong(self, shape: Shape, node: Node, trail: Trail) -> Any:
        """Notes it; the value is ``None`` then."""
        short = shorthand(shape, node)
        if short is not None:
            return self._shortened(short, node, trail)
        self.add(
            Code.WRONG_TYPE,
            wrong(shape, node.kind, trail),
            _short(node),
            trail,
            fixes=item_fixes(shape, node),
            choices=wrapping(shape, node),
        )
        return None

    def _shortened(self, short: Shorthand, node: Node, trail: Trail) -> None:
        self.add(Code.WRONG_TYPE, lambda: f"{trail.name}: {short.said}", _short(node), trail, fixes=short.fixes)


def _one_of(names: Sequence[str]) -> str:
    return " or ".join((", ".join(names[:-1]), names[-1]))


def _twice(name: str, first: Scalar) -> Callable[[], str]:
    return lambda: f"{quoted(name)} stands twice: first in line {first.range.line}"


def _excludes(one: _Entry, others: list[_Entry], group: tuple[str, ...]) -> Callable[[], str]:
    def said() -> str:
        there = listing(f'"{other.name}" (line {other.key.range.line})' for other in others)
        only = f"only one of {listing(group)} may be used"
        return f'"{one.name}" (line {one.key.range.line}) excludes {there}: {only}'

    return said


def _holders(shape: Struct, name: str) -> Iterator[str]:
    for key in shape.keys:
        if any(name in inner.by_name for inner in _structs(key.shape)):
            yield key.name


def _structs(shape: Shape) -> Iterator[Struct]:
    match shape:
        case Struct():
            yield shape
        case Many() | Keyed():
            yield from _structs(shape.item)
        case Either():
            for one in shape.shapes:
                yield from _structs(one)


def _short(node: Node) -> Node:
    """Of a collection only its first line matters to who reads a message: the first key or item; in brackets, all."""
    written = node.home.text[node.start : node.end]
    if written[:1] in ("[", "{") and "\n" not in written:
        return node
    while isinstance(node, Entries | Items):
        first = (
            (node.pairs[0][0] if node.pairs else None) if isinstance(node, Entries) else next(iter(node.items), None)
        )
        if first is None or not _is_inside(first, node):
            return node
        node = first
    return node


def _is_inside(inner: Node, outer: Node) -> bool:
    """An alias stands elsewhere."""
    if inner.home is outer.home:
        return inner.start >= outer.start
    return inner.home.is_within(outer.home)
