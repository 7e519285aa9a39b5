"""References as people paste them out of Excel's tables, and what each means."""

from __future__ import annotations

import pytest

from sheetcrm.core.formula import Frame, Names, check, evaluate, parse
from sheetcrm.errors import FormulaError

LEADS = Frame(
    {"City": ["Bogor", "jakarta"], "Budget": [10, 20], "January": [1, 2], "March": [5, 6]}
)
CITIES = {
    "Cities": Frame(
        {"City": ["Jakarta", "Bogor"], "Region": ["W", "E"], "Points": [20, 10]},
    )
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=VLOOKUP([@City], Cities, 3, FALSE)", [10, 20]),
        ("=VLOOKUP([@City], Cities[], 3, FALSE)", [10, 20]),
        ("=VLOOKUP([@City], Cities[#All], 3, FALSE)", [10, 20]),
        ("=VLOOKUP([@City], Cities[#Data], 3, FALSE)", [10, 20]),
        ("=VLOOKUP([@City], Cities[[City]:[Points]], 3, FALSE)", [10, 20]),
        ("=VLOOKUP([@City], Cities[[#All],[City]:[Points]], 3, 0)", [10, 20]),
        ('=VLOOKUP([@City], Cities, MATCH("points", Cities[#Headers], 0), 0)', [10, 20]),
        ("=INDEX(Cities, 1, MATCH(Cities[[#Headers],[Points]], Cities[#Headers], 0))", [20, 20]),
        ("=COLUMNS(Cities[#Headers])", [3, 3]),
        ("=Leads[[#This Row],[Budget]]", [10, 20]),
        ("=Leads[[#This Row], [Budget]]", [10, 20]),
        ("=Leads[@Budget]", [10, 20]),
        ("='Leads'[@Budget]", [10, 20]),
        ("=SUM(Cities[ [Points] ])", [30, 30]),
        ("=SUM(Leads[[January]:[March]])", [14, 14]),
        ("=SUM(Leads[[March]:[January]])", [14, 14]),
    ],
)
def test_what_excel_accepts_is_accepted(text, expected):
    assert evaluate([parse(text)], LEADS, tables=CITIES) == [expected]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("=SUM(Leads[@[January]:[March]])", "several cells", "SUM([@[January]], …, [@[March]])"),
        ("=SUM([@[January]:[March]])", "several cells", "name each of them"),
        ("=SUM([@January]:[@March])", "two values", "the range of a table"),
        ("=Cities[[#Totals],[Points]]", "cannot use", "[@Header]"),
        ("=SUM(Cities[[#Headers],[#Data],[Points]])", "cannot use", "[@Header]"),
        ("=COUNTA(Leads[@])", "cannot use", "[@Header]"),
    ],
)
def test_what_a_formula_over_leads_cannot_use_is_told_with_what_to_write(text, message, hint):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_column_with_two_names_is_one_column_of_a_range():
    shared = [1, 2]
    frame = Frame({"budget": shared, "Anggaran": shared, "More": [10, 20]})
    assert evaluate([parse("=SUM(Leads[[Anggaran]:[More]])")], frame) == [[33, 33]]
    assert evaluate([parse("=SUM(Leads[[budget]:[More]])")], frame) == [[33, 33]]


def test_a_misspelled_table_is_not_taken_for_the_tab_of_the_leads():
    names = Names(columns=frozenset({"City", "Budget"}), tables={"Cities": frozenset({"City"})})
    [fault] = check(parse("=MATCH([@City], Citis[City], 0)"), names)
    assert fault.message == "there is no table Citis"
    assert fault.hint.startswith("did you mean Cities[City]?")
    for fine in ("=SUM(Leads[City])", "=SUM(Citis[Budget])", "=SUM(Prospek[City])"):
        assert check(parse(fine), names) == []
