"""Raw values of the API, and ours."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.adapters.google.values import alike, entered, moment, to_raw
from sheetcrm.core.table.dates import serial
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import SourceRefusedError


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)))
def test_moments_come_back(value):
    value = value.replace(microsecond=value.microsecond // 1000 * 1000)
    found = moment(serial(value))
    expected = value.date() if value == datetime(value.year, value.month, value.day) else value
    assert found == expected


def test_what_is_no_day_stays_a_number():
    assert moment(1e9) == 1e9
    assert moment(-1e9) == -1e9
    assert moment(46082) == date(2026, 3, 1)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(SourceRefusedError) as told:
        to_raw(number)
    assert told.value.code == "not-a-number"


def test_the_longest_text():
    assert to_raw("x" * 50_000)
    with pytest.raises(SourceRefusedError) as told:
        to_raw("x" * 50_001)
    assert told.value.code == "too-long"


def test_what_no_cell_holds_becomes_what_one_does():
    assert to_raw(2**53 + 1) == str(2**53 + 1)
    assert to_raw("a\ud800b") == "ab"
    assert to_raw("") is None
    assert to_raw(CellError("#N/A")) == "#N/A"


def test_a_text_is_never_a_formula():
    assert entered("=1+1") == {"userEnteredValue": {"stringValue": "=1+1"}}
    assert entered(True) == {"userEnteredValue": {"boolValue": True}}
    assert entered(None) == {}


def test_a_truth_value_is_no_number():
    assert not alike(True, 1)
    assert not alike(0, False)
    assert alike(2, 2.0)
    assert not alike("2", 2)
