"""A column of results at a glance."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetcrm.core.table.values import CellError
from sheetcrm.engine.tally import Kind, Spread, as_date, kind_of, tally

NA = CellError("#N/A")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, Kind.BLANK),
        (0, Kind.NUMBER),
        (1.5, Kind.NUMBER),
        (False, Kind.TRUTH),
        ("", Kind.TEXT),
        ("12", Kind.TEXT),
        (date(2026, 1, 5), Kind.DATE),
        (datetime(2026, 1, 5, 9), Kind.DATE),
        (NA, Kind.ERROR),
        (CellError("#N/A", calculated=False), Kind.UNCALCULATED),
    ],
)
def test_every_value_has_a_kind(value, kind):
    assert kind_of(value) is kind


def test_a_cell_that_was_never_calculated_is_an_error_like_any_other_to_formulas():
    assert CellError("#N/A", calculated=False) == NA


def test_results_are_counted_by_kind_and_errors_by_row():
    found = tally([True, False, True, 4, 1, 3.0, "x", None, NA, NA], range(5, 15))
    assert found.counts == {"TRUE": 2, "FALSE": 1, "number": 3, "text": 1, "blank": 1}
    assert found.texts == {"x": 1}
    assert found.errors == {"#N/A": [13, 14]}
    assert found.numbers == Spread(count=3, lowest=1, middle=3, highest=4)
    assert found.dates is None


def test_the_middle_of_two_numbers_lies_between_them_of_two_dates_it_is_the_first():
    found = tally([1, 4, date(2026, 3, 1), datetime(2026, 1, 1, 9)], range(4))
    assert found.numbers == Spread(count=2, lowest=1, middle=2.5, highest=4)
    assert found.dates is not None
    assert found.dates.middle == datetime(2026, 1, 1, 9)


def test_nothing_at_all():
    assert tally([], []).counts == {}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (46023, date(2026, 1, 1)),
        (46023.75, datetime(2026, 1, 1, 18)),
        (60, 60),  # Excel's 1900-02-29, which never was
        (3e9, 3e9),
        (-1, -1),
        (True, True),
        ("x", "x"),
        (None, None),
    ],
)
def test_a_serial_number_as_the_day_that_it_is(value, shown):
    assert as_date(value) == shown
