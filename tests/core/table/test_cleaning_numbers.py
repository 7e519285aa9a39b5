from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.values import CellError


def number(cell, **locale):
    cleaned = clean_column([cell], FieldType.NUMBER, Locale(**locale))
    return cleaned.values[0], (cleaned.faults or [(0, "", "")])[0][1]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (3, 3),
        (2.5, 2.5),
        (True, 1),
        (False, 0),
        ("12", 12),
        ("12,5", 12.5),
        ("1.200", 1200),
        ("12%", 0.12),
        ("12,5 %", 0.125),
        ("50 persen", 0.5),
        ("5k", 5000),
        ("2x", 2),
        ("3 kali", 3),
        ("90 hari", 90),
        ("3 bulan", 90),
        ("2 weeks", 14),
        ("1 año", 365),
        ("2 semanas", 14),
        ("segera", 0),
        ("ASAP", 0),
        ("lo antes posible", 0),
        ("Este mes", 30),
        ("minggu depan", 7),
        ("en 6 meses", 180),
        ("within 3 months", 90),
        ("no tiene", None),
        ("?", None),
        ("belum tahu", None),
        (None, None),
    ],
)
def test_numbers(cell, expected):
    assert number(cell) == (expected, "")


def test_ya_is_at_once_in_spanish_and_yes_in_indonesian():
    assert number("ya", country="MX", language="es-MX") == (0, "")
    assert number("ya")[0] == CellError("#VALUE!")


@pytest.mark.parametrize(
    ("cell", "expected", "remark"),
    [("3-6 bulan", 90, "lower end"), ("12 kWp", 12, "kwp"), ("> 6 bulan", 180, "limit")],
)
def test_numbers_with_a_remark(cell, expected, remark):
    value, message = number(cell)
    assert value == expected
    assert remark in message


@pytest.mark.parametrize("cell", ["dua", "31/12/2025", "a 5", date(2025, 1, 2)])
def test_no_numbers(cell):
    value, message = number(cell)
    assert value == CellError("#VALUE!")
    assert "a number" in message


def test_the_country_decides_about_a_single_sign():
    assert number("1.200", country="US") == (
        1.2,
        "“1.200” is read as 1.2 (a single “.” is the decimal sign here)",
    )
    assert number("1,200", country="US") == (1200, "")
    assert number("1.200", country="ES") == (1200, "")


@given(st.floats(min_value=-1e9, max_value=1e9).map(lambda x: round(x, 2)))
def test_every_decimal_is_read_back(value):
    assert number(f"{value:.2f}".replace(".", ",")) == (pytest.approx(value), "")
