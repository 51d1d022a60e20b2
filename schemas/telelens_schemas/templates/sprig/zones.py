"""Time zones: what the clock shows at a moment, and what that is called there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from telelens_schemas.templates.functions import Calling

_EPOCH: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FIRST: Final = -62_104_060_800
"""Python's calendar begins with year 1; a year later every zone can be asked."""
_LAST: Final = 253_370_764_800
_MONTH: Final = 30 * 86_400
_NOWADAYS: Final = 1_700_000_000


class Zone(Protocol):
    """A place, or an offset that a text gave."""

    @property
    def label(self) -> str:
        """What Go calls the location."""
        ...

    def lookup(self, seconds: int) -> tuple[str, int]:
        """Abbreviation and seconds east of Greenwich, at that many seconds after 1970."""
        ...


@dataclass(frozen=True, slots=True)
class FixedZone:
    """One offset for all time; the name may be empty."""

    label: str
    offset: int = 0

    def lookup(self, seconds: int) -> tuple[str, int]:
        return self.label, self.offset


UTC: Final = FixedZone("UTC")


@dataclass(frozen=True, slots=True)
class NamedZone:
    """A place of the time zone database, or the zone of this machine (without ``rules``)."""

    label: str
    rules: datetime.tzinfo | None

    def lookup(self, seconds: int) -> tuple[str, int]:
        moment = _EPOCH + datetime.timedelta(seconds=max(_FIRST, min(_LAST, seconds)))
        there = moment.astimezone(self.rules)
        offset = there.utcoffset()
        return there.tzname() or "", 0 if offset is None else round(offset.total_seconds())


def find_zone(calling: Calling, name: str) -> Zone | None:
    """As ``time.LoadLocation``: ``Local`` is the caller's own, none and ``UTC`` are UTC, ``None`` is unknown."""
    if name in ("", "UTC"):
        return UTC
    if name == "Local":
        return local_zone(calling)
    return _from_database(name, name)


def local_zone(calling: Calling) -> Zone:
    """``TZ`` of the environment, as every Go program takes it, else the zone of the caller's present."""
    wanted = calling.environment.get("TZ")
    if wanted is not None:
        return UTC if wanted in ("", "UTC") else _from_database(wanted.removeprefix(":"), "Local") or UTC
    now = calling.now()
    name, offset = now.tzname() or "", now.utcoffset() or datetime.timedelta()
    machine = NamedZone("Local", None)
    if machine.lookup(int(now.timestamp())) == (name, offset.total_seconds()):
        return machine
    if isinstance(now.tzinfo, datetime.timezone):
        return FixedZone(name, round(offset.total_seconds()))
    return NamedZone("Local", now.tzinfo)


def _from_database(name: str, label: str) -> Zone | None:
    import zoneinfo

    try:
        return NamedZone(label, zoneinfo.ZoneInfo(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offset_of_abbreviation(zone: Zone, name: str, seconds: int) -> int | None:
    """The offset of what is called so there: at that time, else within a year of it, else nowadays."""
    known = dict(zone.lookup(moment) for moment in _around(seconds))
    offset = known.get(name)
    if offset is None:
        return None
    then_name, then_offset = zone.lookup(seconds - offset)
    return then_offset if then_name == name else offset


def _around(seconds: int) -> Iterator[int]:
    for centre in (_NOWADAYS, seconds):
        yield from (centre + months * _MONTH for months in range(-12, 13))
    yield seconds
