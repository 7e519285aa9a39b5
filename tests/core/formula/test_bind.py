"""Names that are not there, each with its place and the nearest one."""

from __future__ import annotations

import pytest

from sheetcrm.core.formula import Names, check, parse

NAMES = Names(
    columns=frozenset({"Budget", "Last activity", "Teléfono", "Score"}),
    tables={"Cities": frozenset({"City", "Points"})},
    parameters=frozenset({"min_budget", "target_cities"}),
)


@pytest.mark.parametrize(
    "text",
    [
        "=[@budget]+[@BUDGET]+[@[ Budget ]]",
        "=[@last_activity]&[@LastActivity]",
        "=[@telefono]",
        "=Leads[@Budget]+SUM(Leads[Budget])+SUM([Score])",
        "=SUM(cities[points])*MIN_BUDGET",
        "=VLOOKUP([@Score],Cities,2,FALSE)",
        "=MATCH(1,target_cities,0)",
        "=1+1",
    ],
)
def test_names_agree_without_case_accents_blanks(text):
    assert check(parse(text), NAMES) == []


@pytest.mark.parametrize(
    ("text", "offset", "message", "hint"),
    [
        ("=1+[@Budjet]", 3, "unknown field [@Budjet]", "did you mean [@Budget]?"),
        ("=[@[Last activty]]", 1, "unknown field [@[Last activty]]", "[@[Last activity]]"),
        ("=SUM([Budjet])", 5, "unknown field [Budjet]", "did you mean [Budget]?"),
        ("=[@Qqq]", 1, "unknown field [@Qqq]", "[fields]"),
        ("=SUM(Cities[Point])", 5, "no column Point", "did you mean Cities[Points]?"),
        ("=SUM(Cities[Zzz])", 5, "no column Zzz", "City, Points"),
        ("=SUM(City[Points])", 5, "there is no table City", "did you mean Cities[Points]?"),
        ("=SUM(City[Zzz])", 5, "there is no table City", '[[table]] name = "City"'),
        ("=SUM(Prices[Score 2])", 5, "there is no table Prices", 'declare it: [[table]] name = "P'),
        ("=Leads[@Budjet]", 1, "there is no table Leads", "of the leads is written [@Header]"),
        ("=Cities[@Points]", 1, "no row in the table", "XLOOKUP("),
        ("=[@Budget]>min_budgt", 11, "unknown name min_budgt", "did you mean min_budget?"),
        ("=Budget>5", 1, "unknown name Budget", "did you mean [@Budget]?"),
        ("=xyzzy", 1, "unknown name xyzzy", "[parameters]"),
    ],
)
def test_an_unknown_name_is_told(text, offset, message, hint):
    [fault] = check(parse(text), NAMES)
    assert message in fault.message
    assert hint in fault.hint
    assert (fault.text, fault.offset) == (text, offset)


def test_all_faults_come_at_once_in_order():
    faults = check(parse("=IF([@Aa]>bb, SUM(Cities[Cc]), [@Budget])"), NAMES)
    assert [fault.offset for fault in faults] == [4, 10, 18]
