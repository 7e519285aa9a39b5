"""Tabs of activities: what they are called in three languages, and whose they are."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetcrm.core.table.activities import FIELDS, known_kind, read_activities, whose
from sheetcrm.core.table.fields import Field, FieldType, Locale
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import Column, Tab

LOCALE = Locale(country="ID", language="id")
WHO = (
    Field(name="email", headers=("Email",), type=FieldType.EMAIL),
    Field(name="phone", headers=("Phone",), type=FieldType.PHONE),
)


def tab_of(headers, *rows, source="Visits"):
    columns = [
        Column(header=header, letter="ABCDEFGH"[place], values=[row[place] for row in rows])
        for place, header in enumerate(headers)
    ]
    return Tab(
        source=source, title=source, header_row=1, rows=range(2, 2 + len(rows)), columns=columns
    )


@pytest.mark.parametrize(
    "headers",
    [
        ("Date", "Activity", "Email", "Sales", "Note"),
        ("Tanggal", "Jenis kegiatan", "Surel", "Petugas", "Catatan"),
        ("Fecha", "Tipo de actividad", "Correo electrónico", "Vendedor", "Observaciones"),
    ],
)
@pytest.mark.parametrize("kind", ["visit", "Kunjungan", "VISITA", "site visit", "Recorrido"])
def test_three_languages_say_the_same(headers, kind):
    tab = tab_of(headers, (date(2026, 11, 1), kind, " ANA@example.com", "Dewi", "roof 120 m²"))
    [found] = read_activities(tab, LOCALE, headers={}).activities
    assert (found.kind, found.email, found.by, found.note) == (
        "visit",
        "ana@example.com",
        "Dewi",
        "roof 120 m²",
    )
    assert (found.day, found.tab, found.row) == (date(2026, 11, 1), "Visits", 2)


def test_one_column_may_say_whose_it_is_by_id_address_or_number():
    leads = tab_of(("Email", "Phone"), ("ana@example.com", None), (None, "0812-0000-1201"), (1, 1))
    day = date(2026, 11, 1)
    said = ("L-3", " ANA@example.com", "+62 812 0000 1201", "12345", "Budi", "b@@example", None)
    tab = tab_of(("Date", "Type", "Lead"), *((day, "call", who) for who in said))
    found = read_activities(tab, LOCALE, headers={})
    assert found.problems == []
    read = read_leads(leads, WHO, LOCALE)
    matched = whose(found.activities, read, ["L-1", "L-2", "L-3"])
    assert [(one.lead.strip(), index) for one, index in matched] == [
        ("L-3", 2),
        ("ANA@example.com", 0),
        ("+62 812 0000 1201", 1),
    ]


def test_no_header_stands_with_two_fields_and_no_spelling_with_two_kinds():
    headers = [fold(header) for field in FIELDS for header in field.headers]
    assert len(headers) == len(set(headers))
    [kinds] = [field.aliases for field in FIELDS if field.name == "kind"]
    spellings = [fold(word) for kind, others in kinds.items() for word in (kind, *others)]
    assert len(spellings) == len(set(spellings))
    assert known_kind(" E-Mail ") == known_kind("correo") == "email"
    assert known_kind("Golf") == "Golf"


def test_dates_are_read_and_rows_without_are_told_of():
    tab = tab_of(
        ("Date", "Type", "Phone"),
        (datetime(2026, 11, 1, 14, 30), "call", "0812-0000-1201"),
        ("12 Mei 2026", "demo", "+62 812 0000 1201"),
        ("yesterday", "demo", "0812-0000-1201"),
        (None, "demo", "0812-0000-1201"),
    )
    found = read_activities(tab, LOCALE, headers={})
    assert [a.at for a in found.activities] == [datetime(2026, 11, 1, 14, 30), date(2026, 5, 12)]
    assert {a.phone for a in found.activities} == {"+6281200001201"}
    assert [problem.cell for problem in found.problems] == ["A4", "A5"]


@pytest.mark.parametrize(
    ("headers", "kind", "lacking"),
    [
        (("Type", "Email"), "", "dates"),
        (("Date", "Email"), "", "what it was"),
        (("Date", "Type"), "", "whose"),
        (("Date", "Email"), "Kunjungan", ""),
    ],
)
def test_what_a_tab_must_have(headers, kind, lacking):
    row = tuple(date(2026, 1, 1) if header == "Date" else "a@example.com" for header in headers)
    found = read_activities(tab_of(headers, row), LOCALE, kind=kind, headers={})
    assert lacking in found.lacking
    assert bool(found.lacking) == bool(lacking)
    assert [activity.kind for activity in found.activities] == ([] if lacking else ["visit"])


def test_headers_of_the_teams_own():
    tab = tab_of(("Jadwal", "Apa", "E"), (date(2026, 1, 1), "demo", "a@example.com"))
    assert read_activities(tab, LOCALE, headers={}).lacking
    own = {"date": ["Jadwal"], "kind": ["Apa"], "email": ["E"]}
    assert len(read_activities(tab, LOCALE, headers=own).activities) == 1


def test_the_id_settles_whose_it_is_then_the_address_then_the_phone():
    people = tab_of(
        ("Email", "Phone"),
        ("ana@example.com", "0812-0000-1201"),
        ("budi@example.com", "0812-0000-1202"),
        ("ana@example.com", None),
        source="leads",
    )
    leads = read_leads(people, WHO, LOCALE)
    rows = [
        ("L-2", "ana@example.com", None),
        (None, "ANA@example.com", "0812-0000-1202"),
        ("L-unknown", None, "+6281200001202"),
        (None, "nobody@example.com", None),
        (None, None, None),
    ]
    tab = tab_of(
        ("Date", "Type", "Lead ID", "Email", "Phone"),
        *((date(2026, 1, 1 + place), "call", *row) for place, row in enumerate(rows)),
    )
    found = read_activities(tab, LOCALE, headers={}).activities
    pairs = whose(found, leads, ["L-1", "L-2", "L-3"])
    assert [(activity.row, index) for activity, index in pairs] == [(2, 1), (3, 0), (3, 2), (4, 1)]
