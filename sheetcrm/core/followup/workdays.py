"""Business days: weekdays of the team's choice without the public holidays of the country."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sheetcrm.core.followup.rules import Sending

_DAY = timedelta(days=1)
_PATIENCE = 60  #: days in a row that may all be holidays before we stop looking
_CATEGORIES = ("public", "government")


@dataclass(frozen=True, kw_only=True, slots=True)
class Workdays:
    """The days on which a lead is written to, where the lead is."""

    country: str  #: ISO 3166
    zone: ZoneInfo
    sending: Sending
    _rolled: dict[date, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What `roll` has found: a tab's leads ask for the same few days again and again."""

    def is_open(self, day: date) -> bool:
        """Whether it is a business day."""
        return day.weekday() in self.sending.weekdays and day not in holidays_of(
            self.country, day.year
        )

    def roll(self, day: date) -> date:
        """The day itself, or the next business day."""
        found = self._rolled.get(day)
        if found is None:
            ahead = (day + count * _DAY for count in range(_PATIENCE))
            found = self._rolled[day] = next(filter(self.is_open, ahead), day)
        return found

    def add(self, day: date, count: int) -> date:
        """`count` business days after `day`; with 0, the day itself or the next business day."""
        found = self.roll(day)
        for _ in range(count):
            found = self.roll(found + _DAY)
        return found

    def slot(self, moment: datetime) -> date:
        """The day on which something that is ready at `moment` (zoned) can go out."""
        local = moment.astimezone(self.zone)
        day = local.date()
        return self.roll(day + _DAY if local.time() >= self.sending.closes else day)

    def opening(self, moment: datetime) -> datetime:
        """When something that is ready at `moment` (zoned) may go out: then, or when it opens."""
        local = moment.astimezone(self.zone)
        if self.is_open(local.date()) and self.sending.opens <= local.time() < self.sending.closes:
            return moment
        day = local.date()
        if not (self.is_open(day) and local.time() < self.sending.opens):
            day = self.roll(day + _DAY)
        return datetime.combine(day, self.sending.opens, self.zone)

    def today(self, moment: datetime) -> date:
        """The date where the lead is."""
        return moment.astimezone(self.zone).date()


@lru_cache(maxsize=512)
def holidays_of(country: str, year: int) -> Collection[date]:
    """Public holidays and days off of the government (in Indonesia: cuti bersama).

    A country that the calendar does not know has none.
    """
    from holidays import country_holidays  # noqa: PLC0415  slow to load

    try:
        supported = country_holidays(country).supported_categories
    except NotImplementedError:
        return frozenset()
    categories = tuple(name for name in _CATEGORIES if name in supported)
    return frozenset(country_holidays(country, years=year, categories=categories))


def yearly(day: date, year: int) -> date:
    """The day in another year; 29 February is 28 February where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
