from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.reading import display, quoted
from sheetcrm.core.table.values import ERROR_CODES, CellError

LOCALES = [
    Locale(),
    Locale(country="ES", currency="EUR", language="es", timezone="Europe/Madrid"),
    Locale(country="US", currency="USD", language="en", timezone="America/New_York"),
]
FRAGMENTS = st.lists(
    st.sampled_from(
        [*"0123456789.,-/:;()$€% \n@<>+'", "Rp", "jt", "juta", "Des", "sept", "2025", "31", "s/d", "ya", "no", "T",
         "mailto:", "gmail.con", "+62", "wa.me/", "a@b.co", "12:30", "PM", "Z", "½", "²", "١", "\u200b", "USD"]
    ),
    max_size=8,
).map("".join)  # fmt: skip
CELLS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.sampled_from([CellError(code) for code in ERROR_CODES])
    | st.text(max_size=12)
    | FRAGMENTS
)
RESULTS = {
    FieldType.NUMBER: (int, float),
    FieldType.MONEY: (int, float),
    FieldType.DATE: (date,),
    FieldType.YESNO: (bool,),
    FieldType.LIST: (str,),
    FieldType.EMAIL: (str,),
    FieldType.PHONE: (str,),
    FieldType.COUNTRY: (str,),
    FieldType.TEXT: (str, int, float, bool, date),
}


@settings(max_examples=150)
@given(st.lists(CELLS, max_size=4), st.sampled_from(FieldType), st.sampled_from(LOCALES))
def test_any_cell_becomes_a_value_of_its_type_or_an_error_with_a_fault(cells, type_, locale):
    cleaned = clean_column(cells, type_, locale)
    assert len(cleaned.values) == len(cells)
    told = {index for index, message, _ in cleaned.faults if message}
    for index, value in enumerate(cleaned.values):
        if isinstance(value, CellError):
            assert index in told
        elif value is not None:
            assert isinstance(value, RESULTS[type_])


@pytest.mark.parametrize("type_", FieldType)
@pytest.mark.parametrize("text", ["¹", "②", "Ⅳ", "٣", "१२", "１２", "1²", "5 ½"])
def test_digits_of_every_kind_are_read_or_told(text, type_):
    cleaned = clean_column([text], type_, LOCALES[0])
    assert not isinstance(cleaned.values[0], CellError) or cleaned.faults


@settings(max_examples=100)
@given(st.lists(CELLS, max_size=4), st.sampled_from(FieldType), st.sampled_from(LOCALES))
def test_what_is_clean_stays_as_it_is(cells, type_, locale):
    once = [
        value
        for value in clean_column(cells, type_, locale).values
        if not isinstance(value, CellError)
    ]
    assert clean_column(once, type_, locale).values == once


def test_equal_looking_values_of_different_kinds_are_told_apart():
    cleaned = clean_column([1, True, 1.0, "1"], FieldType.MONEY, Locale())
    assert cleaned.values == [1, CellError("#VALUE!"), 1.0, 1]
    assert [index for index, _, _ in cleaned.faults] == [1]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "TRUE"),
        (5.0, "5"),
        (0.1 + 0.2, "0.3"),
        (1e20, "1e+20"),
        (date(2025, 1, 2), "2025-01-02"),
        (datetime(2025, 1, 2, 3, 4), "2025-01-02 03:04:00"),
        (datetime(2025, 1, 2), "2025-01-02"),
        (CellError("#N/A"), "#N/A"),
    ],
)
def test_cells_for_people(cell, text):
    assert display(cell) == text


def test_a_long_cell_is_shortened_in_messages():
    assert quoted("a\nb " + "x" * 90) == "“a b " + "x" * 35 + "…”"
