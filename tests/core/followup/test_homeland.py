"""A country's clocks, money and words."""

from __future__ import annotations

from datetime import date

import pytest

from sheetcrm.core.followup.homeland import homeland
from sheetcrm.core.table.fields import Locale
from sheetcrm.errors import UsageError

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "country", "zone", "language", "currency"),
    [
        ("MX", "MX", "America/Mexico_City", "es", "MXN"),
        ("méxico", "MX", "America/Mexico_City", "es", "MXN"),
        ("España", "ES", "Europe/Madrid", "es", "EUR"),
        ("Colombia", "CO", "America/Bogota", "es", "COP"),
        ("peru", "PE", "America/Lima", "es", "PEN"),
        ("Singapura", "SG", "Asia/Singapore", "en", "SGD"),
        ("US", "US", "America/New_York", "en", "USD"),
        ("United Kingdom", "GB", "Europe/London", "en", "GBP"),
        ("Philippines", "PH", "Asia/Manila", "en", "PHP"),
        ("Germany", "DE", "Europe/Berlin", "en", "EUR"),
    ],
)
def test_a_team_there(text, country, zone, language, currency):
    wanted = Locale(country=country, timezone=zone, language=language, currency=currency)
    assert homeland(text, TODAY) == wanted


def test_indonesia_is_where_the_starter_is():
    assert homeland("ID", TODAY) == Locale()


@pytest.mark.parametrize(("text", "hint"), [("Mexco", "México"), ("xqzw", "code"), ("", "code")])
def test_no_such_country(text, hint):
    with pytest.raises(UsageError) as caught:
        homeland(text, TODAY)
    assert hint in caught.value.hint


def test_a_country_of_many_zones_without_a_main_one():
    with pytest.raises(UsageError) as caught:
        homeland("Russia", TODAY)
    assert "--country" in caught.value.hint
