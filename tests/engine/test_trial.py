"""A formula on the leads of a workspace in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.adapters.tables import RowsTable
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.core.table.values import CellError
from sheetcrm.engine.tally import Kind
from sheetcrm.engine.trial import Read, try_formula
from sheetcrm.errors import ConfigError, SourceNotFoundError, UsageError
from tests.engine.team import GRID, QUALIFICATION


def kinds(lead):
    return [(one.value, one.kind) for one in (*lead.reads, lead.result)]


def test_what_is_read_stands_beside_what_comes_out(make):
    trial = try_formula(make(MemoryTabSource(GRID)), "=IF([@Budget]>=min_budget;[@city];-1)")
    assert trial.exit_code == 0
    assert trial.formula == "=IF([@Budget]>=min_budget,[@city],-1)"
    assert trial.leads == 3
    assert trial.reads == [Read(name="Budget", header="Budget"), Read(name="City", header="City")]
    assert trial.others == {"min_budget": "100"}
    assert [lead.name for lead in trial.rows] == ["Ana Putri", "Budi", "Citra"]
    assert [lead.row for lead in trial.rows] == [2, 3, 4]
    text, number, blank = Kind.TEXT, Kind.NUMBER, Kind.BLANK
    assert [kinds(lead) for lead in trial.rows] == [
        [(100, number), ("Jakarta", text), ("Jakarta", text)],
        [(None, blank), ("Jakarta", text), (-1, number)],
        [(40, number), ("Bandung", text), (-1, number)],
    ]
    assert trial.tally.counts == {"number": 2, "text": 1}
    assert trial.fallbacks == []


def test_a_text_that_shows_a_number_is_told_from_a_number(make):
    grid = [["Name", "Email", "Code"], ["A", "a@example.com", "12"], ["B", "b@example.com", 12]]
    trial = try_formula(make(MemoryTabSource(grid)), "=[@Code]=12")
    assert [kinds(lead) for lead in trial.rows] == [
        [("12", Kind.TEXT), (False, Kind.TRUTH)],
        [(12, Kind.NUMBER), (True, Kind.TRUTH)],
    ]
    assert trial.tally.counts == {"TRUE": 1, "FALSE": 1}


def test_the_cell_is_shown_where_it_was_read_as_something_else(make):
    grid = [["Nama", "Email", "Budget"], ["A", "a@example.com", "5 jt"], ["B", "b@example.com", 7]]
    trial = try_formula(make(MemoryTabSource(grid)), "=[@Budget]&[@Name]")
    assert [lead.reads[0].cell for lead in trial.rows] == ["5 jt", ""]
    assert trial.rows[0].reads[0].value == 5_000_000
    assert trial.reads[1] == Read(name="Name", header="Nama")


def test_only_the_first_leads_are_shown_but_all_are_counted(make):
    grid = [["Name", "Email", "N"], *([f"L{i}", f"l{i}@example.com", i] for i in range(50))]
    trial = try_formula(make(MemoryTabSource(grid)), "=10/([@N]-30)", limit=2)
    assert (len(trial.rows), trial.leads) == (2, 50)
    assert trial.tally.errors == {"#DIV/0!": [32]}
    assert trial.failing["#DIV/0!"].name == "L30"
    assert trial.tally.numbers is not None
    assert trial.tally.numbers.count == 49


def test_dates_are_days(make):
    grid = [["Name", "Email", "Last contact"], ["A", "a@example.com", date(2026, 11, 3)]]
    workspace = make(MemoryTabSource(grid))
    for text, shown in (
        ("=[@Last contact]+30", date(2026, 12, 3)),
        ("=TODAY()", date(2026, 11, 24)),
        ('=IF([@Name]="A",EDATE([@Last contact],1),0)', date(2026, 12, 3)),
        ("=MAX([Last contact])", date(2026, 11, 3)),
        ("=TODAY()-[@Last contact]", 21),
        ("=YEAR([@Last contact])", 2026),
        ("=[@Last contact]*2", 92658),
    ):
        assert try_formula(workspace, text).rows[0].result.value == shown, text


def test_outputs_are_computed_first(make):
    trial = try_formula(make(MemoryTabSource(GRID)), '=[@stage]&" "&[@Score]&" "&[@Fit]')
    assert [lead.result.value for lead in trial.rows] == ["SQL 50 50", "MQL 20 20", "Contact 12 12"]
    assert trial.reads[0] == Read(name="Stage", computed=True)


def test_a_formula_without_outputs_can_be_tried_while_rules_are_wrong(make):
    stages = (QUALIFICATION.stages[0], Stage(name="MQL", when="=[@Nope]=1"))
    workspace = make(MemoryTabSource(GRID), qualification=replace(QUALIFICATION, stages=stages))
    assert try_formula(workspace, "=[@Budget]").exit_code == 0
    with pytest.raises(ConfigError):
        try_formula(workspace, "=[@Stage]")


def test_leads_of_which_nothing_is_known_are_counted(make):
    assert try_formula(make(MemoryTabSource(GRID)), "=[@Budget]>5").blind == 1
    assert try_formula(make(MemoryTabSource(GRID)), "=1").blind == 0


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("=IF([@Budjet]>1, [@Citi], min_budgt)", ["[@Budjet]", "[@Citi]", "min_budgt"]),
        ("=([@Budget]", ["( is never closed"]),
        ("=A1", ["A1 is a position"]),
        ("=[@Skore]", ["unknown field [@Skore]"]),
    ],
)
def test_faults_are_told_with_their_places_and_nothing_is_evaluated(make, text, messages):
    trial = try_formula(make(MemoryTabSource(GRID)), text)
    assert trial.exit_code == 2
    assert trial.rows == ()
    assert len(trial.faults) == len(messages)
    for fault, message in zip(trial.faults, messages, strict=True):
        assert message in fault.message
        assert fault.picture.startswith(text)
        assert fault.hint


def test_with_several_sources_one_must_be_named(make):
    other = [["Name", "Email"], ["Zoe", "zoe@example.com"]]
    workspace = make(MemoryTabSource(GRID), MemoryTabSource(other, name="web"))
    with pytest.raises(UsageError) as caught:
        try_formula(workspace, "=1")
    assert caught.value.hint == "--source leads or --source web"
    assert try_formula(workspace, "=[@Name]", source="web").rows[0].result.value == "Zoe"
    with pytest.raises(UsageError):
        try_formula(workspace, "=1", source="wbe")


def test_a_field_that_the_tab_lacks_is_blank_and_said_so(make):
    trial = try_formula(make(MemoryTabSource([row[:2] for row in GRID])), "=[@Budget]")
    assert trial.reads == [Read(name="Budget", header="")]
    assert trial.tally.counts == {"blank": 3}


class Missing:
    def read(self, known_headers=()):
        raise SourceNotFoundError("cities.csv: there is no such file")


def test_tables_are_read_only_where_they_are_named(make):
    tables = {"Cities": RowsTable("Cities", [{"City": "Jakarta", "Points": 20}])}
    workspace = replace(make(MemoryTabSource(GRID)), tables=tables)
    trial = try_formula(workspace, "=XLOOKUP([@City],Cities[City],Cities[Points])+COUNT([Budget])")
    assert trial.others == {
        "Cities[City]": "1 value",
        "Cities[Points]": "1 value",
        "[Budget]": "3 values",
    }
    assert [lead.result.value for lead in trial.rows] == [22, 22, CellError("#N/A")]
    broken = replace(workspace, tables={"Cities": Missing()})
    assert try_formula(broken, "=[@Budget]").exit_code == 0
    with pytest.raises(SourceNotFoundError):
        try_formula(broken, "=ROWS(Cities)")


def test_functions_of_the_fallback_are_named(make):
    assert try_formula(make(MemoryTabSource(GRID)), "=ROMAN([@Budget])").fallbacks == ["ROMAN"]
