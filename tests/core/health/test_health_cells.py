"""Kinds, spaces, errors, dates and blanks."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheetcrm.core.health.findings import Kind
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellError, Severity
from tests.core.health.health_sheets import examples, found, of, places, sheet


def test_formulas_that_were_never_calculated_are_no_errors():
    cells = [CellError("#N/A", calculated=False), CellError("#DIV/0!"), 5.0]
    findings = found({"Roof": cells})
    assert places(of(Kind.UNCALCULATED, findings)) == ["A2"]
    assert places(of(Kind.ERROR_CELLS, findings)) == ["A3"]
    assert examples(of(Kind.ERROR_CELLS, findings)) == [("#DIV/0!", "")]


@pytest.mark.parametrize(
    ("text", "shown", "meant"),
    [
        (" Jakarta", "·Jakarta", "Jakarta"),
        ("Jakarta\u00a0", "Jakarta°", "Jakarta"),
        ("Kota  Baru", "Kota··Baru", "Kota Baru"),
        ("Jakar\u200bta", "Jakar¦ta", "Jakarta"),
        ("Kota\tBaru", "Kota⇥Baru", "Kota Baru"),
        ("Jakarta\n", "Jakarta⏎", "Jakarta"),
        (" ", "·", ""),
    ],
)
def test_spaces_that_do_not_belong_are_shown(text, shown, meant):
    finding = of(Kind.STRAY_SPACES, found({"Roof": ["x", text, "Jakarta"]}))
    assert (places(finding), examples(finding)) == (["A3"], [(shown, meant)])


@pytest.mark.parametrize(
    "text",
    [
        "Kota Baru",
        "two\nlines",
        "👩‍🚀 astronaut",
        "A sentence that goes on and on.  And another, as some people type.  Yes.",
    ],
)
def test_other_texts_are_left_alone(text):
    assert of(Kind.STRAY_SPACES, found({"Roof": [text]})) is None


def test_numbers_that_are_text_beside_numbers():
    findings = found({"Roof": [40.0, "55", " 60 ", "007", "12 m", None]})
    assert places(of(Kind.TEXT_NUMBER, findings)) == ["A3", "A4"]
    assert places(of(Kind.MIXED_TYPES, findings)) == ["A5", "A6"]


def test_digits_alone_may_be_codes():
    assert found({"Plot": ["55", "56", "57"]}) == []


def test_amounts_with_words_are_text_to_the_sheet():
    findings = found({"Budget": ["Rp 5.000.000", 7_500_000, "5 jt", "soon"]})
    finding = of(Kind.TEXT_NUMBER, findings)
    assert examples(finding) == [("Rp 5.000.000", "5000000"), ("5 jt", "5000000")]
    assert places(of(Kind.UNREADABLE_NUMBER, findings)) == ["A5"]
    assert of(Kind.MIXED_TYPES, findings) is None


def test_csv_has_no_numbers_and_dates_to_be_text_beside():
    columns = {"Budget": ["Rp 5.000.000", 7], "Last contact": ["12 Mei 2026", date(2026, 5, 1)]}
    findings = found(columns, layout=Layout(typed=False))
    assert of(Kind.TEXT_NUMBER, findings) is None
    assert of(Kind.TEXT_DATE, findings) is None


@pytest.mark.parametrize(
    ("cells", "odd"),
    [
        ([1.0, 2.0, "many"], ["A4"]),
        (["solar", "wind", date(2026, 3, 4)], ["A4"]),
        ([date(2026, 3, 4), datetime(2026, 3, 5, 10, 0), 3.0], ["A4"]),
        ([True, False, True, "perhaps"], ["A5"]),
        (["12A", "13B", 14.0], []),
        (["12A", "13", 14.0], ["A2"]),
        ([1, 2.5, 3], []),
        ([date(2026, 3, 4), datetime(2026, 3, 5, 10, 0)], []),
    ],
)
def test_kinds_that_do_not_belong_together(cells, odd):
    assert places(of(Kind.MIXED_TYPES, found({"Roof": cells}))) == odd


def test_words_that_say_nothing_are_told_once():
    findings = found({"Need": ["roof", "-", "Select"], "Roof": [1.0, "n/a", 2.0]}, needed=["need"])
    need, area = of(Kind.PLACEHOLDERS, findings, "Need"), of(Kind.PLACEHOLDERS, findings, "Roof")
    assert (places(need), places(area)) == (["A3", "A4"], ["B3"])
    assert (need.severity, area.severity) == (Severity.WARNING, Severity.NOTE)
    assert of(Kind.MIXED_TYPES, findings) is None


def test_where_words_for_nothing_are_read_as_blank_they_do_no_harm():
    assert of(Kind.PLACEHOLDERS, found({"Email": ["-", "a@example.com"]})) is None


def test_dates_that_are_text():
    findings = found(
        {
            "Last contact": ["12 Mei 2026", date(2026, 5, 1), "yesterday"],
            "Signed": [date(2026, 5, 1), "03/11/2026", "later"],
            "Built": ["2019-05-06", "2020-06-07", "2021-07-08"],
            "Version": ["1.2", "1.3", "2.0"],
        }
    )
    assert examples(of(Kind.TEXT_DATE, findings, "Last contact")) == [("12 Mei 2026", "2026-05-12")]
    assert places(of(Kind.UNREADABLE_DATE, findings)) == ["A4"]
    assert places(of(Kind.TEXT_DATE, findings, "Signed")) == ["B3"]
    assert places(of(Kind.TEXT_DATE, findings, "Built")) == ["C2:C4"]
    assert of(Kind.TEXT_DATE, findings, "Version") is None


def test_days_and_months_in_both_orders():
    findings = found({"Last contact": ["31/12/2025", "12/31/2025", "3/4/2025", "4/4/2025"]})
    assert places(of(Kind.AMBIGUOUS_DATE, findings)) == ["A4"]
    one_way = found({"Last contact": ["31/12/2025", "30/12/2025", "3/4/2025"]})
    assert of(Kind.AMBIGUOUS_DATE, one_way) is None


def test_dates_that_cannot_be():
    findings = found(
        {
            "Last contact": [date(2026, 11, 22), date(2027, 1, 1), datetime(2026, 11, 23, 1, 0)],
            "Birthday": [date(1950, 1, 1), date(1899, 12, 30), date(2030, 1, 1)],
            "Follow up on": [date(2027, 1, 1), date(2206, 1, 1), None],
            "Signed": [date(1900, 1, 1), date(2026, 1, 1), None],
        }
    )
    assert places(of(Kind.IMPOSSIBLE_DATE, findings, "Last contact")) == ["A3", "A4"]
    assert places(of(Kind.IMPOSSIBLE_DATE, findings, "Birthday")) == ["B3", "B4"]
    assert places(of(Kind.IMPOSSIBLE_DATE, findings, "Follow up on")) == ["C3"]
    assert places(of(Kind.IMPOSSIBLE_DATE, findings, "Signed")) == ["D2"]


def test_blank_cells_count_where_rules_ask():
    columns = {
        "Name": ["Ana", None],
        "Need": ["roof", " "],
        "City": [None, None],
        "Size": [1, None],
    }
    findings = found(columns, needed=["need", "city"])
    assert of(Kind.EMPTY_FIELD, findings, "Name").severity is Severity.WARNING
    assert places(of(Kind.EMPTY_FIELD, findings, "Need")) == ["B3"]
    assert places(of(Kind.EMPTY_COLUMN, findings)) == ["C"]
    assert of(Kind.EMPTY_FIELD, findings, "Size") is None


def test_our_own_columns_are_not_looked_at():
    assert (
        found({"Name": ["Ana"], "Score": [" x "], "stage": [" "]}, outputs=["Score", "Stage"]) == []
    )


def test_a_sheet_without_leads_has_no_findings_in_cells():
    empty = sheet({"Name": [], "Email": []})
    assert found(empty) == []


def test_cells_below_each_other_are_one_place():
    values = [" x" if row in {2, 5, 6, 7, 9, 10} else "x" for row in range(2, 12)]
    finding = of(Kind.STRAY_SPACES, found({"Roof": values}))
    assert places(finding) == ["A2", "A5:A7", "A9", "A10"]
    assert finding.where(2) == ("A2, A5:A7", 2)
    assert finding.where(9) == ("A2, A5:A7, A9, A10", 0)


def test_hidden_rows_between_leads_break_the_run():
    tab = sheet({"Roof": [" x", " x", " x", " x"]}, rows=[2, 3, 5, 6])
    assert places(of(Kind.STRAY_SPACES, found(tab))) == ["A2", "A3", "A5", "A6"]
