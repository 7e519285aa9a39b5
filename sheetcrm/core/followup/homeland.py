"""What a team's country says of its clocks, its money and its words."""

from __future__ import annotations

from datetime import date

from sheetcrm.core.followup.zones import zone_of_country
from sheetcrm.core.table.countries import country_reader
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.language import SPELLINGS, language_of_country
from sheetcrm.errors import UsageError


def homeland(text: str, today: date) -> Locale:
    """The locale of a team in a country, by CLDR.

    Args:
        text: the country's name in Indonesian, Spanish or English, or its ISO 3166 code.
        today: the day of whose currency it is.

    Returns:
        Its zone in which most people live, its currency, and its official language, or English
        where sheetcrm does not speak that one.

    Raises:
        UsageError: there is no such country, or it does not say in which zone a team there is.
    """
    from babel.numbers import get_territory_currencies  # noqa: PLC0415  loads CLDR data

    country, _, hint = country_reader()(text)
    if not isinstance(country, str):
        hint = hint or "write its name or its code, such as MX"
        raise UsageError(f"no country is called {text!r}", hint=hint)
    zone = zone_of_country(country)
    currencies = get_territory_currencies(country, today, today)
    if not zone or not currencies:
        raise UsageError(
            f"{text} alone does not say the time zone and the currency",
            hint="leave --country out, and write all four into config/sheetcrm.toml",
        )
    language = language_of_country(country)
    return Locale(
        country=country,
        currency=currencies[0],
        language=language if language in SPELLINGS else "en",
        timezone=zone,
    )
