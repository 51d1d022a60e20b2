"""Turns Kubernetes objects into frozen dataclasses and back, by the dataclasses' own annotations.

Unknown keys are skipped, so that an older client reads what a newer manager writes. Written without pydantic
because the user daemon's and the manager's memory are counted.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from telelens_schemas.errors import SchemasError

T = TypeVar("T")
Read = Callable[[object, str], Any]
"""Value and path of the value, for messages."""


class ResourceError(SchemasError):
    """An object from the API server is not what its CRD promises; the message has the path of the field."""


@dataclass(frozen=True, slots=True)
class Key:
    """One field of a dataclass as it is read."""

    name: str
    json: str
    required: bool
    read: Read


def camel(name: str) -> str:
    """``local_port`` → ``localPort``."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def read(cls: type[T], value: object, path: str) -> T:
    """``value`` (a mapping as the API server sends it) as a ``cls``; raises ``ResourceError`` with the path."""
    if not isinstance(value, Mapping):
        raise _wrong(path, "an object", value)
    arguments: dict[str, Any] = {}
    for key in keys_of(cls):
        found = value.get(key.json)
        if found is not None:
            arguments[key.name] = key.read(found, f"{path}.{key.json}")
        elif key.required:
            raise ResourceError(f"{path}.{key.json} is missing")
    return cls(**arguments)


def write(instance: object) -> dict[str, Any]:
    """The JSON form of a dataclass. ``None`` is left out; everything else is written, empty or not, so that a
    merge patch also clears what is no longer so."""
    result: dict[str, Any] = {}
    for key in keys_of(type(instance)):
        value = getattr(instance, key.name)
        if value is not None:
            result[key.json] = _write_value(value)
    return result


def keys_of(cls: Any) -> tuple[Key, ...]:
    """The fields of a dataclass with their readers; found out once per class."""
    return _keys_of(cls)


@functools.cache
def _keys_of(cls: Any) -> tuple[Key, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        Key(
            name=field.name,
            json=camel(field.name),
            required=field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
            read=_reader(bare(hints[field.name])),
        )
        for field in dataclasses.fields(cls)
    )


def bare(hint: Any) -> Any:
    """A type without ``Annotated`` and without ``| None``."""
    if get_origin(hint) is Annotated:
        return bare(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = [argument for argument in get_args(hint) if argument is not type(None)]
        return bare(inner)
    return hint


def _reader(hint: Any) -> Read:
    origin = get_origin(hint)
    if origin is tuple:
        return functools.partial(_read_list, _reader(bare(get_args(hint)[0])))
    if origin is not None and issubclass(origin, Mapping):
        return _read_strings
    if dataclasses.is_dataclass(hint):
        assert isinstance(hint, type)
        return functools.partial(read, hint)
    if issubclass(hint, StrEnum):
        return functools.partial(_read_enum, hint)
    return functools.partial(_read_scalar, hint)


def _read_list(item: Read, value: object, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _wrong(path, "a list", value)
    return tuple(item(one, f"{path}[{index}]") for index, one in enumerate(value))


def _read_strings(value: object, path: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise _wrong(path, "an object", value)
    return {str(key): str(one) for key, one in value.items()}


def _read_enum(kind: type[StrEnum], value: object, path: str) -> StrEnum:
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise ResourceError(f"{path} is {value!r}, expected one of {known}") from None


def _read_scalar(kind: type, value: object, path: str) -> Any:
    if type(value) is not kind:
        raise _wrong(path, kind.__name__, value)
    return value


def _write_value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_write_value(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value):
        return write(value)
    return value


def _wrong(path: str, expected: str, value: object) -> ResourceError:
    return ResourceError(f"{path} is {type(value).__name__}, expected {expected}")
