"""What is computed once for each distinct text is what it is lead by lead."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.table.values import CellError

FORMULAS = [
    '=UPPER(LEFT([@City], 3)) & "-" & [@Status] & "-" & [@Score]',
    '=OR([@Status]="won", [@City]="bogor")',
    "=COUNTA([@City], [@Status]) + LEN([@City])",
    "=COUNTIF([City], [@City])",
    '=IFERROR(SEARCH("o", [@City]), "none")',
    '=IF(ISBLANK([@City]), [@Score], [@City]&"!")',
    '=IFS([@Status]="won", 1, [@Status]="lost", 1/0)',
    '=SUM(([@City]={"Bogor","Jakarta"})*1)',
    "=[@Status]",
    "=[@City]+1",
]
LEAD = st.tuples(
    st.sampled_from(["Jakarta", "Bogor", "bogor", "", "7", None]),
    st.sampled_from(["won", "lost", "Won", None]),
    st.sampled_from([0.0, 12.5, None]),
)


def answers(leads, form):
    columns = dict(
        zip(("City", "Status", "Score"), map(list, zip(*leads, strict=True)), strict=True)
    )
    frame = Frame(pl.DataFrame(columns, strict=False) if form is pl.DataFrame else columns)
    return evaluate([parse(formula) for formula in FORMULAS], frame)


@pytest.mark.parametrize("form", [dict, pl.DataFrame])
@given(st.lists(LEAD, min_size=30, max_size=30))
@settings(max_examples=6, deadline=None)
def test_many_leads_answer_as_few_do(form, leads):
    """Thirty leads are computed one by one, the same a hundred times over by distinct texts."""
    few, many = answers(leads, dict), answers(leads * 100, form)
    for formula, short, long in zip(FORMULAS, few, many, strict=True):
        counts = 100 if formula.startswith("=COUNTIF(") else 1
        assert long == [value * counts for value in short] * 100 if counts > 1 else short * 100


def test_an_error_of_a_text_that_no_lead_has_reaches_nobody():
    leads = {"City": ["Bogor", "Depok"] * 2_000, "Status": ["won", "won"] * 2_000}
    found = evaluate([parse('=IF([@Status]="won", [@City], 1/0)')], Frame(leads))
    assert found == [["Bogor", "Depok"] * 2_000]
    assert CellError("#DIV/0!") not in found[0]
