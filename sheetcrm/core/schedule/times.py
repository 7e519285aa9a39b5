"""Points in time that come again, as the five fields of a crontab line say them.

The grammar is that of crontab(5), Vixie's and Debian's: lists, ranges, steps, names of months and
days, and ``@daily`` and the like. Where day of month and weekday are both given, either will do.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sheetcrm.errors import UsageError

MINUTES_OF_DAY = 1440
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?", re.ASCII)
_EVERY = re.compile(r"(\d+)\s*(m|min|minutes?|h|hours?|d|days?)", re.ASCII)
_LEAP_YEAR = 2024  # any
_FIRST_HOUR = 6  #: of what happens once a day, unless a crontab expression says otherwise


class _Kind(NamedTuple):
    noun: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_KINDS = (
    _Kind("minute", 0, 59),
    _Kind("hour", 0, 23),
    _Kind("day of the month", 1, 31),
    _Kind("month", 1, 12, _MONTHS),
    _Kind("weekday", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One of the five: what it says, and which values that means, sorted."""

    text: str
    values: tuple[int, ...]

    @property
    def starred(self) -> bool:
        """Whether it begins with ``*``, which to cron means that it does not restrict."""
        return self.text.startswith("*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """A crontab expression. Weekdays count from Sunday, 0."""

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field

    @property
    def expression(self) -> str:
        """The five fields as a crontab has them."""
        fields = (self.minute, self.hour, self.day, self.month, self.weekday)
        return " ".join(field.text for field in fields)

    @property
    def either(self) -> bool:
        """Whether a day of the month and a weekday are given, of which either will do."""
        return not (self.day.starred or self.weekday.starred)

    @property
    def daily(self) -> bool:
        """Whether every day is one of its days."""
        return self.every_date and len(self.weekday.values) == 7

    @property
    def every_date(self) -> bool:
        """Whether neither day of month nor month restrict."""
        return len(self.day.values) == 31 and len(self.month.values) == 12

    @property
    def of_day(self) -> tuple[int, ...]:
        """The minutes of a day at which something begins, sorted."""
        return tuple(
            60 * hour + minute for hour in self.hour.values for minute in self.minute.values
        )

    def on(self, day: datetime) -> bool:
        """Whether a day is one of its days."""
        if day.month not in self.month.values:
            return False
        dated = day.day in self.day.values
        named = day.isoweekday() % 7 in self.weekday.values
        return dated or named if self.either else dated and named


def parse_times(text: str) -> Times:
    """A crontab expression such as ``*/15 8-18 * * 1-5``.

    Raises:
        UsageError: it is none, and which part of it is wrong; or such a day never comes.
    """
    parts = _MACROS.get(text.strip().lower(), text).split()
    if len(parts) != 5:
        raise _unreadable(text, f"it has {len(parts)} parts, not five")
    minute, hour, day, month, weekday = (
        _field(text, part, kind) for part, kind in zip(parts, _KINDS, strict=True)
    )
    days = tuple(sorted({value % 7 for value in weekday.values}))  # 7 is Sunday, too
    times = Times(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        weekday=Field(text=weekday.text, values=days),
    )
    longest = max(monthrange(_LEAP_YEAR, value)[1] for value in month.values)
    if not times.either and min(day.values) > longest:
        raise _unreadable(text, f"no such month has a day {min(day.values)}")
    return times


def every_so_often(text: str, offset: int) -> Times:
    """``15m``, ``2h`` or ``1d`` as times of the clock.

    Args:
        text: the distance; it must go into an hour or a day without a rest.
        offset: which of the minutes that it could begin at, so that not everybody asks Google
            for something at the full hour; any number.

    Raises:
        UsageError: it is none of these.
    """
    found = _EVERY.fullmatch(text.strip().lower())
    count, unit = (int(found[1]), found[2][0]) if found else (0, "")
    if unit == "m" and count % 60 == 0:
        count, unit = count // 60, "h"
    if unit == "h" and count == 24:
        count, unit = 1, "d"
    if unit == "m" and count and 60 % count == 0:
        begin = offset % count
        minutes = "*" if count == 1 else f"{begin}-59/{count}" if count < 60 else f"{begin}"
        return parse_times(f"{minutes} * * * *")
    if unit == "h" and count and 24 % count == 0:
        hours = "*" if count == 1 else f"{offset // 60 % count}-23/{count}"
        return parse_times(f"{offset % 60} {hours} * * *")
    if unit == "d" and count == 1:
        return parse_times(f"{offset % 60} {_FIRST_HOUR} * * *")
    raise UsageError(
        f'"{text}" does not go into an hour or a day evenly' if found else f'"{text}" is no time',
        hint='write 5m, 10m, 15m, 30m, 1h, 2h, 6h or 1d; anything else: --cron "0 8 * * 1-5"',
    )


def upcoming(times: tuple[Times, ...], after: datetime) -> Iterator[datetime]:
    """The next points in time on the clock of `after`, later than it; none beyond eight years."""
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(8 * 366):
        day = midnight + timedelta(days=ahead)
        minutes = {minute for one in times if one.on(day) for minute in one.of_day}
        for minute in sorted(minutes):
            moment = day + timedelta(minutes=minute)
            if moment > after:
                yield moment


def listed(values: tuple[int, ...], least: int, most: int, to: str = "-") -> str:
    """Values of a field as cron and systemd write them, ``*`` where it is all of them.

    Args:
        values: sorted.
        least: what the field may hold at least.
        most: what the field may hold at most.
        to: stands between the ends of a range.
    """
    if values == tuple(range(least, most + 1)):
        return "*"
    parts = []
    for first, last, step in progressions(values):
        if first == last:
            parts.append(f"{first:02}" if to == ".." else f"{first}")
        else:
            ends = f"{first:02}{to}{last:02}" if to == ".." else f"{first}{to}{last}"
            parts.append(ends if step == 1 else f"{ends}/{step}")
    return ",".join(parts)


def progressions(values: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """First, last and step of runs of three or more at one distance, and of single values."""
    at = 0
    while at < len(values):
        step = values[at + 1] - values[at] if at + 1 < len(values) else 1
        end = at
        while end + 1 < len(values) and values[end + 1] - values[end] == step:
            end += 1
        if end - at < 2:
            end = at
        yield values[at], values[end], step if end > at else 1
        at = end + 1


def _field(whole: str, text: str, kind: _Kind) -> Field:
    values: set[int] = set()
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if not found or (found[4] and not (found[1] or found[3])) or found[4] == "0":
            raise _unreadable(whole, f'its {kind.noun} "{text}" cannot be understood')
        first = kind.least if found[1] else _value(found[2], kind)
        last = kind.most if found[1] else _value(found[3] or found[2], kind)
        if not (kind.least <= first <= kind.most and kind.least <= last <= kind.most):
            limits = f"within {kind.least} and {kind.most}"
            raise _unreadable(whole, f'its {kind.noun} "{text}" is not {limits}')
        if first > last:
            raise _unreadable(whole, f'its {kind.noun} "{text}" ends before it begins')
        values.update(range(first, last + 1, int(found[4] or 1)))
    return Field(text=text, values=tuple(sorted(values)))


def _value(word: str, kind: _Kind) -> int:
    """A number or a name; -1 where it is neither."""
    if word.lower() in kind.names:
        return kind.names.index(word.lower()) + kind.least
    return int(word) if word.isdigit() else -1


def _unreadable(text: str, why: str) -> UsageError:
    return UsageError(
        f'"{text}" is no crontab expression: {why}',
        hint="write minute, hour, day of the month, month and weekday, such as "
        '"*/15 8-18 * * 1-5": every 15 minutes from 8 to 18 h, Monday to Friday',
    )
