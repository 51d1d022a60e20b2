"""What a template can ask of a moment: ``$t.Year``, ``$t.Format "Jan 2"``, ``$t.AddDate 0 1 0`` …"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telelens_schemas.templates.functions import Calling, Family, Function
from telelens_schemas.templates.sprig.durations import Duration
from telelens_schemas.templates.sprig.layouts import MONTHS, WEEKDAYS, format_time
from telelens_schemas.templates.sprig.times import ZERO, Time, at_clock, days_until
from telelens_schemas.templates.sprig.zones import UTC, local_zone
from telelens_schemas.templates.values import GoObject, SizedInt, wrap

METHODS = Family()
method = METHODS.function


class _Named(SizedInt):
    """A number of which each value has a name."""

    __slots__ = ()

    def text(self) -> str:
        raise NotImplementedError

    def method(self, name: str) -> Function | None:
        from telelens_schemas.templates.sprig.binding import bound

        return bound(_NAMED_METHODS, name, self)


class Month(_Named):
    """time.Month."""

    go_type = "time.Month"
    __slots__ = ()

    def text(self) -> str:
        return MONTHS[self - 1]


class Weekday(_Named):
    """time.Weekday."""

    go_type = "time.Weekday"
    __slots__ = ()

    def text(self) -> str:
        return WEEKDAYS[self]


class Location(GoObject):
    """*time.Location."""

    go_type = "*time.Location"
    go_kind = "ptr"

    def __init__(self, label: str) -> None:
        self._label = label

    def text(self) -> str:
        return self._label


_NAMED_METHODS = Family()


@_NAMED_METHODS.function("String", "value any", "string", "The name.")
def name_of(calling: Calling, value: _Named) -> str:
    return value.text()


def _declare_numbers() -> None:
    numbers: Mapping[str, tuple[str, Callable[[Time], int], str]] = {
        "Year": ("int", lambda time: time.clock().year, "The year."),
        "Month": ("time.Month", lambda time: Month(time.clock().month), "The month, with its name."),
        "Day": ("int", lambda time: time.clock().day, "The day of the month."),
        "Hour": ("int", lambda time: time.clock().hour, "The hour, 0 to 23."),
        "Minute": ("int", lambda time: time.clock().minute, "The minute."),
        "Second": ("int", lambda time: time.clock().second, "The second."),
        "Nanosecond": ("int", lambda time: time.nanoseconds, "The nanoseconds of the second."),
        "Weekday": ("time.Weekday", lambda time: Weekday(time.clock().weekday), "The day of the week, with its name."),
        "YearDay": ("int", lambda time: time.clock().day_of_year, "The day of the year, from 1."),
        "Unix": ("int64", lambda time: time.seconds, "Seconds after 1970."),
        "UnixMilli": ("int64", lambda time: wrap(time.total // 1_000_000), "Milliseconds after 1970."),
        "UnixMicro": ("int64", lambda time: wrap(time.total // 1_000), "Microseconds after 1970."),
        "UnixNano": ("int64", lambda time: wrap(time.total), "Nanoseconds after 1970."),
    }
    for name, (result, number, documentation) in numbers.items():
        method(name, "time time.Time", result, documentation)(lambda calling, time, number=number: number(time))


def _declare_comparisons() -> None:
    comparisons: Mapping[str, tuple[str, Callable[[int], bool | int], str]] = {
        "Equal": ("bool", lambda order: order == 0, "Whether both are the same moment."),
        "Before": ("bool", lambda order: order < 0, "Whether it comes before the other."),
        "After": ("bool", lambda order: order > 0, "Whether it comes after the other."),
        "Compare": ("int", lambda order: (order > 0) - (order < 0), "-1, 0 or 1: before, the same, after."),
    }
    for name, (result, judged, documentation) in comparisons.items():
        method(name, "time time.Time, other time.Time", result, documentation)(
            lambda calling, time, other, judged=judged: judged(time.total - other.total)
        )


_declare_numbers()
_declare_comparisons()


@method("IsZero", "time time.Time", "bool", "Whether it is no moment at all: the first second of year 1.")
def is_zero(calling: Calling, time: Time) -> bool:
    return time.total == ZERO.total


@method("Format", "time time.Time, layout string", "string", "The moment in a layout, as 2006-01-02.")
def formatted(calling: Calling, time: Time, layout: str) -> str:
    calling.budget.memory(32 * len(layout))
    return format_time(time, layout)


@method("String", "time time.Time", "string", "The moment in full.")
def string(calling: Calling, time: Time) -> str:
    return time.text()


@method("AddDate", "time time.Time, years int, months int, days int", "time.Time", "The moment so much later.")
def add_date(calling: Calling, time: Time, years: int, months: int, days: int) -> Time:
    clock = time.clock()
    first = days_until(clock.year + years, clock.month + months)
    moment = at_clock((1970, 1, 1), (clock.hour, clock.minute, clock.second), time.nanoseconds, UTC)
    shown = moment.seconds + 86_400 * (first + clock.day + days - 1)
    offset = time.zone.lookup(shown)[1]
    return Time(shown - (time.zone.lookup(shown - offset)[1] if offset else 0), time.nanoseconds, time.zone)


@method("Add", "time time.Time, span time.Duration", "time.Time", "The moment so much later.")
def add(calling: Calling, time: Time, span: int) -> Time:
    return time.plus(span)


@method("Sub", "time time.Time, other time.Time", "time.Duration", "The span between both.")
def sub(calling: Calling, time: Time, other: Time) -> Duration:
    between = time.total - other.total
    return Duration(max(-(1 << 63), min((1 << 63) - 1, between)))


@method("UTC", "time time.Time", "time.Time", "The moment, seen from Greenwich.")
def utc(calling: Calling, time: Time) -> Time:
    return time.at(UTC)


@method("Local", "time time.Time", "time.Time", "The moment, seen from here.")
def local(calling: Calling, time: Time) -> Time:
    return time.at(local_zone(calling))


@method("Location", "time time.Time", "*time.Location", "The time zone.")
def location(calling: Calling, time: Time) -> Location:
    return Location(time.zone.label)
