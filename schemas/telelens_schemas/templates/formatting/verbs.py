"""What one verb makes of one plain value: flags, width and precision as Go's ``fmt`` understands them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from telelens_schemas.templates.formatting.floats import format_float
from telelens_schemas.templates.formatting.quoting import (
    HIGHEST_RUNE,
    can_backquote,
    is_printable,
    quote,
    quote_rune,
)
from telelens_schemas.templates.values import UNSIGNED, kind_of, to_bytes

_BASES: Final = {"b": 2, "o": 8, "O": 8, "d": 10, "v": 10, "x": 16, "X": 16}
_CODES: Final = {2: "b", 8: "o", 10: "d", 16: "x"}
_FLOAT_PRECISION: Final = {"f": 6, "F": 6, "e": 6, "E": 6}


class Charged(Protocol):
    """Who pays for what is made."""

    def memory(self, size: int) -> None:
        """Before ``size`` bytes are made."""


@dataclass(slots=True)
class Flags:
    """What stands between the % and the verb."""

    minus: bool = False
    plus: bool = False
    sharp: bool = False
    space: bool = False
    zero: bool = False
    plus_v: bool = False
    """%+v: names of fields."""
    sharp_v: bool = False
    """%#v: Go syntax."""
    width: int | None = None
    precision: int | None = None
    charged: Charged | None = field(default=None, repr=False)

    def charge(self) -> None:
        """Before text as wide and precise as asked for is made."""
        if self.charged is not None:
            self.charged.memory((self.width or 0) + (self.precision or 0))

    def pad(self, text: str, *, zeros: bool = True) -> str:
        """To the width; a character counts as one however many bytes it has."""
        missing = (self.width or 0) - len(text)
        if missing <= 0:
            return text
        if self.minus:
            return text + " " * missing
        return ("0" if self.zero and zeros else " ") * missing + text

    def cut(self, text: str) -> str:
        """To the precision, in characters."""
        return text if self.precision is None else text[: self.precision]


def format_bool(value: bool, verb: str, flags: Flags) -> str | None:
    """``None`` when the verb is not for booleans."""
    return flags.pad("true" if value else "false") if verb in "tv" else None


def format_string(text: str, verb: str, flags: Flags) -> str | None:
    """``None`` when the verb is not for strings."""
    if verb == "v":
        verb = "q" if flags.sharp_v else "s"
    match verb:
        case "s":
            return flags.pad(flags.cut(text))
        case "q":
            text = flags.cut(text)
            if flags.sharp and can_backquote(text):
                return flags.pad(f"`{text}`")
            return flags.pad(quote(text, ascii_only=flags.plus))
        case "x" | "X":
            return format_hex(to_bytes(text), verb, flags)
    return None


def format_hex(data: bytes, verb: str, flags: Flags) -> str:
    """Two digits for each byte."""
    if flags.precision is not None:
        data = data[: flags.precision]
    prefix = "0x" if flags.sharp and data else ""
    text = (" " + prefix).join(f"{byte:02x}" for byte in data) if flags.space else data.hex()
    text = prefix + text
    return flags.pad(text.upper() if verb == "X" else text)


def format_integer(value: int, verb: str, flags: Flags) -> str | None:
    """``None`` when the verb is not for integers."""
    unsigned = kind_of(value) in UNSIGNED
    match verb:
        case "c":
            return flags.pad(_character(value))
        case "q":
            return flags.pad(quote_rune(value if 0 <= value <= HIGHEST_RUNE else 0xFFFD, ascii_only=flags.plus))
        case "U":
            return _unicode(value, flags)
        case "v" if unsigned and flags.sharp_v:
            return format_number(int(value), "x", flags, sharp=True)
    return format_number(int(value), verb, flags, sharp=flags.sharp) if verb in _BASES else None


def format_number(value: int, verb: str, flags: Flags, *, sharp: bool) -> str:
    """An integer in the base of the verb; ``sharp`` asks for the base's prefix."""
    base = _BASES[verb]
    if flags.precision == 0 and value == 0:
        return flags.pad("", zeros=False)
    digits = flags.precision or 0
    if flags.precision is None and flags.zero and not flags.minus and flags.width is not None:
        digits = flags.width - (value < 0 or flags.plus or flags.space)
    text = format(abs(value), _CODES[base]).rjust(digits, "0")
    if sharp:
        if base == 8 and not text.startswith("0"):
            text = "0" + text
        text = {2: "0b", 16: "0x"}.get(base, "") + text
    if verb == "O":
        text = "0o" + text
    if verb == "X":
        text = text.upper()
    sign = "-" if value < 0 else "+" if flags.plus else " " if flags.space else ""
    return flags.pad(sign + text, zeros=False)


def _character(value: int) -> str:
    return chr(value) if 0 <= value <= HIGHEST_RUNE and not 0xD800 <= value <= 0xDFFF else "\ufffd"


def _unicode(value: int, flags: Flags) -> str:
    unsigned = value & 0xFFFFFFFFFFFFFFFF
    text = f"U+{unsigned:0{max(flags.precision or 0, 4)}X}"
    if flags.sharp and unsigned <= HIGHEST_RUNE and is_printable(chr(unsigned)):
        text += f" '{chr(unsigned)}'"
    return flags.pad(text, zeros=False)


def format_complex(value: complex, verb: str, flags: Flags) -> str | None:
    """``None`` when the verb is not for complex numbers."""
    real = format_real(value.real, verb, flags)
    plus, flags.plus = flags.plus, True
    imaginary = format_real(value.imag, verb, flags)
    flags.plus = plus
    return None if real is None or imaginary is None else f"({real}{imaginary}i)"


def format_real(value: float, verb: str, flags: Flags) -> str | None:
    """``None`` when the verb is not for floats."""
    if verb not in "vbgGxXfFeE":
        return None
    shape = {"v": "g", "F": "f"}.get(verb, verb)
    precision = flags.precision if flags.precision is not None else _FLOAT_PRECISION.get(verb)
    text = format_float(value, shape, precision)
    sign, text = (text[0], text[1:]) if text[0] in "+-" else ("+", text)
    shown = sign if sign == "-" or flags.plus else " " if flags.space else ""
    if text in ("Inf", "NaN"):
        if text == "Inf" and not shown:
            shown = "+"
        return flags.pad(shown + text, zeros=False)
    if flags.sharp and verb != "b":
        text = _with_point(text, shape, precision)
    if shown and flags.zero and not flags.minus:
        return shown + text.rjust((flags.width or 0) - 1, "0")
    return flags.pad(shown + text)


def _with_point(text: str, shape: str, precision: int | None) -> str:
    """The # flag: always a decimal point, and the zeros that %g leaves away."""
    wanted = 0
    if shape in "gGx":
        wanted = 6 if precision is None else precision
    mark = next((char for char in ("pP" if shape in "xX" else "eE") if char in text), "")
    mantissa, _, exponent = text.partition(mark) if mark else (text, "", "")
    digits = mantissa.replace(".", "")
    significant = digits.lstrip("0")
    wanted -= len(significant)
    if "." not in mantissa:
        wanted -= mantissa == "0"
        mantissa += "."
    return mantissa + "0" * max(wanted, 0) + mark + exponent
