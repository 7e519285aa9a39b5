from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sheetcrm.core.followup.rules import Sending
from sheetcrm.core.followup.workdays import Workdays, holidays_of, yearly
from sheetcrm.core.followup.zones import country_of, zone_of
from sheetcrm.core.table.fields import Locale
from tests.core.followup.world import lead


def days(country: str = "ID", zone: str = "Asia/Jakarta", **sending) -> Workdays:
    return Workdays(country=country, zone=ZoneInfo(zone), sending=Sending(**sending))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-24", 0, "2026-11-24"),  # a Tuesday
        ("2026-11-24", 3, "2026-11-27"),
        ("2026-11-27", 1, "2026-11-30"),  # over the weekend
        ("2026-11-28", 0, "2026-11-30"),
        ("2026-11-28", 1, "2026-12-01"),
        ("2026-12-23", 1, "2026-12-28"),  # Christmas and its cuti bersama
        ("2026-03-17", 1, "2026-03-25"),  # Nyepi, Idul Fitri and cuti bersama
        ("2026-08-16", 0, "2026-08-18"),  # a Sunday, then Independence Day
    ],
)
def test_business_days_in_indonesia(start, count, end):
    assert days().add(date.fromisoformat(start), count) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("country", "start", "end"),
    [
        ("ES", "2026-12-24", "2026-12-28"),
        ("MX", "2026-09-15", "2026-09-17"),
        ("US", "2026-11-25", "2026-11-27"),
        ("ID", "2026-11-25", "2026-11-26"),
        ("ZZ", "2026-12-24", "2026-12-25"),
    ],
)
def test_each_country_has_its_holidays(country, start, end):
    assert days(country).add(date.fromisoformat(start), 1) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2026-11-24T07:00", "2026-11-24"),
        ("2026-11-24T16:59", "2026-11-24"),
        ("2026-11-24T17:00", "2026-11-25"),
        ("2026-11-27T18:00", "2026-11-30"),
        ("2026-11-28T10:00", "2026-11-30"),
    ],
)
def test_the_day_on_which_something_can_go_out(moment, slot):
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Asia/Jakarta"))
    assert days().slot(at) == date.fromisoformat(slot)


def test_the_slot_is_where_the_lead_is():
    at = datetime(2026, 11, 24, 15, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert days(zone="Asia/Jayapura").slot(at) == date(2026, 11, 25)
    assert days("ES", "Europe/Madrid").slot(at) == date(2026, 11, 24)


def test_other_hours_and_days():
    saturday = datetime(2026, 11, 28, 19, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    late = days(weekdays=frozenset({5}), closes=time(21))
    assert late.slot(saturday) == date(2026, 11, 28)
    assert days(weekdays=frozenset()).roll(date(2026, 11, 28)) == date(2026, 11, 28)


def test_cuti_bersama_counts():
    assert date(2026, 12, 24) in holidays_of("ID", 2026)


def test_leap_day_people_celebrate_on_the_28th():
    assert yearly(date(2000, 2, 29), 2027) == date(2027, 2, 28)
    assert yearly(date(2000, 2, 29), 2028) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("parts", "country", "zone"),
    [
        ({}, "ID", "Asia/Jakarta"),
        ({"location": "Denpasar"}, "ID", "Asia/Makassar"),
        ({"location": "Ubud, Bali"}, "ID", "Asia/Makassar"),
        ({"location": "Jayapura"}, "ID", "Asia/Jayapura"),
        ({"values": {"country": "ES"}}, "ES", "Europe/Madrid"),
        ({"values": {"country": "ES"}, "location": "Tenerife"}, "ES", "Atlantic/Canary"),
        ({"values": {"country": "ES"}, "location": "Bali"}, "ES", "Europe/Madrid"),
        ({"values": {"country": "SG"}}, "SG", "Asia/Singapore"),
        ({"values": {"country": "RU"}}, "RU", "Asia/Jakarta"),
        ({"values": {"country": "Spain?"}}, "ID", "Asia/Jakarta"),
        ({"phone": "+5215512345678"}, "MX", "America/Mexico_City"),
        ({"phone": "+34600000127"}, "ES", "Europe/Madrid"),
        ({"phone": "+6590000143", "values": {"country": "ID"}}, "ID", "Asia/Jakarta"),
    ],
)
def test_where_a_lead_is(parts, country, zone):
    who = lead(**parts)
    assert country_of(who, Locale()) == country
    assert zone_of(who, country, Locale()).key == zone
