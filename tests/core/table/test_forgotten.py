"""Rows of persons who asked to be forgotten are left alone, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.fingerprint import fingerprints
from sheetcrm.core.table.forgotten import Forgotten, rows_of_forgotten, without
from sheetcrm.core.table.leads import Leads, read_leads
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import Column, Problem, Severity, Tab

KEY = bytes(range(32))
IDENTIFYING = [field.name for field in STARTER_FIELDS if field.identifies]


def forgotten(*values: str) -> Forgotten:
    digests = Forgotten(key=KEY)
    return Forgotten(key=KEY, patterns=frozenset(map(digests.pattern, values)))


def leads(*rows: tuple[str | None, str | None, str | None]) -> Leads:
    headers = zip(("Name", "Email", "Phone"), "ABC", strict=True)
    columns = [
        Column(header=header, letter=letter, values=[row[i] for row in rows])
        for i, (header, letter) in enumerate(headers)
    ]
    numbers = range(2, len(rows) + 2)
    tab = Tab(source="expo", title="Leads", header_row=1, rows=numbers, columns=columns)
    return read_leads(tab, STARTER_FIELDS, Locale())


TAB = leads(
    ("Sari", "Sari@Example.com", "0812-0000-1205"),
    ("Sari at work", "office@example.com", "0812-0000-1205"),
    ("S.", None, "+62 812 0000 1205"),
    ("Budi", "budi@example.com", None),
    ("Nobody", None, None),
)


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ((), set()),
        (("sari@example.com",), {0}),
        (("+6281200001205",), {2}),  # in an office, others have the same number
        (("sari@example.com", "+6281200001205"), {0, 2}),
        ((fingerprints(TAB, IDENTIFYING)[4],), {4}),
        (("nobody@example.com", "+6281200001206"), set()),
    ],
)
def test_whose_rows_they_are(values: tuple[str, ...], rows: set[int]) -> None:
    assert rows_of_forgotten(TAB, IDENTIFYING, forgotten(*values)) == rows


def test_a_digest_tells_nothing_without_its_key() -> None:
    assert forgotten("sari@example.com").knows(" SARI@example.com")
    other = Forgotten(key=b"other", patterns=forgotten("sari@example.com").patterns)
    assert not other.knows("sari@example.com")
    assert not forgotten("sari@example.com").knows("")


@given(st.sets(st.integers(0, 4)))
def test_the_other_rows_stay_as_they_were(places: set[int]) -> None:
    tab = TAB.tab
    fault = Problem(message="x", row=3, source="expo")
    cut = without(
        Tab(**{name: getattr(tab, name) for name in FIELDS} | {"problems": [fault]}), places
    )
    kept = [index for index in range(5) if index not in places]
    assert list(cut.rows) == [tab.rows[index] for index in kept]
    for before, after in zip(tab.columns, cut.columns, strict=True):
        assert list(after.values) == [before.values[index] for index in kept]
        assert (after.header, after.letter) == (before.header, before.letter)
    assert (fault in cut.problems) == (1 not in places)
    notes = [one for one in cut.problems if one is not fault]
    assert {one.row for one in notes} == {tab.rows[index] for index in places}
    assert all(one.severity is Severity.NOTE for one in notes)


FIELDS = ("source", "title", "header_row", "rows", "columns", "revision")
