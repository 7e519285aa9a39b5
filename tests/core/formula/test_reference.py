"""docs/formulas.md says what the functions say of themselves; their examples work."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.events import Events
from sheetcrm.core.formula.reference import MARK, OURS, function_reference
from sheetcrm.core.formula.registry import find, names

DOCS = Path(__file__).parents[3] / "docs" / "formulas.md"
LEADS = Frame(
    {
        "City": ["Jakarta", "bogor", None],
        "Budget": [60_000_000, 5_000_000, None],
        "Last contact": [date(2026, 1, 5), date(2025, 12, 1), None],
        "First contact": [date(2025, 1, 5), date(2025, 2, 1), date(2025, 3, 1)],
        "Signed on": [date(2025, 6, 1), None, None],
        "Birthday": [date(1990, 6, 1), None, None],
        "Score": [80, 45, 5],
        "Stage": ["Customer", "Lead", "Contact"],
        "Email": ["ana@corp.example", "x@gmail.com", None],
        "Replied": [True, False, None],
        "Called": [True, False, None],
        "Mailed": [False, False, True],
        "Employees": [10, 0, None],
        "Price": [1, 0, None],
        "Phone": ["+62812", None, "0812"],
        "Interest": ["solar; battery", "EV", None],
        "Last activity": ["Asked for a price", None, None],
        "Note": ["12 kWp roof", "", None],
        "Size": ["S", "M", "L"],
        "Country": ["Indonesia", "Indonesia", None],
        "January": [1, 2, None],
        "February": [3, None, None],
        "Units": [2, 3, None],
        "Change": [-1, 0, 1],
    },
    Events(height=3, leads=[0, 0], kinds=["demo", "call"], days=[date(2026, 1, 2)] * 2),
)
TABLES = {"Cities": Frame({"City": ["Jakarta", "Bogor"], "Points": [20, 10]})}
PARAMETERS = {
    "min_budget": 50_000_000,
    "target_cities": ["Jakarta"],
    "stages": ["Lead", "Customer"],
}


def test_the_document_is_what_the_functions_say():
    _, mark, written = DOCS.read_text(encoding="utf-8").partition(MARK + "\n\n")
    assert mark
    assert written == function_reference()


def test_every_function_is_in_the_document_once():
    written = function_reference()
    assert [name for name in names() if written.count(f"| `{name}(") != 1] == []


def test_our_own_functions_are_marked_as_ours():
    _, _, own = function_reference().partition(OURS)
    assert [line.split("(")[0].strip("| `") for line in own.splitlines() if "(" in line] == sorted(
        name for name in names() if find(name).ours
    )
    assert {"HASANY", "HASALL", "DAYSSINCE", "DOMAIN", "FREEMAIL", "UNKNOWN"} <= {
        name for name in names() if find(name).ours
    }


@pytest.mark.parametrize("name", names())
def test_an_example_uses_its_function_and_gives_an_answer(name):
    formula = parse(find(name).example)
    assert name in formula.functions
    [answers] = evaluate(
        [formula], LEADS, tables=TABLES, parameters=PARAMETERS, now=datetime(2026, 1, 20, 9)
    )
    assert len(answers) == 3
    first = answers[0]
    assert name in {"NA", "ISERR", "IFNA"} or isinstance(first, (bool, float, str))
