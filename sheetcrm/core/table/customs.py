"""How the people of a country write numbers and dates, after the Unicode CLDR."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale as Language


@lru_cache(maxsize=64)
def decimal_sign(country: str) -> str:
    """``,`` or ``.``: what stands before the decimals in the country (ISO 3166 alpha-2)."""
    symbols = _language(country).number_symbols
    sign = symbols.get("latn", symbols).get("decimal")
    return "," if sign == "," else "."


@lru_cache(maxsize=64)
def day_first(country: str) -> bool:
    """Whether the country's people write the day before the month."""
    pattern: str = _language(country).date_formats["short"].pattern
    return pattern.lower().find("d") < pattern.find("M")


def _language(country: str) -> Language:
    """The language that most people of the country write, as they write it there."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  slow to load
    from babel.core import get_global  # noqa: PLC0415

    likely = get_global("likely_subtags").get(f"und_{country.upper()}", f"en_{country.upper()}")
    try:
        return Locale.parse(likely)
    except (UnknownLocaleError, ValueError):
        return Locale("en")
