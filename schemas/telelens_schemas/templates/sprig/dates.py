"""Dates and spans of time."""

from __future__ import annotations

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig import durations
from telelens_schemas.templates.sprig.layouts import format_time
from telelens_schemas.templates.sprig.times import ZERO, Time, from_datetime
from telelens_schemas.templates.sprig.zones import UTC, find_zone, local_zone
from telelens_schemas.templates.values import Value, byte_length, type_of, wrap

DATES = Family()
function = DATES.function


def present(calling: Calling) -> Time:
    """The caller's now, in its zone."""
    return from_datetime(calling.now(), local_zone(calling))


@function("now", "", "time.Time", "The present moment.")
def now(calling: Calling) -> Time:
    return present(calling)


@function("date", "layout string, date any", "string", "The date in a layout, as 2006-01-02, in the local time zone.")
def date(calling: Calling, layout: str, moment: Value) -> str:
    return date_in_zone(calling, layout, moment, "Local")


@function("htmlDate", "date any", "string", "The date as a date field of HTML takes it, in the local time zone.")
def html_date(calling: Calling, moment: Value) -> str:
    return date_in_zone(calling, "2006-01-02", moment, "Local")


@function("htmlDateInZone", "date any, zone string", "string", "The date as a date field of HTML takes it.")
def html_date_in_zone(calling: Calling, moment: Value, zone: str) -> str:
    return date_in_zone(calling, "2006-01-02", moment, zone)


@function(
    "dateInZone",
    "layout string, date any, zone string",
    "string",
    "The date in a layout, as 2006-01-02 15:04, in a time zone.",
)
def date_in_zone(calling: Calling, layout: str, moment: Value, zone: str) -> str:
    calling.budget.memory(32 * byte_length(layout))
    return format_time(_moment(calling, moment).at(find_zone(calling, zone) or UTC), layout)


DATES.alias("date_in_zone", "dateInZone")


def _moment(calling: Calling, value: Value) -> Time:
    """A moment, or seconds after 1970; anything else is now."""
    if isinstance(value, Time):
        return value
    if type_of(value) in ("int", "int32", "int64"):
        return Time(int(value))
    return present(calling)


@function("mustDateModify", "span string, date time.Time", "time.Time", "The date so much later: 24h, -1h30m.")
def must_date_modify(calling: Calling, span: str, moment: Time) -> Time:
    calling.budget.step(len(span))
    return moment.plus(durations.parse_duration(span))


DATES.alias("must_date_modify", "mustDateModify")


@function(
    "dateModify", "span string, date time.Time", "time.Time", "The date so much later; as it is where the span is none."
)
def date_modify(calling: Calling, span: str, moment: Time) -> Time:
    try:
        return must_date_modify(calling, span, moment)
    except FunctionError:
        return moment


DATES.alias("date_modify", "dateModify")


@function("mustToDate", "layout string, text string", "time.Time", "The date that the text says in this layout.")
def must_to_date(calling: Calling, layout: str, text: str) -> Time:
    from telelens_schemas.templates.sprig.time_reading import parse_time

    calling.budget.memory(32 * (byte_length(layout) + byte_length(text)))
    calling.budget.step(len(layout) * len(text) // 1024)  # each part of the layout cuts the text anew
    return parse_time(text, layout, local_zone(calling))


@function("toDate", "layout string, text string", "time.Time", "The date that the text says in this layout, or year 1.")
def to_date(calling: Calling, layout: str, text: str) -> Time:
    try:
        return must_to_date(calling, layout, text)
    except FunctionError:
        return ZERO


@function("unixEpoch", "date time.Time", "string", "The date as seconds after 1970.")
def unix_epoch(calling: Calling, moment: Time) -> str:
    return str(moment.seconds)


@function("ago", "date any", "string", "How long the date is past, to the second.")
def ago(calling: Calling, moment: Value) -> str:
    earlier = _moment(calling, None if type_of(moment) == "int32" else moment)
    return durations.spelt(durations.rounded_to_seconds(present(calling).total - earlier.total))


@function("duration", "seconds any", "string", "Seconds, as a string or an int64, as 1h2m3s.")
def duration(calling: Calling, seconds: Value) -> str:
    from telelens_schemas.templates.sprig.casts import parse_decimal

    count = 0
    if isinstance(seconds, str):
        count = parse_decimal(seconds) or 0
    elif type_of(seconds) == "int64":
        count = int(seconds)
    return durations.spelt(wrap(count * durations.SECOND))


@function("durationRound", "span any", "string", "A span or a date's age in its largest unit: 2h, 3d, 2mo.")
def duration_round(calling: Calling, span: Value) -> str:
    if isinstance(span, Time):
        return durations.roughly(present(calling).total - span.total)
    if isinstance(span, str):
        calling.budget.step(len(span))
        try:
            return durations.roughly(durations.parse_duration(span))
        except FunctionError:
            return "0s"
    return durations.roughly(int(span) if type_of(span) == "int64" else 0)
