"""What persons set stays, can be listed, given back, and had back again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.memory import (
    FixedClock,
    MemoryDrafts,
    MemoryLedger,
    MemoryTabSource,
    MemoryTemplates,
)
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.table.fields import Locale
from sheetcrm.engine.overrides import overrides
from sheetcrm.engine.release import Choice, release
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import SourceBusyError, UsageError
from tests.engine.team import FIELDS, GRID, NOW, OUTPUTS, QUALIFICATION, Make, by_name

SCORE = f"{'ABCDEFGHIJKL'[len(GRID[0]) + 1]}"  #: the column that the first sync adds second
STAGE = f"{'ABCDEFGHIJKL'[len(GRID[0]) + 2]}"

LADDER = [stage.name for stage in QUALIFICATION.stages]


@pytest.fixture
def source() -> MemoryTabSource:
    return MemoryTabSource(GRID)


@pytest.fixture
def workspace(make: Make, source) -> Workspace:
    made = make(source)
    assert sync(made).exit_code == 0
    return made


def set_by_people(workspace: Workspace, *only: str) -> list[tuple]:
    found = overrides(workspace, only=only)
    return [
        (one.cell, one.name, one.header, one.value, one.computed)
        for source in found.sources
        for one in source.cells
    ]


def scores(source: MemoryTabSource) -> dict:
    return by_name(source, "Score")


def test_nobody_has_set_anything(workspace):
    assert set_by_people(workspace) == []
    with pytest.raises(UsageError, match="no person has set"):
        release(workspace, Choice(column="Score"))


def test_every_persons_value_is_listed_from_the_top(workspace, source):
    before = scores(source)
    source.set_cell(f"{STAGE}3", "Customer")
    source.set_cell(f"{SCORE}3", 99)
    source.set_cell(f"{SCORE}2", 7)
    first, second = list(before)[:2]
    rows = set_by_people(workspace)
    assert rows[:2] == [
        (f"{SCORE}2", first, "Score", 7, before[first]),
        (f"{SCORE}3", second, "Score", 99, before[second]),
    ]
    assert rows[2][:4] == (f"{STAGE}3", second, "Stage", "Customer")


def test_since_when_is_known_once_a_sync_has_seen_it(workspace, source):
    source.set_cell(f"{SCORE}2", 7)
    assert [one.since for one in overrides(workspace).sources[0].cells] == [None]
    sync(workspace)
    later = replace(workspace, clock=FixedClock(NOW.replace(year=2027)))
    sync(later)
    assert [one.since for one in overrides(later).sources[0].cells] == [NOW]
    source.set_cell(f"{SCORE}2", 8)
    assert [one.since for one in overrides(later).sources[0].cells] == [None]


def test_a_cell_given_back_is_written_by_the_next_sync(workspace, source):
    before = scores(source)
    source.set_cell(f"{SCORE}2", 7)
    grid = source.grid
    shown = release(workspace, Choice(what=[f"{SCORE.lower()}2"]), dry_run=True)
    assert (shown.run, [one.next for one in shown.cells]) == ("", [next(iter(before.values()))])
    assert len(set_by_people(workspace)) == 1
    report = release(workspace, Choice(what=[f"{SCORE}2"]))
    assert report.run
    assert report.cells == shown.cells
    assert source.grid == grid
    assert set_by_people(workspace) == []
    sync(workspace)
    assert scores(source) == before
    assert plan(workspace).results[0].plan.edits == []


def test_only_what_is_meant_is_given_back(workspace, source):
    for place in (f"{SCORE}2", f"{SCORE}3", f"{STAGE}3"):
        source.set_cell(place, "mine")
    names = list(by_name(source, "Name"))

    def meant(**said) -> list[str]:
        report = release(workspace, Choice(**said), dry_run=True)
        return [one.cell.cell for one in report.cells]

    assert meant(column="score") == [f"{SCORE}2", f"{SCORE}3"]
    assert meant(what=[names[1]]) == [f"{SCORE}3", f"{STAGE}3"]
    assert meant(what=[names[1]], column="Stage") == [f"{STAGE}3"]
    assert meant(what=["3", f"leads!{SCORE}2"]) == [f"{SCORE}2", f"{SCORE}3", f"{STAGE}3"]
    assert meant(only=["leads"]) == [f"{SCORE}2", f"{SCORE}3", f"{STAGE}3"]
    lead = plan(workspace).results[0].plan.leads[0].lead
    assert meant(what=[lead]) == [f"{SCORE}2"]


def test_what_is_not_clear_is_refused(workspace, source):
    source.set_cell(f"{SCORE}2", 7)
    with pytest.raises(UsageError, match="no person has set a cell of"):
        release(workspace, Choice(what=["zzz"]))
    with pytest.raises(UsageError, match="no person has set a cell of"):
        release(workspace, Choice(what=[f"{SCORE}3"]))
    with pytest.raises(UsageError, match="leads may be 'a'"):
        release(workspace, Choice(what=["a"]))
    with pytest.raises(UsageError, match="no column 'Scoer'") as caught:
        release(workspace, Choice(column="Scoer"))
    assert "did you mean 'Score'" in caught.value.hint
    assert len(set_by_people(workspace)) == 1


def test_a_cell_of_several_sources_is_named_with_its_source(make: Make):
    one, two = MemoryTabSource(GRID, name="expo"), MemoryTabSource(GRID, name="web")
    workspace = make(one, two)
    sync(workspace)
    for source in (one, two):
        source.set_cell(f"{SCORE}2", 7)
    with pytest.raises(UsageError, match="several sources") as caught:
        release(workspace, Choice(what=[f"{SCORE}2"]))
    assert f"expo!{SCORE}2 or web!{SCORE}2" in caught.value.hint
    report = release(workspace, Choice(what=[f"web!{SCORE}2"]))
    assert [one.cell.source for one in report.cells] == ["web"]
    assert [row[0] for row in set_by_people(workspace, "web")] == []
    assert [row[0] for row in set_by_people(workspace, "expo")] == [f"{SCORE}2"]


@pytest.mark.parametrize("synced", [False, True])
def test_undo_makes_it_the_persons_again(workspace, source, synced):
    source.set_cell(f"{SCORE}2", 7)
    sync(workspace)
    run = release(workspace, Choice(column="Score")).run
    if synced:
        sync(workspace)
        assert next(iter(scores(source).values())) != 7
    report = undo(workspace, run)
    assert (report.exit_code, len(report.results[0].restored)) == (0, 1)
    assert next(iter(scores(source).values())) == 7
    assert [row[3] for row in set_by_people(workspace)] == [7]
    sync(workspace)
    assert next(iter(scores(source).values())) == 7
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(workspace, run)


def test_undo_leaves_what_somebody_typed_since(workspace, source):
    source.set_cell(f"{SCORE}2", 7)
    run = release(workspace, Choice(column="Score")).run
    source.set_cell(f"{SCORE}2", 8)
    report = undo(workspace, run)
    assert [reason for _, reason in report.results[0].left] == ["changed since"]
    assert next(iter(scores(source).values())) == 8


def test_undo_of_the_sync_after_it_leaves_the_cell_given_back(workspace, source):
    source.set_cell(f"{SCORE}2", 7)
    release(workspace, Choice(column="Score"))
    report = sync(workspace)
    undo(workspace, report.run)
    assert next(iter(scores(source).values())) == 7
    assert set_by_people(workspace) == []


def test_a_stage_given_back_still_moves_forward_only(workspace, source):
    source.set_cell(f"{STAGE}3", "SQL")
    sync(workspace)
    source.set_cell(f"{'ABCDEF'[GRID[0].index('City')]}3", "Bogor")
    report = release(workspace, Choice(what=[f"{STAGE}3"]))
    assert report.cells[0].cell.computed == "Contact"
    assert report.cells[0].next == "SQL"
    assert "not moved back to Contact" in report.cells[0].note
    sync(workspace)
    assert by_name(source, "Stage")["Budi"] == "SQL"
    assert set_by_people(workspace) == []


def test_a_lead_that_no_sync_has_seen_is_synced_first(make: Make):
    grid = [[*GRID[0], "Score"], *[[*row, 5] for row in GRID[1:]]]
    workspace = make(MemoryTabSource(grid))
    assert len(set_by_people(workspace)) == len(GRID) - 1
    with pytest.raises(UsageError, match="has not been synced yet"):
        release(workspace, Choice(column="Score"))
    sync(workspace)
    release(workspace, Choice(column="Score"))
    assert set_by_people(workspace) == []


def test_values_and_what_is_given_back_follow_their_lead_wherever_it_stands(workspace, source):
    before = scores(source)
    source.set_cell(f"{SCORE}3", 7)  # Budi's
    sync(workspace)
    source.sort_rows("A", reverse=True)
    source.insert_row(2, ["Dewi", "dewi@example.com", "Jakarta", 100, "en"])
    sync(workspace)
    assert set_by_people(workspace) == [(f"{SCORE}4", "Budi", "Score", 7, before["Budi"])]
    run = release(workspace, Choice(what=["Budi"])).run
    source.sort_rows("A")
    sync(workspace)
    assert scores(source) == {**before, "Dewi": 50}
    source.sort_rows("B", reverse=True)
    assert undo(workspace, run).exit_code == 0
    assert scores(source) == {**before, "Dewi": 50, "Budi": 7}
    sync(workspace)
    assert set_by_people(workspace) == [(f"{SCORE}4", "Budi", "Score", 7, before["Budi"])]


def test_a_copied_row_has_the_score_that_a_person_gave_its_original(workspace, source):
    """It is a person's there, too; each is given back by itself."""
    source.set_cell(f"{SCORE}3", 7)
    sync(workspace)
    ids = by_name(source, "Lead ID")
    copy = list(source.grid[2])
    copy[:2] = ["Eko", "eko@example.com"]
    source.insert_row(3, copy)
    sync(workspace)
    assert [row[:4] for row in set_by_people(workspace)] == [
        (f"{SCORE}3", "Eko", "Score", 7),
        (f"{SCORE}4", "Budi", "Score", 7),
    ]
    after = by_name(source, "Lead ID")
    assert {name: after[name] for name in ids} == ids
    assert len(set(after.values())) == 4
    release(workspace, Choice(what=["eko@example.com"]))
    sync(workspace)
    assert (scores(source)["Eko"], scores(source)["Budi"]) == (20, 7)


class Locked(MemoryTabSource):
    """Open in Excel: it can be read and not written."""

    locked = False

    def write(self, *args, **kwargs):
        if self.locked:
            raise SourceBusyError("leads.xlsx is open in Excel")
        return super().write(*args, **kwargs)


def test_a_workbook_that_is_open_can_be_given_back_from(make: Make):
    source = Locked(GRID)
    workspace = make(source)
    sync(workspace)
    before = scores(source)
    source.set_cell(f"{SCORE}2", 7)
    source.set_cell(f"{'ABCDEF'[GRID[0].index('Budget')]}3", 0)
    source.locked = True
    assert sync(workspace).exit_code == 75
    release(workspace, Choice(column="Score"))
    source.locked = False
    sync(workspace)
    assert next(iter(scores(source).values())) == next(iter(before.values()))


class CutOff(MemoryLedger):
    """The power goes before a sync confirms what it wrote."""

    fails = False

    def commit(self, *args, **kwargs):
        if self.fails:
            raise OSError("no power")
        super().commit(*args, **kwargs)


def test_nothing_is_given_back_while_it_is_unclear_what_a_sync_wrote(make: Make, source):
    ledger = CutOff()
    workspace = make(source, ledger=ledger)
    sync(workspace)
    source.set_cell(f"{SCORE}2", 7)
    source.set_cell(f"{'ABCDEF'[GRID[0].index('Budget')]}3", 0)
    ledger.fails = True
    with pytest.raises(OSError, match="no power"):
        sync(workspace)
    ledger.fails = False
    with pytest.raises(UsageError, match="was cut off"):
        release(workspace, Choice(column="Score"))
    sync(workspace)
    assert len(release(workspace, Choice(column="Score")).cells) == 1


class PeopleWin(RuleBasedStateMachine):
    """People type, clear and give back; we sync, and take back what was given back.

    Typed scores are negative and each is another, so that none is what the rules would say.
    """

    def make_ledger(self):
        return MemoryLedger()

    def __init__(self) -> None:
        super().__init__()
        self.source = MemoryTabSource(GRID)
        self.ledger = self.make_ledger()
        self.workspace = Workspace(
            rules=Rules(
                fields=FIELDS,
                locale=Locale(language="en"),
                outputs=OUTPUTS,
                qualification=QUALIFICATION,
                followups=FollowUps(),
            ),
            sources=(self.source,),
            tables={},
            ledger=self.ledger,
            drafts=MemoryDrafts(),
            templates=MemoryTemplates({}),
            clock=FixedClock(NOW),
        )
        self.typed = 0
        self.theirs: dict[int, int] = {}  #: row → the score that a person has set
        self.released: list[tuple[str, int, int]] = []  #: run, row, score
        self.stages: dict[str, str] = {}  #: lead → stage

    def teardown(self) -> None:
        self.ledger.close()

    @initialize()
    def first(self) -> None:
        assert sync(self.workspace).exit_code == 0

    def score(self, row: int) -> object:
        return self.source.grid[row - 1][list(self.source.grid[0]).index("Score")]

    def computed(self, row: int) -> int:
        values = dict(zip(self.source.grid[0], self.source.grid[row - 1], strict=False))
        city = 20 if values["City"] == "Jakarta" else 0
        budget = values["Budget"]
        points = min(30, 30 * budget / 100) if isinstance(budget, int | float) else 0
        return round(min(50, city + points))

    @rule(row=st.integers(2, len(GRID)))
    def types_a_score(self, row: int) -> None:
        self.typed += 1
        self.source.set_cell(f"{SCORE}{row}", -self.typed)
        self.theirs[row] = -self.typed

    @rule(row=st.integers(2, len(GRID)))
    def clears_a_score(self, row: int) -> None:
        self.source.set_cell(f"{SCORE}{row}", None)
        self.theirs.pop(row, None)

    @rule(row=st.integers(2, len(GRID)), budget=st.sampled_from([0, 50, 100]))
    def edits_a_budget(self, row: int, budget: int) -> None:
        self.source.set_cell(f"{'ABCDEF'[GRID[0].index('Budget')]}{row}", budget)

    @precondition(lambda self: self.theirs)
    @rule(pick=st.integers(0, 9))
    def gives_a_score_back(self, pick: int) -> None:
        row = sorted(self.theirs)[pick % len(self.theirs)]
        report = release(self.workspace, Choice(what=[f"{SCORE}{row}"]))
        assert [one.next for one in report.cells] == [self.computed(row)]
        self.released.append((report.run, row, self.theirs.pop(row)))

    @precondition(lambda self: self.released)
    @rule()
    def takes_the_last_one_back(self) -> None:
        run, row, score = self.released.pop()
        untouched = row not in self.theirs and self.score(row) is not None
        report = undo(self.workspace, run)
        assert len(report.results[0].restored) == untouched
        if untouched:
            self.theirs[row] = score
            assert self.score(row) == score

    @rule()
    def syncs(self) -> None:
        assert sync(self.workspace).exit_code == 0
        for row in range(2, len(GRID) + 1):
            assert self.score(row) == self.theirs.get(row, self.computed(row))
        assert plan(self.workspace).results[0].plan.edits == []
        before, self.stages = self.stages, self.standings()
        for lead, stage in self.stages.items():
            assert LADDER.index(stage) >= LADDER.index(before.get(lead, LADDER[0]))
            moves = self.ledger.lead("leads", lead).moves
            assert moves[-1].after == stage

    def standings(self) -> dict[str, str]:
        return {
            lead: standing.stage
            for lead, standing in self.ledger.remember("leads").standings.items()
        }

    @rule()
    def syncs_and_undoes_it(self) -> None:
        before, stages = self.source.grid, self.standings()
        report = sync(self.workspace)
        if any(self.ledger.edits(report.run).values()):
            assert undo(self.workspace, report.run).exit_code == 0
        assert self.source.grid == before
        assert self.standings() == stages

    @rule()
    def looks(self) -> None:
        found = {one.row: one.value for one in overrides(self.workspace).sources[0].cells}
        assert found == self.theirs


class PeopleWinInADatabase(PeopleWin):
    """The same with the ledger that teams have."""

    def make_ledger(self):
        return open_ledger("sqlite://")


TestPeopleWin = PeopleWin.TestCase
TestPeopleWin.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestPeopleWinInADatabase = PeopleWinInADatabase.TestCase
TestPeopleWinInADatabase.settings = settings(max_examples=5, stateful_step_count=15, deadline=None)
