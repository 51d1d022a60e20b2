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
_OFFSET_UNITS: Final = (("hour", 24, 3600), ("minute", 60, 60), ("second", 60, 1))


def parse_time(text: str, layout: str, local: Zone) -> Time:
    """The moment, in the local zone where the text names none. Raises FunctionError with Go's words."""
    cursor = DateCursor(text)
    pieces = parts(layout)
    for part, following in zip(pieces, [*pieces[1:], Part("", "")], strict=True):
        cursor.following = following.code if not following.literal else ""
        if not _skip(cursor, part.literal):
            raise _cannot_parse(text, layout, part.literal, cursor.text)
        if part.code:
            _read(cursor, part.code, text, layout)
        elif cursor.text:
            raise FunctionError(f"parsing time {quoted(text)}: extra text: {quoted(cursor.text)}")
    complaint = _settle_day(cursor)
    if complaint:
        raise FunctionError(f"parsing time {quoted(text)}: {complaint}")
    return _moment(cursor, local)


def _skip(cursor: DateCursor, literal: str) -> bool:
    """Spaces of a layout stand for any number of spaces."""
    at = 0
    while at < len(literal):
        if literal[at] == " ":
            if cursor.text and cursor.text[0] != " ":
                return False
            at = len(literal) - len(literal[at:].lstrip(" "))
            cursor.text = cursor.text.lstrip(" ")
        elif cursor.text[:1] != literal[at]:
            return False
        else:
            cursor.text = cursor.text[1:]
            at += 1
    return True


def _read(cursor: DateCursor, code: str, text: str, layout: str) -> None:
    before = cursor.text
    try:
        _READERS.get(code, _read_zone_or_fraction)(cursor, code)
    except Mismatch as error:
        raise _cannot_parse(text, layout, code, before) from error
    except OutOfRange as error:
        raise FunctionError(f"parsing time {quoted(text)}: {error} out of range") from error


def _cannot_parse(text: str, layout: str, code: str, rest: str) -> FunctionError:
    return FunctionError(
        f"parsing time {quoted(text)} as {quoted(layout)}: cannot parse {quoted(rest)} as {quoted(code)}"
    )


def _long_year(cursor: DateCursor, code: str) -> None:
    if not re.match("[0-9]", cursor.text):
        raise Mismatch
    cursor.year = _whole(cursor.take(4))


def _short_year(cursor: DateCursor, code: str) -> None:
    year = _whole(cursor.take(2))
    cursor.year = year + (1900 if year >= 69 else 2000)


def _whole(digits: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", digits):
        raise Mismatch
    return int(digits)


def _month(cursor: DateCursor, code: str) -> None:
    if code.startswith("J"):
        cursor.month = cursor.name([name if code == "January" else name[:3] for name in MONTHS]) + 1
        return
    cursor.month = cursor.number(exact=code == "01")
    if not 1 <= cursor.month <= 12:
        raise OutOfRange("month")


def _weekday(cursor: DateCursor, code: str) -> None:
    cursor.name([name if code == "Monday" else name[:3] for name in WEEKDAYS])


def _day(cursor: DateCursor, code: str) -> None:
    if code == "_2":
        cursor.text = cursor.text.removeprefix(" ")
    cursor.day = cursor.number(exact=code == "02")


def _day_of_year(cursor: DateCursor, code: str) -> None:
    if code == "__2":
        cursor.text = cursor.text.removeprefix(" ").removeprefix(" ")
    cursor.day_of_year = cursor.number(most=3, exact=code == "002")


def _hour(cursor: DateCursor, code: str) -> None:
    cursor.hour = cursor.number(exact=code == "03")
    if cursor.hour > (23 if code == "15" else 12):
        raise OutOfRange("hour")


def _minute(cursor: DateCursor, code: str) -> None:
    cursor.minute = cursor.number(exact=code == "04")
    if cursor.minute > 59:
        raise OutOfRange("minute")


def _second(cursor: DateCursor, code: str) -> None:
    cursor.second = cursor.number(exact=code == "05")
    if cursor.second > 59:
        raise OutOfRange("second")
    if not is_fraction(cursor.following):  # a fraction may follow that the layout does not name
        _any_fraction(cursor)


def _any_fraction(cursor: DateCursor) -> None:
    found = _FRACTION.match(cursor.text)
    if found is not None:
        cursor.nanoseconds = _billionths(found[1])
        cursor.take(found.end())


def _billionths(digits: str) -> int:
    return int(digits[:9].ljust(9, "0"))


def _half_of_day(cursor: DateCursor, code: str) -> None:
    half = cursor.take(2)
    if half not in (("PM", "AM") if code == "PM" else ("pm", "am")):
        raise Mismatch
    cursor.half = half.upper()


def _zone_name(cursor: DateCursor, code: str) -> None:
    if cursor.text.startswith("UTC"):
        cursor.take(3)
        cursor.zone = UTC
        return
    found = _ZONE.match(cursor.text) if len(cursor.text) >= 3 else None
    if found is None:
        raise Mismatch
    cursor.zone_name = cursor.take(_length_of_name(found[0]))


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


def _read_zone_or_fraction(cursor: DateCursor, code: str) -> None:
    if is_fraction(code):
        _fraction(cursor, code)
        return
    if code.startswith("Z") and cursor.text.startswith("Z"):
        cursor.take(1)
        cursor.zone = UTC
        return
    shape = re.match(_OFFSETS[code[1:]], cursor.text, re.DOTALL)
    if shape is None:
        raise Mismatch
    sign, *numbers = shape.groups()
    seconds = 0
    for number, (unit, most, size) in zip(numbers, _OFFSET_UNITS, strict=False):
        if not re.fullmatch("[0-9]{2}", number):
            raise Mismatch
        if int(number) > most:
            raise OutOfRange(f"time zone offset {unit}")
        seconds += int(number) * size
    if sign not in ("+", "-"):
        raise Mismatch
    cursor.take(shape.end())
    cursor.offset = -seconds if sign == "-" else seconds


def _fraction(cursor: DateCursor, code: str) -> None:
    if code[1] == "9":
        _any_fraction(cursor)
        return
    digits = cursor.take(len(code))
    if not _FRACTION.fullmatch(digits):
        raise Mismatch
    cursor.nanoseconds = _billionths(digits[1:])


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


def _settle_day(cursor: DateCursor) -> str:
    """Month and day from what was given; what is wrong with them, or nothing."""
    if cursor.half == "PM" and cursor.hour < 12:
        cursor.hour += 12
    elif cursor.half == "AM" and cursor.hour == 12:
        cursor.hour = 0
    if cursor.day_of_year >= 0:
        complaint = _settle_day_of_year(cursor)
        if complaint:
            return complaint
    cursor.month = 1 if cursor.month < 0 else cursor.month
    cursor.day = 1 if cursor.day < 0 else cursor.day
    return "" if 1 <= cursor.day <= days_in(cursor.month, cursor.year) else "day out of range"


def _settle_day_of_year(cursor: DateCursor) -> str:
    nth = cursor.day_of_year
    month = day = 0
    if is_leap(cursor.year):
        if nth == 60:
            month, day = 2, 29
        elif nth > 60:
            nth -= 1
    if not 1 <= nth <= 365:
        return "day-of-year out of range"
    if not month:
        month = next(each for each in range(12, 0, -1) if days_before(each) < nth)
        day = nth - days_before(month)
    if cursor.month not in (-1, month):
        return "day-of-year does not match month"
    if cursor.day not in (-1, day):
        return "day-of-year does not match day"
    cursor.month, cursor.day = month, day
    return ""


def _moment(cursor: DateCursor, local: Zone) -> Time:
    date, time = (cursor.year, cursor.month, cursor.day), (cursor.hour, cursor.minute, cursor.second)
    nanoseconds = cursor.nanoseconds
    if cursor.zone is not None:
        return at_clock(date, time, nanoseconds, cursor.zone)
    there = at_clock(date, time, nanoseconds, UTC)
    if cursor.offset is not None:
        seconds = there.seconds - cursor.offset
        name, offset = local.lookup(seconds)
        known = offset == cursor.offset and cursor.zone_name in ("", name)
        return Time(seconds, nanoseconds, local if known else FixedZone(cursor.zone_name, cursor.offset))
    if cursor.zone_name:
        found = offset_of_abbreviation(local, cursor.zone_name, there.seconds)
        if found is not None:
            return Time(there.seconds - found, nanoseconds, local)
        hours = cursor.zone_name.removeprefix("GMT") if cursor.zone_name.startswith("GMT") else ""
        return there.at(FixedZone(cursor.zone_name, int(hours) * 3600 if hours else 0))
    return at_clock(date, time, nanoseconds, local)
