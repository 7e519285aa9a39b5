"""People, rules and days move leads from stage to stage: every move is logged, none goes back.

What people and sheetcrm do to cells, rows and columns is inherited; here stages, dates and `undo`
are added, over a real ledger.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.memory import MemoryLedger
from sheetcrm.core.memory import LeadState, StageMove
from sheetcrm.core.qualify.rules import Back, MoveRule, Moves, Stage
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.release import Choice, release
from sheetcrm.engine.undo import undo
from sheetcrm.ports import Ledger
from tests.engine.hands import Grid
from tests.engine.team import NOW, QUALIFICATION
from tests.engine.test_people_and_sync import PICK, START, PeopleAndSync, workspace_of

RULES = replace(
    QUALIFICATION,
    stages=(
        *QUALIFICATION.stages,
        Stage(name="Out", off_ladder=True, when='=[@Status]="no"', reason='="said no"'),
        Stage(
            name="Not now",
            off_ladder=True,
            when='=[@Status]="later"',
            reason='="asked to wait"',
            until="=[@Until]",
        ),
    ),
    moves=Moves(rules=(MoveRule(before=("Out",), after=("SQL",), move=Back.ASK),)),
)
RANK = {"Contact": 0, "MQL": 1, "SQL": 2}
KNOWN = {fold(name): name for name in (*RANK, "Out", "Not now")}
MORE = ["Status", "Until"]
STAGE_START: Grid = [
    [*row, *(MORE if not place else [None, None])] for place, row in enumerate(START)
]


class StagesOverTime(PeopleAndSync):
    """Each rule is something that somebody does, or time that goes by."""

    start = STAGE_START

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="sheetcrm-stages-")
        super().__init__()
        self.stages: dict[CellValue, str] = {}  #: key → a stage that a person typed
        self.steps = 0

    def opened(self):
        return workspace_of(self.hands, RULES, self.ledger())

    def ledger(self) -> Ledger:
        return open_ledger(str(Path(self.folder.name, "ledger.db")))

    def teardown(self) -> None:
        self.workspace.ledger.close()
        self.folder.cleanup()
        super().teardown()

    @property
    def today(self):
        return self.workspace.clock.now().date()

    # What people do.

    @rule(pick=PICK, status=st.sampled_from(["no", "later", "interested", None]))
    def edit_a_status(self, pick: int, status: str | None) -> None:
        self.look()
        self.set(self.picked(pick), "Status", status)
        self.save()

    @rule(pick=PICK, days=st.sampled_from([-3, 0, 1, 4, None]))
    def name_a_day(self, pick: int, days: int | None) -> None:
        self.look()
        self.set(self.picked(pick), "Until", None if days is None else self.serial(days))
        self.save()

    def serial(self, days: int) -> int:
        """A day as the number that a sheet keeps of it."""
        return (self.today - NOW.date().replace(year=1899, month=12, day=30)).days + days

    @precondition(lambda self: self.synced)
    @rule(pick=PICK, stage=st.sampled_from(["Contact", "sql", "Out", "not now", "my own"]))
    def type_a_stage(self, pick: int, stage: str) -> None:
        self.look()
        row = self.picked(pick)
        if self.place_of("Stage") is None or fold(stage) == fold(str(self.value(row, "Stage"))):
            return
        self.set(row, "Stage", stage)
        self.stages[self.value(row, "Key")] = stage
        self.save(synced=True)

    @precondition(lambda self: bool(self.stages))
    @rule(pick=PICK)
    def clear_a_typed_stage(self, pick: int) -> None:
        self.look()
        key = sorted(map(str, self.stages))[pick % len(self.stages)]
        row = next(row for row in self.leads() if str(self.value(row, "Key")) == key)
        self.set(row, "Stage", None)
        del self.stages[self.value(row, "Key")]
        self.save()

    @precondition(lambda self: bool(self.stages) and self.synced)
    @rule(pick=PICK)
    def release_a_typed_stage(self, pick: int) -> None:
        """The cell is as it was, and ours from then on."""
        self.look()
        key = sorted(map(str, self.stages))[pick % len(self.stages)]
        row = next(row for row in self.leads() if str(self.value(row, "Key")) == key)
        lead = str(self.value(row, "Lead ID"))
        given = release(self.workspace, Choice(what=[lead], column="Stage"))
        assert [cell.cell.lead for cell in given.cells] == [lead]
        before = self.grid
        self.look()
        assert self.grid == before
        del self.stages[self.value(row, "Key")]
        self.synced = False

    @rule(days=st.sampled_from([1, 2, 5]))
    def days_go_by(self, days: int) -> None:
        self.workspace.clock.move(timedelta(days=days))
        self.synced = False

    @rule(name=st.sampled_from(["Score", "Why", "Stage"]))
    def delete_a_column_of_ours(self, name: str) -> None:
        super().delete_a_column_of_ours(name)
        if name == "Stage":
            self.stages.clear()

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        super().delete(pick)
        self.forget_those_who_are_gone()

    @rule(pick=PICK, to=PICK, another=st.booleans())
    def copy(self, pick: int, to: int, another: bool) -> None:
        self.look()
        key = self.value(self.picked(pick), "Key")
        super().copy(pick, to, another)
        if key in self.stages:
            self.stages[self.number] = self.stages[key]

    def forget_those_who_are_gone(self) -> None:
        self.look()
        here = {self.value(row, "Key") for row in self.leads()}
        self.stages = {key: stage for key, stage in self.stages.items() if key in here}

    def place_of(self, name: str) -> int | None:
        return self.headers.index(name) if name in self.headers else None

    # What sheetcrm does.

    @invariant()
    def sync_every_third_time(self) -> None:
        """As cron does, whatever people are at."""
        self.steps += 1
        if self.steps % 3 == 0:
            self.sync()

    @rule()
    def sync(self) -> None:
        self.look()
        before = self.standings()
        super().sync()
        for row in self.leads():
            lead = str(self.value(row, "Lead ID"))
            state = self.workspace.ledger.lead("leads", lead)
            self.check_the_log(state, before.get(lead))
            self.check_the_cell(row, state)

    def standings(self) -> dict[str, tuple[str, int]]:
        """Lead → where it stands, and how many moves led there."""
        memory = self.workspace.ledger.remember("leads")
        return {
            lead: (standing.stage, len(standing.past) + 1)
            for lead, standing in memory.standings.items()
        }

    def check_the_log(self, state: LeadState, before: tuple[str, int] | None) -> None:
        """A stage is another only with one more move in the log, and no rule moves anybody back."""
        stage, count = before or ("", 0)
        moved = state.standing.stage != stage
        assert len(state.moves) == count + moved
        assert [move.before for move in state.moves] == ["", *(m.after for m in state.moves[:-1])]
        assert [move.at for move in state.moves] == sorted(move.at for move in state.moves)
        assert never_back(state.moves)

    def check_the_cell(self, row: int, state: LeadState) -> None:
        """What a person typed stands there as it was; else the stage of the log."""
        key = self.value(row, "Key")
        typed = self.stages.get(key)
        if typed is not None:
            assert self.value(row, "Stage") == typed
            assert state.standing.stage == KNOWN.get(fold(typed), typed)
            if "Stage" not in {override.header for override in state.overrides}:
                del self.stages[key]  # the rules have come to say the same
            return
        assert self.value(row, "Stage") == state.standing.stage
        until, status = self.value(row, "Until"), self.value(row, "Status")
        waits = status == "later" and (until is None or until > self.serial(0))
        if waits or status == "no":
            assert state.standing.stage == ("Out" if status == "no" else "Not now")
        elif status == "later":
            assert state.standing.stage != "Not now"

    @rule(pick=PICK, budget=st.sampled_from([None, 10, 400]), days=st.sampled_from([None, 1, 4]))
    def go_away_and_come_back(self, pick: int, budget: int | None, days: int | None) -> None:
        """A lead waits, until its day or until its status is another, and is worth less by then."""
        self.look()
        key = self.value(self.picked(pick), "Key")
        self.change(key, Status="later", Until=days and self.serial(days))
        self.sync()
        self.change(key, Budget=budget, Status="later" if days else None)
        self.workspace.clock.move(timedelta(days=days or 1))
        self.sync()

    def change(self, key: CellValue, **cells: CellValue) -> None:
        self.look()
        (row,) = (row for row in self.leads() if self.value(row, "Key") == key)
        for name, value in cells.items():
            self.set(row, name, value)
        self.save()

    @precondition(lambda self: not self.scores and not self.stages)
    @rule(
        pick=PICK,
        budget=st.sampled_from([None, 10, 100, 400]),
        status=st.sampled_from([None, "no", "later"]),
    )
    def sync_undo_and_sync_again(self, pick: int, budget: int | None, status: str | None) -> None:
        """Undo leaves sheet and ledger as they were, and the same sync can be made again."""
        self.look()
        self.change(self.value(self.picked(pick), "Key"), Budget=budget, Status=status)
        self.look()
        before, stood = self.grid, self.workspace.ledger.remember("leads").standings
        place = self.place_of("Lead ID")
        self.sync()
        after = self.grid
        newest = self.workspace.ledger.runs(1)[0]
        if not any(self.workspace.ledger.edits(newest.id).values()):
            return
        assert undo(self.workspace, newest.id).exit_code == 0
        self.look()
        width = len(before[0])
        assert [row[:width] for row in self.grid] == [[*row] for row in before]
        here = self.workspace.ledger.remember("leads").standings
        assert {lead: here.get(lead) for lead in stood} == dict(stood)
        self.sync()
        ids = [row[place] for row in before[self.header + 1 :]] if place is not None else []
        if len(set(ids)) == len(ids):  # who of two copies is the lead may be decided anew
            assert self.grid == after

    undo_and_sync = None


def never_back(moves: list[StageMove]) -> bool:
    """Whether no rule's move ends below the step on which the lead stood last."""
    stood = -1
    for move in moves:
        rank = RANK.get(move.after)
        if rank is None:
            continue
        if rank < stood and move.by == "rule":
            return False
        stood = rank
    return True


class StagesInMemory(StagesOverTime):
    """The same over the ledger that forgets."""

    def ledger(self) -> Ledger:
        return MemoryLedger()


def case_of(machine: type[StagesOverTime], examples: int, steps: int) -> type:
    """A test case; those that take long show what fails as it was found."""
    case = type(machine.TestCase.__name__, (machine.TestCase,), {})
    phases = set(Phase) - ({Phase.shrink} if steps > 20 else set())
    case.settings = settings(
        max_examples=examples, stateful_step_count=steps, phases=phases, deadline=None
    )
    return case


TestStagesOverTime = case_of(StagesOverTime, 3, 20)
TestStagesOverTimeForLong = pytest.mark.slow(case_of(StagesOverTime, 20, 40))
TestStagesInMemoryForLong = pytest.mark.slow(case_of(StagesInMemory, 50, 40))


def test_a_log_that_goes_back_would_be_noticed():
    def log(*stages: str, by: str = "rule") -> list[StageMove]:
        return [StageMove(lead="A", before="", after=stage, why="", by=by) for stage in stages]

    assert never_back(log("Contact", "SQL", "Not now", "SQL"))
    assert not never_back(log("SQL", "MQL"))
    assert not never_back(log("SQL", "Out", "Not now", "MQL"))
    assert never_back([*log("SQL"), *log("Contact", by="person"), *log("MQL")])


def test_the_day_of_a_sheet():
    machine = StagesInMemory()
    machine.workspace.clock.move(timedelta(days=30))
    assert machine.serial(0) == 46380
    machine.teardown()
