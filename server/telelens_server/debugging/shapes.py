"""JSON of the wire to the dataclasses of `requests`, and back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from pygls.exceptions import JsonRpcInvalidParams

Shape = TypeVar("Shape")


def parameters(given: object, shape: type[Shape]) -> Shape:
    """Raises JsonRpcInvalidParams."""
    try:
        return _converter().structure(_plain(given) or {}, shape)
    except BaseValidationError as error:
        raise JsonRpcInvalidParams(f"not a {shape.__name__}: {error.exceptions[0]}") from error


def json_of(value: object) -> Any:
    """For a result or a notification."""
    return _converter().unstructure(value)


def _plain(value: object) -> Any:
    """pygls makes named tuples of objects whose method it does not know."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _plain(one) for name, one in zip(value._fields, value, strict=True)}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


@cache
def _converter() -> Converter:
    converter = Converter()

    def names(shape: type) -> dict[str, Any]:
        return {one.name: override(rename=_camel(one.name)) for one in fields(shape)}

    converter.register_structure_hook_factory(
        is_dataclass, lambda shape: make_dict_structure_fn(shape, converter, **names(shape))
    )
    converter.register_unstructure_hook_factory(
        is_dataclass, lambda shape: make_dict_unstructure_fn(shape, converter, **names(shape))
    )
    converter.register_structure_hook(str | int | None, lambda value, _: value)
    return converter


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
