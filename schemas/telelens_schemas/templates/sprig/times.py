"""A moment as a value: Go's ``time.Time``, whose calendar has no first and no last year."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from telelens_schemas.templates.sprig.zones import UTC, Zone
from telelens_schemas.templates.values import GoObject, Value

if TYPE_CHECKING:
    from telelens_schemas.templates.functions import Function

_DAY: Final = 86_400
_DAYS_OF_400_YEARS: Final = 146_097
_SECOND: Final = 1_000_000_000
_MONTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Clock(NamedTuple):
    """What calendar and clock show at a place."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    weekday: int
    """0 is Sunday."""
    day_of_year: int
    """1 is the first of January."""


class Time(GoObject):
    """Seconds and nanoseconds after 1970, seen from a zone."""

    go_type = "time.Time"
    go_kind = "struct"

    def __init__(self, seconds: int, nanoseconds: int = 0, zone: Zone = UTC) -> None:
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.zone = zone

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and (self.total, self.zone) == (other.total, other.zone)

    def __hash__(self) -> int:
        return hash(self.total)

    @property
    def total(self) -> int:
        """Nanoseconds after 1970."""
        return self.seconds * _SECOND + self.nanoseconds

    @property
    def zone_name(self) -> str:
        return self.zone.lookup(self.seconds)[0]

    @property
    def offset(self) -> int:
        """Seconds east of Greenwich."""
        return self.zone.lookup(self.seconds)[1]

    def clock(self) -> Clock:
        days, rest = divmod(self.seconds + self.offset, _DAY)
        year, month, day = _date_of(days)
        return Clock(
            year, month, day, rest // 3600, rest // 60 % 60, rest % 60, (days + 4) % 7, days - days_until(year, 1) + 1
        )

    def plus(self, nanoseconds: int) -> Time:
        seconds, nanos = divmod(self.total + nanoseconds, _SECOND)
        return Time(seconds, nanos, self.zone)

    def at(self, zone: Zone) -> Time:
        """The same moment, seen from elsewhere."""
        return Time(self.seconds, self.nanoseconds, zone)

    def fields(self) -> Mapping[str, Value]:
        return {}

    def method(self, name: str) -> Function | None:
        from telelens_schemas.templates.sprig.binding import bound
        from telelens_schemas.templates.sprig.time_methods import METHODS

        return bound(METHODS, name, self)

    def text(self) -> str:
        from telelens_schemas.templates.sprig.layouts import format_time

        return format_time(self, "2006-01-02 15:04:05.999999999 -0700 MST")

    def as_json(self) -> str:
        """As RFC 3339 has it."""
        from telelens_schemas.templates.sprig.layouts import format_time

        return format_time(self, "2006-01-02T15:04:05.999999999Z07:00")


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in(month: int, year: int) -> int:
    return _MONTHS[month - 1] + (month == 2 and is_leap(year))


def days_before(month: int) -> int:
    """In a year that is no leap year."""
    return sum(_MONTHS[: month - 1])


def days_until(year: int, month: int) -> int:
    """From 1970 to the first of that month; months beyond 12 are those of the next years."""
    years, month = divmod(month - 1, 12)
    year += years
    cycles, year = divmod(year - 1, 400)
    return cycles * _DAYS_OF_400_YEARS + datetime.date(year + 1, month + 1, 1).toordinal() - 719_163


def _date_of(days: int) -> tuple[int, int, int]:
    cycles, rest = divmod(days + 719_162, _DAYS_OF_400_YEARS)
    date = datetime.date.fromordinal(rest + 1)
    return date.year + cycles * 400, date.month, date.day


def at_clock(date: tuple[int, int, int], time: tuple[int, int, int], nanoseconds: int, zone: Zone) -> Time:
    """The moment when calendar and clock there show this; where they do so twice or never, as Go chooses."""
    days = days_until(date[0], date[1]) + date[2] - 1
    seconds = days * _DAY + time[0] * 3600 + time[1] * 60 + time[2]
    offset = zone.lookup(seconds)[1]
    if offset:
        seconds -= zone.lookup(seconds - offset)[1]
    return Time(seconds, nanoseconds, zone)


ZERO: Final = at_clock((1, 1, 1), (0, 0, 0), 0, UTC)
"""What a variable of the type holds before anything was assigned to it."""


def from_datetime(moment: datetime.datetime, zone: Zone) -> Time:
    """Raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no zone")
    seconds = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(seconds=1)
    return Time(seconds, moment.microsecond * 1000, zone)
