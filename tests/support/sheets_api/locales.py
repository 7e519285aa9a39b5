"""How a spreadsheet's locale writes and reads numbers and dates.

Separators and names of months come from Babel's tables, as Google's come from the same
source (Unicode CLDR); the default date patterns are those that Sheets shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_day_names, get_month_names, get_period_names

#: Sheets' own default date; CLDR's short form has two digits for the year.
_DATES = {"en_US": "M/d/yyyy", "id_ID": "dd/MM/yyyy", "es_ES": "d/M/yyyy", "en_GB": "dd/MM/yyyy"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Customs:
    """The customs of one locale."""

    decimal: str
    group: str
    date: str
    date_time: str
    day_first: bool
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    days: tuple[str, ...]
    short_days: tuple[str, ...]
    periods: tuple[str, str]
    currency: str


@cache
def customs(name: str) -> Customs:
    """The customs of `id_ID`, `es` …; of `en_US` where the name is unknown."""
    try:
        locale = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_US")
    symbols = locale.number_symbols.get("latn", {})
    short = locale.date_formats["short"].pattern
    date = _DATES.get(name, short.replace("yy", "yyyy") if "yyyy" not in short else short)
    months = get_month_names("wide", "format", locale)
    short_months = get_month_names("abbreviated", "format", locale)
    days = get_day_names("wide", "format", locale)
    short_days = get_day_names("abbreviated", "format", locale)
    periods = get_period_names("abbreviated", "format", locale)
    return Customs(
        decimal=symbols.get("decimal", "."),
        group=symbols.get("group", ","),
        date=date,
        date_time=f"{date} H:mm:ss",
        day_first=date.lower().find("d") < date.lower().find("m"),
        months=tuple(months[number] for number in range(1, 13)),
        short_months=tuple(short_months[number] for number in range(1, 13)),
        days=tuple(days[number] for number in range(7)),
        short_days=tuple(short_days[number] for number in range(7)),
        periods=(str(periods["am"]).upper(), str(periods["pm"]).upper()),
        currency={"id_ID": "Rp", "es_ES": "€", "en_GB": "£"}.get(name, "$"),
    )
