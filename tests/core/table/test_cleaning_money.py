from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.values import CellError

INDONESIA = Locale()
SPAIN = Locale(country="ES", currency="EUR", language="es", timezone="Europe/Madrid")
STATES = Locale(country="US", currency="USD", language="en", timezone="America/New_York")
MEXICO = Locale(country="MX", currency="MXN", language="es", timezone="America/Mexico_City")


def money(cell, locale=INDONESIA):
    cleaned = clean_column([cell], FieldType.MONEY, locale)
    return cleaned.values[0], (cleaned.faults or [(0, "", "")])[0][1]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (5_000_000, 5_000_000),
        (1200.5, 1200.5),
        ("Rp 5.000.000", 5_000_000),
        ("Rp5.000.000,-", 5_000_000),
        ("Rp. 5.000.000,00", 5_000_000),
        ("IDR 5,000,000", 5_000_000),
        ("5 jt", 5_000_000),
        ("5jt", 5_000_000),
        ("± 5 jutaan", 5_000_000),
        ("5,5 juta", 5_500_000),
        ("Rp 7.5jt", 7_500_000),
        ("1,2 M", 1_200_000_000),
        ("1,2 miliar", 1_200_000_000),
        ("2 triliun", 2_000_000_000_000),
        ("500rb", 500_000),
        ("500 ribu", 500_000),
        ("1 juta 500 ribu", 1_500_000),
        ("kurang lebih 7,5 jt", 7_500_000),
        ("1 200", 1200),
        ("1\u00a0200\u00a0000", 1_200_000),
        ("1'200.50", 1200.5),
        ("1.200", 1200),
        ("1.200,50", 1200.5),
        ("1,200.50", 1200.5),
        ("12,34,567.00", 1_234_567),
        (".5", 0.5),
        ("0.125", 0.125),
        ("(1.200)", -1200),
        ("-500", -500),
        ("\ufeff 750.000 ", 750_000),
    ],
)
def test_amounts_in_rupiah(cell, expected):
    assert money(cell) == (expected, "")


@pytest.mark.parametrize(
    ("cell", "locale", "expected"),
    [
        ("1.200,50 €", SPAIN, 1200.5),
        ("1.200", SPAIN, 1200),
        ("€1,200", SPAIN, 1200),
        ("3 mil", SPAIN, 3000),
        ("5 mil millones", SPAIN, 5_000_000_000),
        ("1,5 millones de euros", SPAIN, 1_500_000),
        ("1,2 M", SPAIN, 1_200_000),
        ("$1,200.50", STATES, 1200.5),
        ("$1.200", STATES, 1200),
        ("USD 3k", STATES, 3000),
        ("US$ 3.5k", STATES, 3500),
        ("5k$", STATES, 5000),
        ("1,200", STATES, 1200),
        ("$2M", STATES, 2_000_000),
        ("5 mil", STATES, 5_000_000),
        ("$ 1,200 pesos", MEXICO, 1200),
        ("MX$500", MEXICO, 500),
        ("2.4 mdp", MEXICO, 2_400_000),
        ("$1.5MDP", MEXICO, 1_500_000),
        ("$2'500,000", MEXICO, 2_500_000),
        ("1’234,567.50", MEXICO, 1_234_567.5),
        ("$ 2,450,000.00 M.N.", MEXICO, 2_450_000),
        ("$2,450,000 MN", MEXICO, 2_450_000),
        ("$2.800.000", MEXICO, 2_800_000),
        ("5 mn", STATES, 5_000_000),
    ],
)
def test_amounts_of_other_workspaces(cell, locale, expected):
    assert money(cell, locale) == (expected, "")


@pytest.mark.parametrize(
    ("cell", "locale", "expected", "remark"),
    [
        ("$1,200.50", INDONESIA, 1200.5, "in USD, while the workspace counts in IDR"),
        ("1.200,50 €", INDONESIA, 1200.5, "in EUR"),
        ("S/ 500", INDONESIA, 500, "in PEN"),
        ("$ 5k USD", SPAIN, 5000, "in USD"),
        ("1.200", STATES, 1.2, "“.” is the decimal sign"),
        ("5-10 jt", INDONESIA, 5_000_000, "lower end"),
        ("Rp. 5 juta s/d Rp 10 juta", INDONESIA, 5_000_000, "lower end"),
        ("500 - 1 jt", INDONESIA, 500_000, "lower end"),
        ("10–15 juta", INDONESIA, 10_000_000, "lower end"),
        ("entre 5 y 10 mil", SPAIN, 5000, "lower end"),
        ("between 5k and 10k", STATES, 5000, "lower end"),
        ("max 5jt", INDONESIA, 5_000_000, "limit"),
        ("> 10 jt", INDONESIA, 10_000_000, "limit"),
        ("5jt/bulan", INDONESIA, 5_000_000, "bulan"),
        ("entre 2 y 2.5 mdp", MEXICO, 2_000_000, "lower end"),
        ("$1.850 mdp", MEXICO, 1_850_000, "“.” is the decimal sign"),
        ("1.2 mdd", MEXICO, 1_200_000, "in USD"),
        ("120 mil dls", MEXICO, 120_000, "in USD"),
    ],
)
def test_readings_that_a_person_should_know_of(cell, locale, expected, remark):
    value, message = money(cell, locale)
    assert value == expected
    assert remark in message
    assert str(cell) in message


@pytest.mark.parametrize(
    "cell",
    ["abc", "lima juta", "12/05/2025", "1.2.3", "5 orang", "12%", "Rp", "Rp 5 $ 3 €", "0812 3456", True,
     date(2025, 1, 2), "9" * 30, "5 - 10 - 15", "1,200,50"],
)  # fmt: skip
def test_what_is_no_amount_is_an_error_with_a_fault(cell):
    value, message = money(cell)
    assert value == CellError("#VALUE!")
    assert "amount of money" in message


@pytest.mark.parametrize(
    ("language", "short"), [("id", "5 jt"), ("es-MX", "5 millones"), ("en", "5 million")]
)
def test_how_to_write_an_amount_is_said_in_the_words_of_the_workspace(language, short):
    cleaned = clean_column(["abc"], FieldType.MONEY, Locale(language=language))
    assert cleaned.faults[0][2] == f"write it like 5000000 or {short}"


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "?", "n/a", "TBD", "belum tahu", "no sé"])
def test_unknown_is_blank(cell):
    assert money(cell) == (None, "")


def test_an_error_of_the_sheet_stays_itself():
    value, message = money(CellError("#N/A"))
    assert value == CellError("#N/A")
    assert "#N/A" in message


AMOUNTS = st.integers(min_value=-(10**12), max_value=10**12)
STYLES = {
    "ID": (INDONESIA, "Rp {}", ".", ","),
    "ES": (SPAIN, "{} €", ".", ","),
    "US": (STATES, "${}", ",", "."),
}


@given(AMOUNTS, st.integers(0, 99), st.sampled_from(sorted(STYLES)))
def test_what_is_formatted_is_read_back(whole, cents, country):
    locale, style, group, decimal = STYLES[country]
    digits = f"{abs(whole):,}".replace(",", group) + f"{decimal}{cents:02}"
    sign = "-" if whole < 0 else ""
    value, message = money(sign + style.format(digits), locale)
    assert value == pytest.approx((-1 if whole < 0 else 1) * (abs(whole) + cents / 100), rel=1e-12)
    assert message == ""


@given(st.integers(1, 9999), st.sampled_from([("rb", 3), ("jt", 6), ("miliar", 9), ("ribu", 3)]))
def test_scaled_amounts_are_read_back(tenths, scale):
    word, power = scale
    text = f"{tenths / 10:.1f}".replace(".", ",")
    assert money(f"Rp {text} {word}") == (tenths * 10 ** (power - 1), "")
