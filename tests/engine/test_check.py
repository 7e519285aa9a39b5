from __future__ import annotations

from dataclasses import replace

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.core.table.fields import Field
from sheetcrm.engine.check import check
from sheetcrm.engine.sync import plan, sync
from sheetcrm.errors import SourceBusyError, SourceNotFoundError, SourceRefusedError
from tests.engine.team import GRID, QUALIFICATION


def test_a_workspace_without_faults(make):
    report = check(make(MemoryTabSource(GRID)))
    assert report.exit_code == 0
    [source] = report.sources
    assert source.leads == 3
    assert source.fields["budget"] == "Budget"
    assert list(source.others) == ["Notes"]
    assert source.new_columns == ["Lead ID", "Score", "Stage", "Why", "Email status"]


def test_fields_that_rules_read_and_the_tab_lacks_are_told_with_the_rules(make):
    grid = [row[:3] for row in GRID]
    report = check(make(MemoryTabSource(grid)))
    assert report.exit_code == 0
    assert list(report.sources[0].missed) == ["budget"]
    assert report.sources[0].missed["budget"] == ["score[1].rule[2].points"]


def test_a_tab_in_which_nobody_is_found_is_no_tab_of_leads(make):
    report = check(make(MemoryTabSource([["A", "B"], [1, "x"], [2, "y"]])))
    assert report.sources[0].nobody
    assert report.exit_code == 1


def test_a_field_that_identifies_says_who_the_leads_are(make):
    source = MemoryTabSource([["Number", "B"], [1, "x"], [2, "y"]])
    workspace = make(source)
    number = Field(name="number", headers=("Number",), identifies=True)
    rules = replace(workspace.rules, fields=(*workspace.rules.fields, number))
    report = check(replace(workspace, rules=rules))
    assert not report.sources[0].nobody
    assert report.exit_code == 0


def test_outputs_that_stand_there_already_are_told_before_the_first_sync(make):
    grid = [[*GRID[0], "Stage"], *([*row, None] for row in GRID[1:])]
    workspace = make(MemoryTabSource(grid))
    assert list(check(workspace).sources[0].taken_over) == ["Stage"]
    sync(workspace)
    assert list(check(workspace).sources[0].taken_over) == []


def test_with_two_sources_a_fault_names_its_source(make):
    stages = (QUALIFICATION.stages[0], Stage(name="MQL", when="=[@Notes]<>1"))
    other = MemoryTabSource([row[:5] for row in GRID], name="web")
    workspace = make(
        MemoryTabSource(GRID), other, qualification=replace(QUALIFICATION, stages=stages)
    )
    report = check(workspace)
    assert report.exit_code == 2
    [fault] = report.faults
    assert "(source web)" in str(fault)


def test_faults_of_formulas_and_templates_are_told_together_with_the_place_in_the_formula(make):
    stages = (QUALIFICATION.stages[0], Stage(name="MQL", when="=1+[@Nots]+[@Bugdet]"))
    templates = {"welcome/01-intro.en.md": "---\nSubject: {{ lead.\n---\n"}
    workspace = make(
        MemoryTabSource(GRID),
        qualification=replace(QUALIFICATION, stages=stages),
        templates=templates,
    )
    told = [str(fault) for fault in check(workspace).faults]
    assert told[0].startswith("templates/welcome/01-intro.en.md:")
    first, second = (fault.splitlines() for fault in told[-2:])
    where = "config/stages.toml:7: stage[2].when: unknown field"
    assert first == [
        f"{where} [@Nots] — did you mean [@Notes]?",
        "    =1+[@Nots]+[@Bugdet]",
        "       ^",
    ]
    assert second[0] == f"{where} [@Bugdet] — did you mean [@Budget]?"
    assert second[2] == " " * 15 + "^"


class Missing:
    reads = 0

    def read(self, known_headers=()):
        self.reads += 1
        raise SourceNotFoundError("cities.xlsx: there is no such file", hint="make it")


def test_a_table_that_fails_is_read_once_for_all_sources_and_named_with_the_others(make):
    tables = {"Cities": Missing(), "Prices": Missing()}
    workspace = replace(
        make(MemoryTabSource(GRID), MemoryTabSource(GRID, name="web")), tables=tables
    )
    report = check(workspace)
    assert [error.message.split(": ")[1] for error in report.table_errors] == [
        "table Cities",
        "table Prices",
    ]
    planned = plan(workspace)
    assert [str(result.error) for result in planned.results] == [
        "cities.xlsx: there is no such file"
    ] * 2
    assert [table.reads for table in tables.values()] == [2, 2]  # once by check, once by plan


def test_a_table_that_cannot_be_read_is_named_and_the_rest_is_checked(make):
    workspace = replace(make(MemoryTabSource(GRID)), tables={"Cities": Missing()})
    report = check(workspace)
    [error] = report.table_errors
    assert "table Cities: cities.xlsx" in error.message
    assert report.sources[0].leads == 3
    assert report.exit_code == 1


class Rehearsed(MemoryTabSource):
    """A source that knows beforehand that it cannot be written."""

    def __init__(self, *args, fault, **more):
        super().__init__(*args, **more)
        self.fault = fault
        self.asked = []

    def rehearse(self, tab, headers):
        self.asked.append(list(headers))
        if self.fault:
            raise self.fault


def test_a_source_that_could_not_be_written_is_told_with_all_else_that_was_found(make):
    view_only = SourceRefusedError("you may only look", code="view-only")
    source = Rehearsed(GRID, fault=view_only)
    report = check(make(source))
    assert report.exit_code == 1
    assert report.sources[0].obstacle is view_only
    assert (report.sources[0].error, report.sources[0].leads) == (None, 3)
    assert source.asked == [["Lead ID", "Score", "Stage", "Why", "Email status"]]
    source.fault = None
    report = check(make(source))
    assert (report.exit_code, report.sources[0].obstacle) == (0, None)


def test_a_log_tab_that_is_something_else_is_told_before_a_sync_refuses_it(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    workspace = replace(workspace, rules=replace(workspace.rules, log_tab="Stage log"))
    assert check(workspace).exit_code == 0
    source.tabs["STAGE log"] = [["City", "When"], ["Bandung", 3]]
    report = check(workspace)
    assert report.exit_code == 1
    assert "“Stage log” is not a log of stage moves" in report.sources[0].obstacle.message
    assert sync(workspace).results[0].error.message == report.sources[0].obstacle.message
    source.tabs["STAGE log"] = []
    assert check(workspace).exit_code == 0


def test_what_passes_by_itself_is_no_reason_to_look(make):
    busy = SourceBusyError("quota")
    assert check(make(Rehearsed(GRID, fault=busy))).exit_code == 75
    gone = SourceRefusedError("gone", code="x")
    both = make(Rehearsed(GRID, fault=busy), Rehearsed(GRID, name="web", fault=gone))
    assert check(both).exit_code == 1
