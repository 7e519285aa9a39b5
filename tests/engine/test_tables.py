"""Reference tables: keys that a lookup would find more than once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.adapters.tables import RowsTable
from sheetcrm.core.formula import Frame
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.engine.check import check
from sheetcrm.engine.tables import repeated_keys
from tests.engine.team import GRID, QUALIFICATION

TABLES = {
    "Cities": Frame(
        {"City": ["Jakarta", "Bogor", "JAKARTA", None, None], "Points": [1, 2, 3, 3, None]}
    )
}


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("=XLOOKUP([@City], cities[city], Cities[Points])", ["City"]),
        ("=1+VLOOKUP([@City], Cities, 2, FALSE)", ["City"]),
        ("=VLOOKUP([@City], Cities[[City]:[Points]], 2, FALSE)", ["City"]),
        ("=IF(ISNUMBER(MATCH([@Budget], Cities[Points], 0)), 1, 0)", ["Points"]),
        ("=SUM(Cities[Points])+XLOOKUP(1, [Budget], [City])", []),
        ("=XLOOKUP([@City], Nope[City], Nope[Points])", []),
    ],
)
def test_keys_that_stand_in_several_rows_are_noted_where_they_are_looked_up(formula, columns):
    notes = repeated_keys(TABLES, [formula, formula])
    assert [note.split(" ")[2] for note in notes] == columns
    for note in notes:
        assert ("“Jakarta”" if columns == ["City"] else "“3”") in note


def test_check_notes_them(make):
    stages = (*QUALIFICATION.stages[:2], Stage(name="SQL", when="=VLOOKUP([@City],Cities,2,0)>1"))
    table = RowsTable("Cities", [{"City": "a", "Points": 1}, {"City": "A", "Points": 2}])
    workspace = make(MemoryTabSource(GRID), qualification=replace(QUALIFICATION, stages=stages))
    report = check(replace(workspace, tables={"Cities": table}))
    assert report.exit_code == 0
    assert report.notes == ["table Cities: City holds “a” more than once; a lookup finds the first"]
