"""Functions that formualizer evaluates for us: what Excel's documentation says they give.

The answers in fallback_cases.txt are Excel's, with as many digits as its documentation shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.fallback import knows
from sheetcrm.core.formula.singles import SINGLES
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import FormulaError

LINES = Path(__file__).with_name("fallback_cases.txt").read_text(encoding="utf-8").splitlines()
LEADS = Frame({"N": [4.0, 9.0, None, "x", "5", True, CellError("#N/A"), 4.0]})


@pytest.mark.parametrize("line", LINES)
def test_excels_answer(line):
    text, _, expected = line.rpartition(" → ")
    [[answer]] = evaluate([parse(text)], Frame({"A": [None]}))
    if expected.startswith('"'):
        assert answer == expected[1:-1]
    elif expected in {"TRUE", "FALSE"}:
        assert answer is (expected == "TRUE")
    else:
        digits = len(expected.strip("-").replace(".", "").lstrip("0"))
        assert answer == pytest.approx(float(expected), rel=10.0 ** (2 - min(digits, 12)), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=FACT([@N])", [24, 362_880, 1, "#VALUE!", 120, 1, "#N/A", 24]),
        ('=ROMAN([@N])&"."', ["IV.", "IX.", ".", "#VALUE!", "V.", "I.", "#N/A", "IV."]),
        ("=TYPE([@N])", [1, 1, 1, 2, 2, 4, "#N/A", 1]),
        ("=SUM(SEQUENCE(IFERROR(N([@N]),0)+1))", [15, 55, 1, 1, 1, 3, 1, 15]),
        ("=COUNT(UNIQUE([N]))+COUNTA(SORT({3;1}))", [5] * 8),  # of blank cells UNIQUE makes 0
        (
            '=INDEX(TEXTSPLIT(T([@N])&"-b","-"),1)&"!"',
            ["!", "!", "!", "x!", "5!", "!", "#N/A", "!"],
        ),
    ],
)
def test_every_kind_of_value_goes_in_as_what_it_is(text, expected):
    [answers] = evaluate([parse(text)], LEADS)
    shown = [one.code if isinstance(one, CellError) else one for one in answers]
    assert shown == expected


@pytest.mark.parametrize("name", ["MDETERM", "COUPNUM", "PROB", "FVSCHEDULE"])
def test_what_it_does_not_know_is_refused_when_the_formula_is_read(name):
    assert not knows(name)
    with pytest.raises(FormulaError, match=f"there is no function {name}"):
        parse(f"={name}(1,2,3)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=SUM(FACT({1,2,3}))", 9.0),
        ('=TEXTJOIN(",",TRUE,ROMAN({1,2;3,4}))', "I,II,III,IV"),
        ("=SUM(ISEVEN({1,2,4})*1)", 2.0),
        ("=ROUND(SUM(SIN({1,2})),6)", 1.750768),
        ("=SUM(COMBIN({4;5},{2,3}))", 30.0),
        ("=SUM(FV(0,12,{-1,-2},,1))", 36.0),
        ("=SUM(RADIANS([N]))", CellError("#VALUE!")),
        ("=SUM(IFERROR(FACT([N]),0))", 24.0 + 362_880 + 1 + 120 + 1 + 24),
    ],
)
def test_a_function_of_one_value_is_called_for_each_item_of_an_array(text, expected):
    assert evaluate([parse(text)], LEADS)[0] == [expected] * 8


def test_an_array_that_differs_from_lead_to_lead_is_computed_item_by_item():
    [answers] = evaluate([parse("=SUM(FACT([@X]*{1,2}))")], Frame({"X": [1.0, 2.0, 3.0]}))
    assert answers == [3.0, 26.0, 726.0]


def test_functions_of_one_value_are_known():
    assert all(knows(name) for name in SINGLES)
