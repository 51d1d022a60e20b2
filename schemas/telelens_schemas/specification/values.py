"""What one scalar is read as, by the shape that is expected of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from telelens_schemas.specification.nodes import TRUE_WORDS, Kind, Scalar, as_text, plain_kind
from telelens_schemas.specification.parts import Message, Trail
from telelens_schemas.specification.problems import Code
from telelens_schemas.specification.shapes import Flag, LocalPort, ServicePort, Shape, Struct, Text
from telelens_schemas.specification.spelling import legal_spelling
from telelens_schemas.suggestions import closest, listing

_PORT_NUMBER = re.compile(r"[0-9]{1,5}")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Unfit(Exception):
    """The scalar is not what is expected there."""

    def __init__(
        self, code: Code, message: Message, replacement: str | None = None, *, is_choice: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.replacement = replacement
        self.is_choice = is_choice
        """Whether the replacement is only what may be meant."""


def scalar_value(shape: Shape, node: Scalar, trail: Trail) -> Any:
    """Raises ``Unfit``."""
    match shape:
        case Flag() if node.kind is Kind.FLAG:
            return node.value in TRUE_WORDS
        case Text():
            return _text(shape, node, trail)
        case LocalPort() if (port := _port(node)) is not None:
            return port
        case ServicePort() if (port := _port(node)) is not None:
            return str(port)
        case ServicePort() if node.kind is Kind.TEXT and _PORT_NAME.fullmatch(node.value):
            return node.value
        case ServicePort():
            raise _bad_name(f"{quoted(node.value)} is not {shape.what}", node.value, _PORT_NAME)
        case LocalPort() if node.kind is not Kind.FLAG:
            raise _bad(f"{quoted(node.value)} is not {shape.what}")
        case Flag() if node.kind is Kind.TEXT:
            raise Unfit(Code.WRONG_TYPE, wrong(shape, node.kind, trail), _flag_word(node.value))
    raise Unfit(Code.WRONG_TYPE, wrong(shape, node.kind, trail))


def wrong(shape: Shape, found: Kind, trail: Trail, *, hint: str = "") -> Callable[[], str]:
    """``port: expected a list, found text``; of a mapping the keys that it has."""
    if isinstance(shape, Struct):
        keys = listing((key.name for key in shape.keys), most=6)
        end = "and has none" if found is Kind.NOTHING else f"not {found}"
        return lambda: f"{trail.name} takes keys of its own ({keys}), {end}"
    end = f": {hint}" if hint else ""
    return lambda: f"{trail.name}: expected {shape.what}, found {found}{end}"


def quoted(value: str, most: int = 60) -> str:
    """On one line, shortened."""
    line = " ".join(value.split())
    return f'"{line[:most]}…"' if len(line) > most else f'"{line}"'


def _text(shape: Text, node: Scalar, trail: Trail) -> str:
    if node.kind is not Kind.TEXT and not (shape.may_be_number and node.kind is Kind.NUMBER):
        message = wrong(shape, node.kind, trail, hint=f'write "{node.value}"')
        raise Unfit(Code.WRONG_TYPE, message, f'"{node.value}"')
    if shape.choices and node.value not in shape.choices:
        raise _bad(f"{quoted(node.value)} is not known here: expected {shape.what}", closest(node.value, shape.choices))
    if shape.pattern is not None and not shape.pattern.fullmatch(node.value):
        unlike = f"{quoted(node.value)} is not {shape.what}: {shape.pattern.pattern}"
        raise _bad_name(unlike, node.value, shape.pattern) if shape.is_name else _bad(unlike)
    fault = shape.fault(node.value)
    if fault is not None:
        raise _bad(f"{quoted(node.value)} is not {shape.what}: {fault}")
    if not shape.may_be_blank and not node.value.strip():
        raise _bad(lambda: f"{trail.name} is empty")
    return node.value


def _port(node: Scalar) -> int | None:
    if _PORT_NUMBER.fullmatch(node.value) and 1 <= int(node.value) <= 65535:
        return int(node.value)
    return None


def _bad(message: Message, replacement: str | None = None) -> Unfit:
    return Unfit(Code.BAD_VALUE, message, replacement)


def _bad_name(message: str, name: str, pattern: re.Pattern[str]) -> Unfit:
    spelling = legal_spelling(name, pattern)
    if spelling is None:
        return _bad(message)
    # Names that must be in lower case were never meant to be others.
    return Unfit(Code.BAD_VALUE, message, as_text(spelling), is_choice=spelling != name.lower())


def _flag_word(text: str) -> str | None:
    """In quotes it is the same word."""
    return text if plain_kind(text) is Kind.FLAG else closest(text, ("true", "false"))
