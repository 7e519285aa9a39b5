from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from string import ascii_uppercase

import pytest

from sheetcrm.adapters.memory import MemoryDrafts, MemoryLedger, MemoryTabSource
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.explain import explain
from sheetcrm.engine.status import status
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.errors import (
    ConfigError,
    MailerError,
    SourceBusyError,
    SourceChangedError,
    UsageError,
)
from tests.engine.team import GRID, NOW, OUTPUTS, QUALIFICATION, by_name, columns, tab_of


def test_scores_stages_and_reasons_stand_in_the_tab_afterwards(make):
    source = MemoryTabSource(GRID)
    report = sync(make(source))
    assert report.exit_code == 0
    assert columns(tab_of(source), "Name", "Score", "Stage") == [
        ("Ana Putri", 50, "SQL"),
        ("Budi", 20, "MQL"),
        ("Citra", 12, "Contact"),
    ]
    assert by_name(source, "Why")["Ana Putri"] == "+30 budget · +20 city"
    assert "unknown: budget" in str(by_name(source, "Why")["Budi"])


def test_columns_of_the_team_are_not_touched(make):
    source = MemoryTabSource(GRID)
    sync(make(source))
    assert [row[:6] for row in source.grid] == GRID


def test_a_plan_touches_nothing(make):
    source, ledger = MemoryTabSource(GRID), MemoryLedger()
    report = plan(make(source, ledger=ledger))
    assert report.results[0].plan.edits
    assert source.grid == GRID
    assert ledger.runs() == []
    assert ledger.remember("leads").leads == {}


def test_sync_executes_what_plan_showed(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    shown = plan(workspace).results[0].plan
    done = sync(workspace).results[0].plan
    assert done.edits == shown.edits
    assert [draft.raw for draft in done.drafts] == [draft.raw for draft in shown.drafts]


def test_a_second_sync_changes_nothing(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    sync(workspace)
    before = source.grid
    again = sync(workspace)
    assert again.results[0].plan.changes_nothing
    assert source.grid == before
    assert len(workspace.ledger.drafts()) == 1


def test_undo_puts_the_original_values_back(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    run = sync(workspace).run
    report = undo(workspace, run)
    assert report.exit_code == 0
    assert [[value for value in row[6:] if value is not None] for row in source.grid[1:]] == [
        [],
        [],
        [],
    ]
    assert [row[:6] for row in source.grid] == GRID


def test_a_stage_that_nobody_knows_stands_among_the_problems(make):
    source = MemoryTabSource(GRID)
    workspace = make(source, outputs={**OUTPUTS, "problems": "Problems"})
    sync(workspace)
    letter = ascii_uppercase[source.grid[0].index("Stage")]
    source.set_cell(f"{letter}2", "Prospek panas")
    sync(workspace)
    assert by_name(source, "Stage")["Ana Putri"] == "Prospek panas"
    assert "'Prospek panas', which is none of ours" in str(by_name(source, "Problems")["Ana Putri"])
    assert by_name(source, "Problems")["Budi"] is None


def test_problems_stand_in_the_sheet_in_the_language_of_the_workspace(make):
    ana: list[CellValue] = ["Ana", "ana@@example", "Jakarta", "mahal", "en", None]
    budi: list[CellValue] = ["Budi", "budi@example.com", None, 100, "en", None]
    source = MemoryTabSource([GRID[0], ana, budi])
    workspace = make(source, outputs={**OUTPUTS, "problems": "Problems"})
    rules = replace(workspace.rules, locale=replace(workspace.rules.locale, language="es"))
    report = sync(replace(workspace, rules=rules))
    said = str(by_name(source, "Problems")["Ana"])
    assert "“ana@@example” no se puede leer como correo electrónico (B2)" in said
    assert "“mahal” no se puede leer como importe (D2)" in said
    assert "reglas que fallan para este lead: Fit: Budget (#VALUE!)" in said
    assert "welcome, paso 1 retenido: el correo no se puede leer" in said
    assert by_name(source, "Problems")["Budi"] == (
        "welcome, paso 1 retenido: lead.city está vacío (templates/welcome/01-intro.en.md:4)"
    )
    assert report.results[0].plan
    assert "“mahal” cannot be read as an amount of money" in [
        problem.message for problem in report.results[0].plan.problems
    ]


def test_after_an_undo_everybody_is_who_they_were_twice_entered_people_too(make):
    source = MemoryTabSource([*GRID, GRID[1], GRID[2]])
    workspace = make(source)
    first = sync(workspace)
    ids = [row["Lead ID"] for row in tab_of(source)]
    undo(workspace, first.run)
    assert {row["Lead ID"] for row in tab_of(source)} == {None}
    again = sync(workspace)
    assert [row["Lead ID"] for row in tab_of(source)] == ids
    assert set(workspace.ledger.remember("leads").leads) == set(ids)
    assert not any("may be" in problem.message for problem in again.results[0].plan.problems)


def test_undo_leaves_what_somebody_changed_since(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    run = sync(workspace).run
    row, place = 2, source.grid[0].index("Stage")
    source.set_cell(f"{chr(65 + place)}{row}", "Hot")
    report = undo(workspace, run)
    assert by_name(source, "Stage")["Ana Putri"] == "Hot"
    assert [(edit.header, why) for edit, why in report.results[0].left] == [
        ("Stage", "changed since")
    ]


def test_sync_after_undo_gives_the_same_leads_the_same_ids(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    first = sync(workspace)
    ids = by_name(source, "Lead ID")
    undo(workspace, first.run)
    sync(workspace)
    assert by_name(source, "Lead ID") == ids


def test_undo_of_an_unknown_run_says_so(make):
    with pytest.raises(UsageError):
        undo(make(MemoryTabSource(GRID)), "20200101-000000-xyz")


def test_a_persons_stage_survives_and_is_explained(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    sync(workspace)
    source.set_cell("I4", "SQL")
    assert source.grid[0][8] == "Stage"
    report = sync(workspace)
    assert by_name(source, "Stage")["Citra"] == "SQL"
    [override] = report.results[0].plan.overrides
    assert (override.header, override.value, override.computed) == ("Stage", "SQL", "Contact")
    [lead] = explain(workspace, "citra@example.com")
    assert lead.stage == "SQL"
    assert lead.overrides == [override]
    assert lead.state.moves[-1].by == "person"


def test_clearing_an_overridden_cell_gives_it_back_to_the_rules(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    sync(workspace)
    source.set_cell("H4", 99)
    sync(workspace)
    assert by_name(source, "Score")["Citra"] == 99
    source.set_cell("H4", None)
    sync(workspace)
    assert by_name(source, "Score")["Citra"] == 12


def test_values_stand_beside_their_lead_after_sorting_and_inserting(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    sync(workspace)
    ids = by_name(source, "Lead ID")
    source.sort_rows("A", reverse=True)
    source.insert_row(2, ["Dewi", "dewi@example.com", "Jakarta", 60, "en", "new"])
    sync(workspace)
    assert {name: by_name(source, "Lead ID")[name] for name in ids} == ids
    assert by_name(source, "Score") == {"Ana Putri": 50, "Budi": 20, "Citra": 12, "Dewi": 38}


class CutOff(MemoryLedger):
    """A ledger whose machine dies between the writing of the sheet and the commit."""

    dies = True

    def commit(self, run, plan, *, at):
        if self.dies:
            raise KeyboardInterrupt
        super().commit(run, plan, at=at)


def test_a_crash_after_writing_makes_no_overrides_of_our_own_values(make):
    source, ledger = MemoryTabSource(GRID), CutOff()
    workspace = make(source, ledger=ledger)
    with pytest.raises(KeyboardInterrupt):
        sync(workspace)
    assert by_name(source, "Score")["Citra"] == 12
    ledger.dies = False
    place = chr(65 + source.grid[0].index("Budget"))
    source.set_cell(f"{place}4", 100)
    report = sync(workspace)
    assert report.results[0].plan.overrides == []
    assert by_name(source, "Score")["Citra"] == 30


class Meddled(MemoryTabSource):
    """Somebody saves the workbook exactly between reading and writing, a few times."""

    def __init__(self, grid, *, times):
        super().__init__(grid)
        self.times = times
        self.address = "D4"

    def write(self, tab, edits, *, append=(), log=None, run=""):
        if self.times:
            self.times -= 1
            self.set_cell(self.address, 80)
        return super().write(tab, edits, append=append, log=log)


def test_a_source_that_changed_meanwhile_is_planned_again(make):
    source = Meddled(GRID, times=2)
    assert sync(make(source)).exit_code == 0
    assert by_name(source, "Score")["Citra"] == 24


def test_a_source_that_never_rests_is_left_for_later(make):
    source = Meddled(GRID, times=99)
    report = sync(make(source))
    assert report.exit_code == 75
    assert len(source.grid[0]) == 6


def test_undo_of_a_source_that_changed_meanwhile_reads_it_again(make):
    source = Meddled(GRID, times=0)
    workspace = make(source)
    run = sync(workspace).run
    source.times = 2  # a person changes Citra's budget, not what is put back
    report = undo(workspace, run)
    assert (report.exit_code, report.results[0].left) == (0, [])
    assert set(by_name(source, "Score").values()) == {None}
    assert source.grid[3][3] == 80
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(workspace, run)


def test_undo_leaves_what_a_person_typed_in_that_very_moment(make):
    source = Meddled(GRID, times=0)
    workspace = make(source)
    run = sync(workspace).run
    source.address, source.times = "H4", 1
    assert source.grid[0][7] == "Score"
    report = undo(workspace, run)
    assert [(edit.header, why) for edit, why in report.results[0].left] == [
        ("Score", "changed since")
    ]
    assert by_name(source, "Score") == {"Ana Putri": None, "Budi": None, "Citra": 80}


def test_undo_of_a_source_that_never_rests_is_left_for_later(make):
    source = Meddled(GRID, times=0)
    workspace = make(source)
    run = sync(workspace).run
    before = source.grid
    source.times = 99
    assert undo(workspace, run).exit_code == 75
    assert source.grid[1] == before[1]
    source.times = 0
    assert undo(workspace, run).exit_code == 0


class HalfWritten(Meddled):
    """Somebody moves rows after half of it was written, as can happen to a Google spreadsheet."""

    def write(self, tab, edits, *, append=(), log=None, run=""):
        if self.times:
            self.times -= 1
            super().write(tab, edits[::2], run=run)
            raise SourceChangedError("somebody moved rows")
        return super().write(tab, edits, append=append, log=log)


def test_undo_takes_up_what_it_had_put_back_itself(make):
    source = HalfWritten(GRID, times=0)
    workspace = make(source)
    run = sync(workspace).run
    source.times = 1
    report = undo(workspace, run)
    assert (report.exit_code, report.results[0].left) == (0, [])
    assert sync(workspace).exit_code == 0
    assert workspace.ledger.overrides("leads") == []


class Busy(MemoryTabSource):
    def write(self, tab, edits, *, append=(), log=None, run=""):
        raise SourceBusyError("leads.xlsx is open in Excel", holder="Sari")


def test_a_busy_source_does_not_keep_the_others(make):
    good = MemoryTabSource(
        [GRID[0], ["Eko", "eko@example.com", "Jakarta", 10, "en", ""]], name="good"
    )
    workspace = make(Busy(GRID), good)
    report = sync(workspace)
    assert report.exit_code == 75
    assert by_name(good, "Stage") == {"Eko": "MQL"}
    assert [draft.lead for draft in workspace.ledger.drafts()] == [by_name(good, "Lead ID")["Eko"]]
    written = len(report.results[1].plan.edits)
    assert written < sum(len(result.plan.edits) for result in report.results)
    done = {"leads": 4, "cells": written, "moves": 1, "drafts": 1, "failed": 1}
    for counts in (report.counts, workspace.ledger.runs(1)[0].counts):
        assert {name: counts[name] for name in done} == done, "of what was only planned nothing"


def test_an_emptied_tab_stops_its_source(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    sync(workspace)
    for _ in range(3):
        source.delete_row(2)
    report = sync(workspace)
    assert report.exit_code == 1
    assert "3 leads last time" in report.results[0].error.message
    assert sync(workspace, allow_empty=True).exit_code == 0


def test_an_unknown_field_is_a_fault_with_its_place_and_nothing_is_touched(make):
    stages = (*QUALIFICATION.stages[:1], Stage(name="MQL", when="=[@Budjet]>1"))
    source = MemoryTabSource(GRID)
    with pytest.raises(ConfigError) as raised:
        sync(make(source, qualification=replace(QUALIFICATION, stages=stages)))
    [fault] = raised.value.faults
    assert (fault.file, fault.line, fault.key) == ("config/stages.toml", 7, "stage[2].when")
    assert "Budjet" in str(fault)
    assert "Budget" in fault.hint
    assert source.grid == GRID


def test_one_person_in_two_sources_hears_from_us_once(make):
    other = MemoryTabSource(
        [GRID[0], ["Budi S.", "BUDI@example.com", "Jakarta", None, "en", ""]], name="web"
    )
    workspace = make(MemoryTabSource(GRID), other)
    sync(workspace)
    assert [draft.to_address for draft in workspace.ledger.drafts()] == ["budi@example.com"]
    sync(workspace)
    assert len(workspace.ledger.drafts()) == 1


def test_a_source_that_does_not_exist_is_named(make):
    with pytest.raises(UsageError, match="nope"):
        sync(make(MemoryTabSource(GRID)), only=["nope"])


def test_status_counts_stages_in_the_ladders_order(make):
    workspace = make(MemoryTabSource(GRID))
    assert not any(status(workspace).stages["leads"].values())
    sync(workspace)
    found = status(workspace)
    assert list(found.stages["leads"].items()) == [("Contact", 1), ("MQL", 1), ("SQL", 1)]
    assert [run.outcome for run in found.runs] == ["ok"]
    assert len(found.drafts) == 1


def test_a_lead_that_stands_still_for_too_long_is_explained_as_stalled(make):
    first, *others = QUALIFICATION.stages
    slow = [first, *(replace(stage, stalled_after_days=2) for stage in others)]
    workspace = make(
        MemoryTabSource(GRID), qualification=replace(QUALIFICATION, stages=tuple(slow))
    )
    sync(workspace)
    assert not explain(workspace, "budi")[0].stalled
    workspace.clock.move(timedelta(days=3))
    assert explain(workspace, "budi")[0].stalled
    assert not explain(workspace, "citra")[0].stalled


def test_explain_finds_leads_by_id_address_row_and_part_of_a_name(make):
    source = MemoryTabSource(GRID)
    workspace = make(source)
    assert explain(workspace, "budi")[0].state is None
    sync(workspace)
    lead = by_name(source, "Lead ID")["Budi"]
    for who in ("budi", "BUDI@example.com", "3", lead):
        assert [found.lead for found in explain(workspace, who)] == [lead]
    with pytest.raises(UsageError, match="nobody"):
        explain(workspace, "nobody")


class FullOutbox(MemoryDrafts):
    """A disk that is full for the first message."""

    full = True

    def put(self, draft):
        if self.full:
            raise MailerError("var/outbox: no space left on the disk", hint="make room")
        return super().put(draft)


def test_a_full_outbox_does_not_keep_the_sheet_and_the_next_run_writes_the_drafts(make):
    source, outbox = MemoryTabSource(GRID), FullOutbox()
    workspace = replace(make(source), drafts=outbox)
    report = sync(workspace)
    assert report.exit_code == 1
    assert "no space left" in report.results[0].error.message
    assert by_name(source, "Stage")["Budi"] == "MQL"
    assert workspace.ledger.drafts() == []
    outbox.full = False
    assert sync(workspace).exit_code == 0
    assert [draft.to_address for draft in workspace.ledger.drafts()] == ["budi@example.com"]


def test_formulas_that_take_too_long_fail_with_their_place_and_nothing_is_written(make):
    slow = Stage(name="MQL", when="=SUM(SEQUENCE(3000,3000))*[@Budget]>0")
    rules = replace(QUALIFICATION, stages=(QUALIFICATION.stages[0], slow), formula_seconds=0.05)
    source = MemoryTabSource(GRID)
    before = source.grid
    with pytest.raises(ConfigError) as caught:
        sync(make(source, qualification=rules))
    [fault] = caught.value.faults
    first, formula = str(fault).splitlines()
    assert first.startswith(
        "config/stages.toml:7: stage[2].when: the formulas took longer than 0.05"
    )
    assert "SEQUENCE runs once for each distinct input" in first
    assert "formula_seconds" in first
    assert formula.strip() == slow.when
    assert source.grid == before


def test_explain_shows_every_change_of_a_score_and_no_other(make):
    source, ledger = MemoryTabSource(GRID), MemoryLedger()
    sync(make(source, ledger=ledger))
    source.set_cell("D3", 50)
    sync(make(source, ledger=ledger, now=NOW + timedelta(days=1)))
    source.set_cell("F3", "called")
    sync(make(source, ledger=ledger, now=NOW + timedelta(days=2)))
    (budi,) = explain(make(source, ledger=ledger), "Budi")
    assert [(past.at, past.score, past.scores) for past in budi.scores] == [
        (NOW, 20, {"Fit": 20}),
        (NOW + timedelta(days=1), 35, {"Fit": 35}),
    ]
