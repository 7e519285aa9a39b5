"""Who is the same person, over rows and sources."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.table.persons import Repeated, Row, Shared, repeated
from sheetcrm.core.table.values import CellError


def test_nobody_is_repeated_where_nothing_is_shared():
    assert repeated([]) == []
    assert repeated([{"email": ["a@example.com", None, None]}, {"phone": ["+62812", None]}]) == []


def test_an_address_in_two_tabs_is_one_person():
    tabs = [{"email": ["x@example.com", "a@example.com"]}, {"email": ["a@example.com"]}]
    rows = [Row(0, 1), Row(1, 0)]
    assert repeated(tabs) == [
        Repeated(rows=rows, shared=[Shared(field="email", value="a@example.com", rows=rows)])
    ]


def test_who_shares_with_two_others_is_one_person_with_both():
    tabs = [
        {
            "email": ["a@example.com", "a@example.com", "b@example.com", "c@example.com"],
            "phone": [None, "+62812", "+62812", "+62813"],
        }
    ]
    [person] = repeated(tabs)
    assert person.rows == [Row(0, 0), Row(0, 1), Row(0, 2)]
    assert [(one.field, one.rows) for one in person.shared] == [
        ("email", [Row(0, 0), Row(0, 1)]),
        ("phone", [Row(0, 1), Row(0, 2)]),
    ]


def test_cells_that_cannot_be_read_are_shared_by_nobody():
    assert repeated([{"email": [CellError("#VALUE!"), CellError("#VALUE!")]}]) == []


VALUES = st.lists(st.sampled_from([None, "a", "b", "c", "d", "e"]), min_size=0, max_size=8)


@settings(max_examples=120)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=3))
def test_persons_are_what_can_be_reached_over_shared_values(columns):
    tabs = [
        {"email": emails[: len(phones)], "phone": phones[: len(emails)]}
        for emails, phones in columns
    ]
    rows = {
        Row(tab, lead): {(f, one[f][lead]) for f in ("email", "phone") if one[f][lead]}
        for tab, one in enumerate(tabs)
        for lead in range(len(one["email"]))
    }

    def reached(start: Row) -> frozenset[Row]:
        seen, waiting = {start}, [start]
        while waiting:
            here = waiting.pop()
            new = {row for row, has in rows.items() if has & rows[here]} - seen
            seen |= new
            waiting += new
        return frozenset(seen)

    expected = {group for row in rows if len(group := reached(row)) > 1}
    found = repeated(tabs)
    assert {frozenset(person.rows) for person in found} == expected
    assert len(found) == len(expected)
    assert [person.rows[0] for person in found] == sorted(person.rows[0] for person in found)
    for person in found:
        assert person.rows == sorted(person.rows)
        assert {row for one in person.shared for row in one.rows} == set(person.rows)
