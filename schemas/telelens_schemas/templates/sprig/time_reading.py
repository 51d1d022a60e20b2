"""A date read by its layout, with Go's leniences and Go's complaints."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from telelens_schemas.templates.functions import FunctionError
from telelens_schemas.templates.sprig.date_cursor import DateCursor, Mismatch, OutOfRange
from telelens_schemas.templates.sprig.durations import quoted
from telelens_schemas.templates.sprig.layouts import MONTHS, WEEKDAYS, Part, is_fraction, parts
from telelens_schemas.templates.sprig.times import Time, at_clock, days_before, days_in, is_leap
from telelens_schemas.templates.sprig.zones import UTC, FixedZone, Zone, offset_of_abbreviation

_FRACTION: Final = re.compile(r"[.,]([0-9]+)")
_ZONE: Final = re.compile(r"ChST|MeST|GMT([+-][0-9]+)?|[+-][0-9]+|[A-Z]+")
_OFFSETS: Final[Mapping[str, str]] = {
    "0700": r"(.)(..)(..)", "07:00": r"(.)(..):(..)", "07": r"(.)(..)",
    "070000": r"(.)(..)(..)(..)", "07:00:00": r"(.)(..):(..):(..)",
}  # fmt: skip


def parse_time(text: str, layout: str, local: Zone) -> Time:
    """The moment, in the local zone where the text names none. Raises FunctionError with Go's words."""
    reading = DateCursor(text)
    pieces = parts(layout)
    for part, following in zip(pieces, [*pieces[1:], Part("", "")], strict=True):
        reading.following = following.code if not following.literal else ""
        if not _skip(reading, part.literal):
            raise _cannot_parse(text, layout, part.literal, reading.text)
        if part.code:
            _read(reading, part.code, text, layout)
        elif reading.text:
            raise FunctionError(f"parsing time {quoted(text)}: extra text: {quoted(reading.text)}")
    complaint = _settle_day(reading)
    if complaint:
        raise FunctionError(f"parsing time {quoted(text)}: {complaint}")
    return _moment(reading, local)


def _skip(reading: DateCursor, literal: str) -> bool:
    """Spaces of a layout stand for any number of spaces."""
    at = 0
    while at < len(literal):
        if literal[at] == " ":
            if reading.text and reading.text[0] != " ":
                return False
            at = len(literal) - len(literal[at:].lstrip(" "))
            reading.text = reading.text.lstrip(" ")
        elif reading.text[:1] != literal[at]:
            return False
        else:
            reading.text = reading.text[1:]
            at += 1
    return True


def _read(reading: DateCursor, code: str, text: str, layout: str) -> None:
    before = reading.text
    try:
        _READERS.get(code, _read_zone_or_fraction)(reading, code)
    except Mismatch as error:
        raise _cannot_parse(text, layout, code, before) from error
    except OutOfRange as error:
        raise FunctionError(f"parsing time {quoted(text)}: {error} out of range") from error


def _cannot_parse(text: str, layout: str, code: str, rest: str) -> FunctionError:
    return FunctionError(
        f"parsing time {quoted(text)} as {quoted(layout)}: cannot parse {quoted(rest)} as {quoted(code)}"
    )


def _long_year(reading: DateCursor, code: str) -> None:
    if not re.match("[0-9]", reading.text):
        raise Mismatch
    reading.year = _whole(reading.take(4))


def _short_year(reading: DateCursor, code: str) -> None:
    year = _whole(reading.take(2))
    reading.year = year + (1900 if year >= 69 else 2000)


def _whole(digits: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", digits):
        raise Mismatch
    return int(digits)


def _month(reading: DateCursor, code: str) -> None:
    if code.startswith("J"):
        reading.month = reading.name([name if code == "January" else name[:3] for name in MONTHS]) + 1
        return
    reading.month = reading.number(exact=code == "01")
    if not 1 <= reading.month <= 12:
        raise OutOfRange("month")


def _weekday(reading: DateCursor, code: str) -> None:
    reading.name([name if code == "Monday" else name[:3] for name in WEEKDAYS])


def _day(reading: DateCursor, code: str) -> None:
    if code == "_2":
        reading.text = reading.text.removeprefix(" ")
    reading.day = reading.number(exact=code == "02")


def _day_of_year(reading: DateCursor, code: str) -> None:
    if code == "__2":
        reading.text = reading.text.removeprefix(" ").removeprefix(" ")
    reading.day_of_year = reading.number(most=3, exact=code == "002")


def _hour(reading: DateCursor, code: str) -> None:
    reading.hour = reading.number(exact=code == "03")
    if reading.hour > (23 if code == "15" else 12):
        raise OutOfRange("hour")


def _minute(reading: DateCursor, code: str) -> None:
    reading.minute = reading.number(exact=code == "04")
    if reading.minute > 59:
        raise OutOfRange("minute")


def _second(reading: DateCursor, code: str) -> None:
    reading.second = reading.number(exact=code == "05")
    if reading.second > 59:
        raise OutOfRange("second")
    if not is_fraction(reading.following):  # a fraction may follow that the layout does not name
        _any_fraction(reading)


def _any_fraction(reading: DateCursor) -> None:
    found = _FRACTION.match(reading.text)
    if found is not None:
        reading.nanoseconds = _billionths(found[1])
        reading.take(found.end())


def _billionths(digits: str) -> int:
    return int(digits[:9].ljust(9, "0"))


def _half_of_day(reading: DateCursor, code: str) -> None:
    half = reading.take(2)
    if half not in (("PM", "AM") if code == "PM" else ("pm", "am")):
        raise Mismatch
    reading.half = half.upper()


def _zone_name(reading: DateCursor, code: str) -> None:
    if reading.text.startswith("UTC"):
        reading.take(3)
        reading.zone = UTC
        return
    found = _ZONE.match(reading.text) if len(reading.text) >= 3 else None
    if found is None:
        raise Mismatch
    reading.zone_name = reading.take(_length_of_name(found[0]))


def _length_of_name(found: str) -> int:
    if found[0] in "+-":
        if int(found[1:]) > 23:
            raise Mismatch
        return len(found)
    if found.startswith("GMT"):
        return len(found) if len(found) > 3 and found[3] in "+-" and int(found[4:]) <= 23 else 3
    letters = len(found) if found not in ("ChST", "MeST") else 3
    if found in ("ChST", "MeST"):
        return 4
    if letters == 3 or (letters in (4, 5) and (found.endswith("T") or found == "WITA")):
        return letters
    raise Mismatch


def _read_zone_or_fraction(reading: DateCursor, code: str) -> None:
    if is_fraction(code):
        _fraction(reading, code)
        return
    if code in ("Z0700", "Z07:00", "Z07") and reading.text.startswith("Z"):
        reading.take(1)
        reading.zone = UTC
        return
    shape = re.match(_OFFSETS[code[1:]], reading.text, re.DOTALL)
    if shape is None:
        raise Mismatch
    sign, *numbers = shape.groups()
    if sign not in ("+", "-") or not all(re.fullmatch("[0-9]{2}", number) for number in numbers):
        raise Mismatch
    reading.take(shape.end())
    seconds = 0
    for number, unit, most in zip(numbers, ("hour", "minute", "second"), (24, 60, 60), strict=False):
        if int(number) > most:
            raise OutOfRange(f"time zone offset {unit}")
        seconds += int(number) * {"hour": 3600, "minute": 60, "second": 1}[unit]
    reading.offset = -seconds if sign == "-" else seconds


def _fraction(reading: DateCursor, code: str) -> None:
    if code[1] == "9":
        _any_fraction(reading)
        return
    digits = reading.take(len(code))
    if not _FRACTION.fullmatch(digits):
        raise Mismatch
    reading.nanoseconds = _billionths(digits[1:])


_READERS: Final[Mapping[str, Callable[[DateCursor, str], None]]] = {
    "2006": _long_year, "06": _short_year,
    "January": _month, "Jan": _month, "01": _month, "1": _month,
    "Monday": _weekday, "Mon": _weekday,
    "02": _day, "_2": _day, "2": _day,
    "002": _day_of_year, "__2": _day_of_year,
    "15": _hour, "03": _hour, "3": _hour,
    "04": _minute, "4": _minute,
    "05": _second, "5": _second,
    "PM": _half_of_day, "pm": _half_of_day,
    "MST": _zone_name,
}  # fmt: skip


def _settle_day(reading: DateCursor) -> str:
    """Month and day from what was given; what is wrong with them, or nothing."""
    if reading.half == "PM" and reading.hour < 12:
        reading.hour += 12
    elif reading.half == "AM" and reading.hour == 12:
        reading.hour = 0
    if reading.day_of_year >= 0:
        complaint = _settle_day_of_year(reading)
        if complaint:
            return complaint
    reading.month = 1 if reading.month < 0 else reading.month
    reading.day = 1 if reading.day < 0 else reading.day
    return "" if 1 <= reading.day <= days_in(reading.month, reading.year) else "day out of range"


def _settle_day_of_year(reading: DateCursor) -> str:
    nth = reading.day_of_year
    month = day = 0
    if is_leap(reading.year):
        if nth == 60:
            month, day = 2, 29
        elif nth > 60:
            nth -= 1
    if not 1 <= nth <= 365:
        return "day-of-year out of range"
    if not month:
        month = next(each for each in range(12, 0, -1) if days_before(each) < nth)
        day = nth - days_before(month)
    if reading.month not in (-1, month):
        return "day-of-year does not match month"
    if reading.day not in (-1, day):
        return "day-of-year does not match day"
    reading.month, reading.day = month, day
    return ""


def _moment(reading: DateCursor, local: Zone) -> Time:
    date, time = (reading.year, reading.month, reading.day), (reading.hour, reading.minute, reading.second)
    nanoseconds = reading.nanoseconds
    if reading.zone is not None:
        return at_clock(date, time, nanoseconds, reading.zone)
    there = at_clock(date, time, nanoseconds, UTC)
    if reading.offset is not None:
        seconds = there.seconds - reading.offset
        name, offset = local.lookup(seconds)
        known = offset == reading.offset and reading.zone_name in ("", name)
        return Time(seconds, nanoseconds, local if known else FixedZone(reading.zone_name, reading.offset))
    if reading.zone_name:
        found = offset_of_abbreviation(local, reading.zone_name, there.seconds)
        if found is not None:
            return Time(there.seconds - found, nanoseconds, local)
        hours = reading.zone_name.removeprefix("GMT") if reading.zone_name.startswith("GMT") else ""
        return there.at(FixedZone(reading.zone_name, int(hours) * 3600 if hours else 0))
    return at_clock(date, time, nanoseconds, local)
