"""The vocabulary in which the language is described: what a value may look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from telelens_schemas.specification.nodes import Entries, Items, Kind, Node, Scalar


class Support(Enum):
    """Whether this version can do what a key asks for. It is right to write it anyway: only a run refuses it."""

    YES = auto()
    NOT_YET = auto()
    """Running without it would do something else than what is written: it is not run."""
    IGNORED = auto()
    """It runs all the same, and says so."""
    OFF_ONLY = auto()
    """Only ``false`` (or ``enable: false``) is run."""


class Names(Enum):
    """Whose names a value may be: what an editor can offer there."""

    HANDLER = auto()
    CONNECTION = auto()
    COMPOSE_SERVICE = auto()
    CONTEXT = auto()
    NAMESPACE = auto()
    WORKLOAD = auto()
    SERVICE = auto()
    PORT = auto()
    CONTAINER = auto()
    HEADER = auto()

    @property
    def is_of_the_specification(self) -> bool:
        """Names of the specification's own objects; they are never templates."""
        return self in (Names.HANDLER, Names.CONNECTION)


class Leads(Enum):
    """What a value leads to that is a path: what an editor can offer there. The path begins at the file's folder."""

    FOLDER = auto()
    COMPOSE_FILE = auto()
    """Or to a folder that has one."""
    OUTPUT = auto()
    """To a file that is written, or to a stream."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    what: str = "text"
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    is_name: bool = False
    """It has a pattern, and no more than its spelling may be wrong."""
    may_be_blank: bool = True
    may_be_number: bool = False
    """A number without quotes is taken for its text."""
    numbers: range | None = None
    """Which whole ones; ``None``: all."""
    published: re.Pattern[str] | None = field(default=None, compare=False)
    """What a text that is right looks like, for schemas: what is wrong with one, a check says that knows more."""
    fault: Callable[[str], str | None] = field(default=lambda _: None, compare=False, repr=False)
    """What else is wrong with a text that has the pattern."""


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``."""

    what: str = "true or false"


@dataclass(frozen=True, slots=True)
class LocalPort:
    """A port number, also as text; read as ``int``."""

    what: str = "a port (1–65535)"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port's number or name; read as ``str``."""

    what: str = "a port's number (1–65535) or name"


@dataclass(frozen=True, slots=True)
class TextMap:
    """A mapping of strings."""

    what: str = "a mapping of texts"


@dataclass(frozen=True, slots=True)
class Anything:
    """Not looked into."""

    what: str = "anything"


@dataclass(frozen=True, slots=True)
class Many:
    """A list. ``or_one``: a single item may stand without the list."""

    item: Shape
    what: str = "a list"
    or_one: bool = False


@dataclass(frozen=True, slots=True)
class Keyed:
    """A mapping of names to items, read as the list of these items. An item that is text is the ``value`` of what
    ``model`` makes."""

    item: Struct | Text
    model: Callable[..., object] | None = None
    what: str = "a mapping of names"


@dataclass(frozen=True, slots=True)
class Either:
    """One of several; which one, the kind of what is written decides."""

    shapes: tuple[Shape, ...]

    @property
    def what(self) -> str:
        """For messages."""
        return " or ".join(shape.what for shape in self.shapes)


@dataclass(frozen=True, slots=True)
class Struct:
    """A mapping with known keys, read as an instance of ``model``."""

    title: str
    model: Callable[..., object]
    keys: tuple[Key, ...]
    exclusive: tuple[tuple[str, ...], ...] = ()
    """Of each group at most one key may be used."""
    at_least_one: tuple[tuple[str, ...], ...] = ()
    """Of each group at least one key must be used."""
    is_open: bool = False
    """Other keys may stand there, too; they are not looked into."""
    tolerated: frozenset[str] = frozenset()
    """Keys that are somebody else's: they may stand there, too, are not looked into and not offered."""
    renamed: Mapping[str, str] = field(default_factory=dict, compare=False)
    """What keys were called in older versions."""
    main: str = ""
    """The key whose value is meant where text stands in place of the mapping."""
    what: str = "a mapping"
    by_name: dict[str, Key] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        named = {key.name: key for key in self.keys}
        named |= {other: key for key in self.keys for other in key.also}
        object.__setattr__(self, "by_name", named)

    def __hash__(self) -> int:
        return id(self)

    @property
    def is_pair(self) -> bool:
        """A name and its value, and nothing else."""
        return len(self.keys) == 2 and all(key.required for key in self.keys)


Shape = Text | Flag | LocalPort | ServicePort | TextMap | Anything | Many | Keyed | Either | Struct


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping."""

    name: str
    shape: Shape
    about: str
    field: str = ""
    """Of the model; empty: the key is not kept."""
    required: bool = False
    stand_in: str = ""
    """The key beside which it is not required."""
    support: Support = Support.YES
    names: Names | None = None
    leads: Leads | None = None
    also: tuple[str, ...] = ()
    """Other spellings that mean the same."""
    default: str = ""
    """What it is where it is not written, for people."""
    deprecated: str = ""
    """What to write instead."""
    instead: str = ""
    """What to do as long as this version cannot run it."""


def below(shape: Shape | None, key: str | None) -> Shape | None:
    """What may stand one step further: under a key, or as an item of a list (``None``)."""
    match shape:
        case Many() if key is None:
            return shape.item
        case Many() if shape.or_one:
            return below(shape.item, key)
        case Keyed() if key is not None:
            return shape.item
        case Struct() if key in shape.by_name:
            return shape.by_name[key].shape
        case Either():
            return next((found for one in shape.shapes if (found := below(one, key)) is not None), None)
    return None


def mapping_of(shape: Shape | None) -> Struct | None:
    """The mapping that a shape is, or may be."""
    match shape:
        case Struct():
            return shape
        case Either():
            return next((found for one in shape.shapes if (found := mapping_of(one)) is not None), None)
    return None


def fits(shape: Shape, node: Node) -> bool:
    """Whether something of this kind may be meant by what is written."""
    match shape:
        case Struct() | Keyed() | TextMap():
            return isinstance(node, Entries)
        case Many():
            return isinstance(node, Items)
        case Flag():
            return node.kind is Kind.FLAG
    return isinstance(node, Scalar) and node.kind is not Kind.FLAG
