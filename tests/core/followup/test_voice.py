from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetcrm.core.followup.voice import Voice

DAY = date(2026, 11, 24)


def voice(language: str, country: str = "", currency: str = "IDR") -> Voice:
    return Voice(language=language, country=country, currency=currency)


@pytest.mark.parametrize(
    ("speaker", "amount", "said"),
    [
        (voice("id", "ID"), 5_000_000, "Rp 5.000.000"),
        (voice("id", "ID"), 1234.5, "Rp 1.234"),
        (voice("id", "ID", "USD"), 5_000_000, "US$ 5.000.000"),
        (voice("en", "US"), 5_000_000, "Rp 5,000,000"),
        (voice("en", "US", "USD"), 1200, "$1,200"),
        (voice("en", "US", "USD"), 1200.5, "$1,200.50"),
        (voice("en", "GB", "EUR"), 0.5, "€0.50"),
        (voice("es", "ES", "EUR"), 5_000_000, "5.000.000 €"),
        (voice("es", "ES", "EUR"), 1200.5, "1.200,50 €"),
        (voice("es", "MX", "MXN"), 5_000_000, "$5,000,000"),
        (voice("es-MX", "ES", "MXN"), 1200.5, "$1,200.50"),
        (voice("es", "ES"), 5_000_000, "5.000.000 Rp"),
        (voice("id", "ID"), -750_000, "-Rp 750.000"),
        (voice("xx", "YY", "EUR"), 10, "€10"),
    ],
)
def test_money(speaker, amount, said):
    assert speaker.money(amount).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("language", "style", "said"),
    [
        ("id", "long", "24 November 2026"),
        ("id", "full", "Selasa, 24 November 2026"),
        ("es", "long", "24 de noviembre de 2026"),
        ("es", "full", "martes, 24 de noviembre de 2026"),
        ("en", "long", "November 24, 2026"),
        ("en-GB", "long", "24 November 2026"),
        ("id", "short", "24/11/26"),
    ],
)
def test_dates(language, style, said):
    assert voice(language).date(DAY, style) == said
    assert voice(language).date(datetime(2026, 11, 24, 9, 30), style) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "solar, EV, dan baterai"),
        ("es", "solar, EV y baterai"),
        ("en", "solar, EV, and baterai"),
    ],
)
def test_lists(language, said):
    assert voice(language).listing(["solar", "EV", "baterai"]) == said


def test_numbers_are_plain_as_they_may_be_years():
    assert voice("id").number(2026.0) == "2026"
    assert voice("id").number(12_500) == "12500"
    assert voice("id").number(4.25) == "4,25"
    assert voice("en").number(4.25) == "4.25"


def test_yes_no_and_phones():
    assert [voice(tag).yes_no(True) for tag in ("id", "es-MX", "en", "fr")] == [
        "ya",
        "sí",
        "yes",
        "yes",
    ]
    assert voice("id", "ID").phone("0812-3456-7890") == "+62 812-3456-7890"
    assert voice("id", "ID").phone("ask Rina") == "ask Rina"
