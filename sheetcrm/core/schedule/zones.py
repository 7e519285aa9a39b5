"""The times of a workspace's zone on the clock of a computer that stands in another one.

systemd and some crons know zones; launchd, Windows and most crons go by the computer's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from sheetcrm.core.schedule.times import MINUTES_OF_DAY, Field, Times, listed
from sheetcrm.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """The computer's clock against the workspace's."""

    zone: str  #: an IANA name; "" where the computer does not tell
    ahead: int = 0  #: minutes by which the workspace's clock is ahead of it today
    changes: date | None = None  #: on which day that is something else for the first time


def moved(times: Times, here: Here) -> tuple[Times, ...]:
    """The same moments on the computer's clock; several where some fall on another day.

    Raises:
        UsageError: days of the month would become others.
    """
    if not here.ahead:
        return (times,)
    days: dict[int, list[int]] = defaultdict(list)
    for minute in times.of_day:
        on, local = divmod(minute - here.ahead, MINUTES_OF_DAY)
        days[on].append(local)
    if not times.every_date and set(days) != {0}:
        raise UsageError(
            f'"{times.expression}" falls on another day on this computer, '
            f"whose time zone is {here.zone or 'another one'}",
            hint="choose hours that are on the same day in both zones, or --kind systemd",
        )
    return tuple(
        replace(part, weekday=_weekdays(times.weekday, on))
        for on, minutes in sorted(days.items())
        for part in _at(times, minutes)
    )


def _at(times: Times, minutes: list[int]) -> list[Times]:
    """The days of `times` at these minutes: one for all hours that have the same minutes."""
    hours: dict[int, list[int]] = defaultdict(list)
    for minute in sorted(minutes):
        hours[minute // 60].append(minute % 60)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for hour, found in hours.items():
        alike[tuple(found)].append(hour)
    return [
        replace(times, minute=_field(found, 59), hour=_field(tuple(same), 23))
        for found, same in alike.items()
    ]


def _field(values: tuple[int, ...], most: int) -> Field:
    return Field(text=listed(values, 0, most), values=values)


def _weekdays(field: Field, later: int) -> Field:
    if later == 0 or len(field.values) == 7:
        return field
    return _field(tuple(sorted((day + later) % 7 for day in field.values)), 6)
