"""The vocabulary in which the language is described: what a value may look like."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto


class Support(Enum):
    """Whether this version can do what a key asks for."""

    YES = auto()
    NOT_YET = auto()
    """Running without it would do something else than what is written: an error."""
    IGNORED = auto()
    """It runs all the same: a warning."""
    OFF_ONLY = auto()
    """Only ``false`` (or ``enable: false``) is understood: anything else is an error."""


class Names(Enum):
    """Whose names a value may be: what an editor can offer there."""

    HANDLER = auto()
    CONTEXT = auto()
    NAMESPACE = auto()
    WORKLOAD = auto()
    SERVICE = auto()
    PORT = auto()
    CONTAINER = auto()
    HEADER = auto()
    """Of an HTTP request."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    what: str = "text"
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    may_be_blank: bool = True


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
    """A list."""

    item: Shape
    what: str = "a list"


@dataclass(frozen=True, slots=True)
class Struct:
    """A mapping with known keys, read as an instance of ``model``."""

    title: str
    model: type
    keys: tuple[Key, ...]
    exclusive: tuple[tuple[str, ...], ...] = ()
    """Of each group at most one key may be used."""
    what: str = "a mapping"
    by_name: dict[str, Key] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {key.name: key for key in self.keys})


Shape = Text | Flag | LocalPort | ServicePort | TextMap | Anything | Many | Struct


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping."""

    name: str
    shape: Shape
    about: str
    field: str = ""
    """Of the model; empty: the key is not kept."""
    required: bool = False
    support: Support = Support.YES
    names: Names | None = None
