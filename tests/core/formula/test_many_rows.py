"""Answers over thousands of rows, where repeated texts are worked on once, are those of a few rows."""

from __future__ import annotations

import pytest

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.table.values import CellError

FEW = {
    "N": [700, 3, None, "x", 900.5, CellError("#N/A"), True],
    "S": ["google", "Direct", None, "GOOGLE", "chat; mail", "Direct", "google"],
    "T": ["a", "b", "a", "b", "c", None, "c"],
}
TIMES = 700


@pytest.mark.parametrize(
    "text",
    [
        "=IF([@N]>600,[@S],0)",
        "=IF([@N]>600,0,[@S])",
        "=IF([@N]>600,[@S],[@T])",
        '=IF([@S]="google",[@T],"none")',
        "=IF([@N],[@S],[@T])",
        "=IF([@N],[@S])",
        "=IFERROR([@N]/0,[@S])",
        "=IFNA([@N],[@S])",
        '=IFS([@N]>600,[@S],[@N]<5,UPPER([@T]),TRUE,"-")',
        '=SWITCH([@N],700,[@S],3,[@T],"other")',
        '=SWITCH([@S],"direct",[@N],"google",[@T],"other")',
        "=CHOOSE(IF([@N]>600,1,2),[@S],[@T])",
        "=AND([@N]>600,[@S]<>[@T])",
        '=TEXTJOIN("-",TRUE,[@S],[@T],[@N])',
        '=IF(HASANY([@S],"google"),[@N],[@S])',
        '=XLOOKUP([@S],{"google","direct"},{"g","d"},[@T])',
        "=IF(ISBLANK([@S]),[@N],LEFT([@S],2))&[@T]",
        '=IF([@T]="a",IF([@N]>600,[@S],[@N]),[@S])',
    ],
)
def test_thousands_of_rows_are_answered_as_a_few(text):
    [few] = evaluate([parse(text)], Frame(FEW))
    many = Frame({name: values * TIMES for name, values in FEW.items()})
    assert evaluate([parse(text)], many) == [few * TIMES]


ALONE = [
    "=[@N]",
    "=[@N]*2+1",
    "=[@N]>=700",
    '=[@N]="X"',
    "=IF([@N]>=700,[@N],0)",
    "=SUM([@N],10)",
    "=ROUND([@N]/3,0)",
    "=IFERROR([@N]*2,0)",
    "=AND([@N]>0,[@N]<900)",
    '=[@N]&" IDR"',
    "=-[@N]%",
    "=ISBLANK([@N])",
    "=XLOOKUP([@N],{700,3},{1,2},0)",
    "=SUM(IF([@N]>600,{1,2},{3,4}))",
    '=IFS([@N]=3,"three",ISTEXT([@N]),1/0,TRUE,[@N])',
    '=LEN([@S])+IF([@N]>3,[@N],0)&""',
    "=1/([@N]-700)",
    "=NETWORKDAYS([@N],[@N]+7)",
]


@pytest.mark.parametrize("text", ALONE)
def test_odd_values_among_many_numbers_are_answered_as_among_a_few(text):
    """So many distinct numbers that the odd values are worked on apart from them."""
    numbers = [float(number) for number in range(3, 2_703)]
    rows = [*numbers, *(value for value in FEW["N"] for _ in range(300))]
    texts = FEW["S"] * (len(rows) // 7) + FEW["S"][: len(rows) % 7]
    [whole] = evaluate([parse(text)], Frame({"N": rows, "S": texts}))
    found = []
    for start in range(0, len(rows), 900):
        short = {"N": rows[start : start + 900], "S": texts[start : start + 900]}
        found += evaluate([parse(text)], Frame(short))[0]
    assert whole == found


def test_a_column_compared_with_itself_as_a_whole_counts_odd_values_too():
    rows = [*map(float, range(2_700)), *["n/a"] * 300, *[None] * 300]
    [counts] = evaluate([parse("=COUNTIF([N],[@N])")], Frame({"N": rows}))
    # A blank criterion is 0, which one number is.
    assert counts == [1.0] * 2_700 + [300.0] * 300 + [1.0] * 300
