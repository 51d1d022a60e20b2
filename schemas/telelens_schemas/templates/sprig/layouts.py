"""Layouts: ``2006-01-02 15:04:05`` shown as that moment would be. Every number of it stands for a part of the date."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from telelens_schemas.templates.sprig.times import Clock, Time

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_PART: Final = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|__2|_2(?!006)|3|4|5|PM|pm"
    r"|-070000|-07:00:00|-0700|-07:00|-07|Z070000|Z07:00:00|Z0700|Z07:00|Z07|[.,](?:0+|9+)(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a layout: text that stands for itself, and the code behind it; the last has none."""

    literal: str
    code: str


def parts(layout: str) -> list[Part]:
    found: list[Part] = []
    end = 0
    for code in _PART.finditer(layout):
        found.append(Part(layout[end : code.start()], code[0]))
        end = code.end()
    return [*found, Part(layout[end:], "")]


def is_fraction(code: str) -> bool:
    return code.startswith((".", ","))


def format_time(time: Time, layout: str) -> str:
    """The moment in this layout."""
    clock = time.clock()
    return "".join(part.literal + _shown(part.code, time, clock) for part in parts(layout))


def _shown(code: str, time: Time, clock: Clock) -> str:
    plain = _SHOWN.get(code)
    if plain is not None:
        return plain(clock)
    if code == "MST":
        return time.zone_name or _offset_as_name(time.offset)
    if is_fraction(code):
        return _fraction(code, time.nanoseconds)
    return _offset(code, time.offset) if code else ""


_SHOWN: Final[Mapping[str, Callable[[Clock], str]]] = {
    "2006": lambda clock: f"{'-' * (clock.year < 0)}{abs(clock.year):04d}",
    "06": lambda clock: f"{abs(clock.year) % 100:02d}",
    "January": lambda clock: MONTHS[clock.month - 1],
    "Jan": lambda clock: MONTHS[clock.month - 1][:3],
    "01": lambda clock: f"{clock.month:02d}",
    "1": lambda clock: str(clock.month),
    "Monday": lambda clock: WEEKDAYS[clock.weekday],
    "Mon": lambda clock: WEEKDAYS[clock.weekday][:3],
    "02": lambda clock: f"{clock.day:02d}",
    "_2": lambda clock: f"{clock.day:2d}",
    "2": lambda clock: str(clock.day),
    "002": lambda clock: f"{clock.day_of_year:03d}",
    "__2": lambda clock: f"{clock.day_of_year:3d}",
    "15": lambda clock: f"{clock.hour:02d}",
    "03": lambda clock: f"{clock.hour % 12 or 12:02d}",
    "3": lambda clock: str(clock.hour % 12 or 12),
    "04": lambda clock: f"{clock.minute:02d}",
    "4": lambda clock: str(clock.minute),
    "05": lambda clock: f"{clock.second:02d}",
    "5": lambda clock: str(clock.second),
    "PM": lambda clock: "PM" if clock.hour >= 12 else "AM",
    "pm": lambda clock: "pm" if clock.hour >= 12 else "am",
}


def _offset(code: str, offset: int) -> str:
    if code.startswith("Z") and offset == 0:
        return "Z"
    seconds = abs(offset)
    numbers = [seconds // 3600, seconds // 60 % 60, seconds % 60][: len(code.replace(":", "")) // 2]
    return ("-" if offset < 0 else "+") + (":" if ":" in code else "").join(f"{number:02d}" for number in numbers)


def _offset_as_name(offset: int) -> str:
    """Where a zone has no name."""
    minutes = abs(offset) // 60
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02d}{minutes % 60:02d}"


def _fraction(code: str, nanoseconds: int) -> str:
    digits = f"{nanoseconds:09d}"[: len(code) - 1].ljust(min(len(code) - 1, 9), "0")
    if code[1] == "9":
        digits = digits.rstrip("0")
    return code[0] + digits if digits else ""
