"""Takes a format of ``printf`` apart: text, directives with their flags, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from telelens_schemas.templates.formatting.verbs import Flags
from telelens_schemas.templates.values import Value, is_integer

_LARGEST: Final = 1_000_000
"""fmt refuses widths and precisions beyond."""


@dataclass(frozen=True, slots=True)
class Directive:
    """One verb and the index of the value that it prints."""

    flags: Flags
    verb: str
    argument: int


@dataclass(frozen=True, slots=True)
class Extra:
    """Values from here on have no verb."""

    first: int


def read_format(text: str, values: Sequence[Value]) -> Iterator[str | Directive | Extra]:
    """The pieces, in order; what cannot be printed comes as the text that says so."""
    return _Reader(text, values).pieces()


class _Reader:
    """A position in the format and one in the arguments."""

    def __init__(self, text: str, values: Sequence[Value]) -> None:
        self._text = text
        self._values = values
        self._at = 0
        self._argument = 0
        self._reordered = False
        self._good_index = True
        self._after_index = False

    def pieces(self) -> Iterator[str | Directive | Extra]:
        end = len(self._text)
        while self._at < end:
            percent = self._text.find("%", self._at)
            percent = percent if percent >= 0 else end
            if percent > self._at:
                yield self._text[self._at : percent]
            if percent >= end:
                break
            self._at = percent + 1
            yield from self._directive()
        if not self._reordered and self._argument < len(self._values):
            yield Extra(self._argument)

    def _directive(self) -> Iterator[str | Directive]:
        self._good_index = True
        self._after_index = False
        flags = Flags()
        self._read_flags(flags)
        self._read_index()
        yield from self._read_width(flags)
        yield from self._read_precision(flags)
        if not self._after_index:
            self._read_index()
        if self._at >= len(self._text):
            yield "%!(NOVERB)"
            return
        verb = self._text[self._at]
        self._at += 1
        if verb == "%":
            yield "%"
        elif not self._good_index:
            yield f"%!{verb}(BADINDEX)"
        elif self._argument >= len(self._values):
            yield f"%!{verb}(MISSING)"
        else:
            if verb in "vw":
                flags.sharp_v, flags.sharp = flags.sharp, False
                flags.plus_v, flags.plus = flags.plus, False
            yield Directive(flags, verb, self._argument)
            self._argument += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _read_flags(self, flags: Flags) -> None:
        names = {"#": "sharp", "0": "zero", "+": "plus", "-": "minus", " ": "space"}
        while self._peek() in names:
            setattr(flags, names[self._peek()], True)
            self._at += 1

    def _read_width(self, flags: Flags) -> Iterator[str]:
        if self._peek() == "*":
            self._at += 1
            flags.width = self._number_from_values()
            if flags.width is None:
                yield "%!(BADWIDTH)"
            elif flags.width < 0:
                flags.width = -flags.width
                flags.minus = True
                flags.zero = False
            self._after_index = False
            return
        flags.width = self._read_number()
        if self._after_index and flags.width is not None:
            self._good_index = False

    def _read_precision(self, flags: Flags) -> Iterator[str]:
        if self._peek() != "." or self._at + 1 >= len(self._text):
            return
        self._at += 1
        if self._after_index:
            self._good_index = False
        self._read_index()
        if self._peek() != "*":
            flags.precision = self._read_number() or 0
            return
        self._at += 1
        flags.precision = self._number_from_values()
        if flags.precision is None or flags.precision < 0:
            flags.precision = None
            yield "%!(BADPREC)"
        self._after_index = False

    def _read_number(self) -> int | None:
        number: int | None = None
        while "0" <= self._peek() <= "9":
            if number is not None and number > _LARGEST:
                self._at = len(self._text)
                return None
            number = (number or 0) * 10 + int(self._peek())
            self._at += 1
        return number

    def _number_from_values(self) -> int | None:
        if self._argument >= len(self._values):
            return None
        value = self._values[self._argument]
        self._argument += 1
        return int(value) if is_integer(value) and abs(value) <= _LARGEST else None

    def _read_index(self) -> None:
        """An explicit ``[n]``."""
        if self._peek() != "[":
            self._after_index = False
            return
        self._reordered = True
        close = self._text.find("]", self._at)
        if close < 0 or len(self._text) - self._at < 3:
            self._good_index = False
            self._after_index = False
            self._at += 1
            return
        digits = self._text[self._at + 1 : close]
        self._at = close + 1
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None
        self._after_index = number is not None
        if number is None or not 1 <= number <= len(self._values):
            self._good_index = False
            return
        self._argument = number - 1
