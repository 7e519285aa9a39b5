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
