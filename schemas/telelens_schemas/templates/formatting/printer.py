"""``Sprint``, ``Sprintln`` and ``Sprintf`` of Go's ``fmt``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from telelens_schemas.templates.formatting.format_string import Directive, read_format
from telelens_schemas.templates.formatting.ordering import sorted_items
from telelens_schemas.templates.formatting.verbs import (
    Charged,
    Flags,
    format_bool,
    format_complex,
    format_hex,
    format_integer,
    format_number,
    format_real,
    format_string,
)
from telelens_schemas.templates.values import (
    ANY,
    GoObject,
    SizedInt,
    Uint8,
    Value,
    element_type,
    from_bytes,
    is_nil,
    kind_of,
    type_of,
)

NIL: Final = "<nil>"
_TEXT_VERBS: Final = frozenset("vsxXq")


def sprint(*values: Value, charged: Charged | None = None) -> str:
    """In their default formats, with a space between two that are not strings."""
    printer = _Printer(charged)
    parts: list[str] = []
    for index, value in enumerate(values):
        if index and not isinstance(value, str) and not isinstance(values[index - 1], str):
            parts.append(" ")
        parts.append(printer.argument(value, "v"))
    return "".join(parts)


def sprintln(*values: Value, charged: Charged | None = None) -> str:
    """In their default formats, always with spaces between, and a line break."""
    printer = _Printer(charged)
    return " ".join(printer.argument(value, "v") for value in values) + "\n"


def sprintf(text: str, *values: Value, charged: Charged | None = None) -> str:
    """By a format; what is wrong with it stands in the text, as ``%!d(string=x)``."""
    if charged is not None:
        charged.memory(len(text))
    parts: list[str] = []
    for piece in read_format(text, values):
        if isinstance(piece, str):
            parts.append(piece)
        elif isinstance(piece, Directive):
            piece.flags.charged = charged
            piece.flags.charge()
            parts.append(_Printer(charged, piece.flags).argument(values[piece.argument], piece.verb))
        else:
            parts.append(_extra(values[piece.first :], charged))
    return "".join(parts)


def _extra(values: Sequence[Value], charged: Charged | None) -> str:
    printer = _Printer(charged)
    shown = (NIL if value is None else f"{type_of(value)}={printer.argument(value, 'v')}" for value in values)
    return f"%!(EXTRA {', '.join(shown)})"


class _Printer:
    """Prints values under one directive."""

    def __init__(self, charged: Charged | None = None, flags: Flags | None = None) -> None:
        self._flags = flags or Flags()
        self._charged = charged
        self._erroring = False

    def argument(self, value: Value, verb: str) -> str:
        """A value as it was passed, not one inside of another."""
        flags = self._flags
        if value is None:
            return flags.pad(NIL) if verb in "Tv" else f"%!{verb}({NIL})"
        if verb == "T":
            return flags.pad(flags.cut(type_of(value)))
        if verb == "w":
            return self._bad(value, verb)
        if verb == "p":
            return self._pointer(value, verb)
        if isinstance(value, bytes) and verb in "vd":
            return self._items([Uint8(byte) for byte in value], "[]byte", "d" if verb == "d" else "v")
        return self._value(value, verb, 0)

    def _value(self, value: Value, verb: str, depth: int) -> str:
        if self._charged is not None:
            size = len(value) if isinstance(value, str | bytes) else 16
            self._charged.memory(size + (self._flags.width or 0))
        if value is None:
            return f"{ANY}(nil)" if self._flags.sharp_v else NIL
        spoken = self._spoken(value, verb)
        if spoken is not None:
            return spoken
        match kind_of(value):
            case "bool":
                text = format_bool(value, verb, self._flags)
            case "string":
                text = format_string(value, verb, self._flags)
            case "float32" | "float64":
                text = format_real(value, verb, self._flags)
            case "complex128":
                text = format_complex(value, verb, self._flags)
            case "slice":
                return self._slice(value, verb)
            case "map":
                return self._map(value, verb, depth)
            case "struct":
                return self._struct(value, verb, depth)
            case "ptr":
                return "&" + self._struct(value, verb, depth) if depth == 0 else self._pointer(value, verb)
            case "func":
                return self._pointer(value, verb)
            case _:
                text = format_integer(value, verb, self._flags)
        return text if text is not None else self._bad(value, verb)

    def _spoken(self, value: Value, verb: str) -> str | None:
        """What its String or Error method says, where the verb takes text."""
        if self._erroring or self._flags.sharp_v or verb not in _TEXT_VERBS:
            return None
        text = value.text() if isinstance(value, GoObject | SizedInt) else None
        return None if text is None else format_string(text, verb, self._flags)

    def _bad(self, value: Value, verb: str) -> str:
        self._erroring = True
        shown = self._value(value, "v", 0)
        self._erroring = False
        return f"%!{verb}({type_of(value)}={shown})"

    def _slice(self, value: Value, verb: str) -> str:
        spelt = type_of(value)
        if element_type(spelt) == "uint8" and verb in "sqxX":
            data = bytes(value)
            return (
                format_hex(data, verb, self._flags)
                if verb in "xX"
                else format_string(from_bytes(data), verb, self._flags) or ""
            )
        if isinstance(value, bytes):
            return self._items([Uint8(byte) for byte in value], spelt, verb)
        if self._flags.sharp_v and is_nil(value):
            return f"{spelt}(nil)"
        return self._items(value, spelt, verb)

    def _items(self, values: Sequence[Value], spelt: str, verb: str) -> str:
        shown = [self._value(value, verb, 1) for value in values]
        return f"{spelt}{{{', '.join(shown)}}}" if self._flags.sharp_v else f"[{' '.join(shown)}]"

    def _map(self, value: dict[Value, Value], verb: str, depth: int) -> str:
        spelt = type_of(value)
        if self._flags.sharp_v and is_nil(value):
            return f"{spelt}(nil)"
        shown = [
            f"{self._value(key, verb, depth + 1)}:{self._value(item, verb, depth + 1)}"
            for key, item in sorted_items(value)
        ]
        return f"{spelt}{{{', '.join(shown)}}}" if self._flags.sharp_v else f"map[{' '.join(shown)}]"

    def _struct(self, value: GoObject, verb: str, depth: int) -> str:
        named = self._flags.sharp_v or self._flags.plus_v
        shown = [
            (f"{name}:" if named else "") + self._value(item, verb, depth + 1) for name, item in value.fields().items()
        ]
        if self._flags.sharp_v:
            return f"{value.go_type.removeprefix('*')}{{{', '.join(shown)}}}"
        return f"{{{' '.join(shown)}}}"

    def _pointer(self, value: Value, verb: str) -> str:
        """An address, of which only that it is one can be told: Go's own differs from run to run."""
        if kind_of(value) not in ("func", "map", "ptr", "slice"):
            return self._bad(value, verb)
        address = 0 if is_nil(value) else id(value)
        if verb == "v" and self._flags.sharp_v:
            return f"({type_of(value)})({f'0x{address:x}' if address else 'nil'})"
        if verb in "vp":
            return format_number(address, "x", replace(self._flags, sharp=False), sharp=not self._flags.sharp)
        if verb in "bodxX":
            return format_number(address, verb, self._flags, sharp=self._flags.sharp)
        return self._bad(value, verb)
