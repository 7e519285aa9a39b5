"""People and sheetcrm work on one tab in turn: nobody's work is lost, nothing stands wrong.

In memory, and on a real workbook that people save with another program.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from sheetcrm.adapters.memory import FixedClock, MemoryDrafts, MemoryLedger, MemoryTemplates
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import TabNotFoundError
from sheetcrm.ports import Ledger
from tests.engine.hands import LOG, Grid, Hands, HandsOnMemory, HandsOnWorkbook, check_log
from tests.engine.team import FIELDS, GRID, NOW, OUTPUTS, QUALIFICATION

START: Grid = [[*row, key] for key, row in enumerate(GRID)]  # “Key” knows the rows
START[0][-1] = "Key"
OURS = frozenset(OUTPUTS.values())
NAMES = ("Ana", "Budi", "Citra", "Dewi", "Eko", "Fajar", "Gita", "Hadi")
RENAMED = {"City": "Kota", "Kota": "City", "Name": "Nama", "Nama": "Name"}
PICK = st.integers(0, 11)


def workspace_of(
    hands: Hands, qualification: Qualification = QUALIFICATION, ledger: Ledger | None = None
) -> Workspace:
    return Workspace(
        rules=Rules(
            fields=FIELDS,
            locale=Locale(language="en"),
            outputs=OUTPUTS,
            qualification=qualification,
            followups=FollowUps(),
            log_tab=LOG,
        ),
        sources=(hands.source,),
        tables={},
        ledger=ledger or MemoryLedger(),
        drafts=MemoryDrafts(),
        templates=MemoryTemplates({}),
        clock=FixedClock(NOW),
    )


class PeopleAndSync(RuleBasedStateMachine):
    """Each rule is something that somebody does; `sync` is ours."""

    hands_on: Callable[[Grid], Hands] = HandsOnMemory
    start: Grid = START

    def __init__(self) -> None:
        super().__init__()
        self.hands = self.hands_on(self.start)
        self.workspace = self.opened()
        self.number = len(START)
        self.synced = False
        self.scores: dict[CellValue, CellValue] = {}  #: key → a score that a person typed

    def opened(self) -> Workspace:
        return workspace_of(self.hands)

    def teardown(self) -> None:
        self.hands.close()

    # What stands there.

    @property
    def header(self) -> int:
        return next(i for i, row in enumerate(self.grid) if "Key" in row)

    @property
    def headers(self) -> list[CellValue]:
        return self.grid[self.header]

    def look(self) -> None:
        self.grid = self.hands.look()

    def save(self, *, synced: bool = False) -> None:
        self.hands.put(self.grid)
        self.synced = self.synced and synced

    def place(self, *names: str) -> int:
        return next(i for i, header in enumerate(self.headers) if header in names)

    def leads(self) -> list[int]:
        """The indexes of the rows that are leads."""
        key = self.place("Key")
        return [i for i in range(self.header + 1, len(self.grid)) if self.grid[i][key] is not None]

    def picked(self, pick: int) -> int:
        return self.leads()[pick % len(self.leads())]

    def value(self, row: int, *names: str) -> CellValue:
        return self.grid[row][self.place(*names)]

    def set(self, row: int, name: str, value: CellValue) -> None:
        self.grid[row][self.place(name)] = value

    def expected(self, row: int) -> CellValue:
        """What a person typed, or what `QUALIFICATION` gives, worked out another way."""
        city = 20 if self.value(row, "City", "Kota") == "Jakarta" else 0
        budget = self.value(row, "Budget")
        points = min(30, 30 * budget / 100) if isinstance(budget, int | float) else 0
        return self.scores.get(self.value(row, "Key"), round(min(50, city + points)))

    # What people do to cells and rows.

    @rule(pick=PICK, budget=st.sampled_from([None, 10, 50, 100, 400]))
    def edit_a_budget(self, pick: int, budget: int | None) -> None:
        self.look()
        self.set(self.picked(pick), "Budget", budget)
        self.save()

    @rule(pick=PICK, text=st.sampled_from(["called", "=1+1", "ask again", None]))
    def edit_a_note(self, pick: int, text: str | None) -> None:
        self.look()
        self.set(self.picked(pick), "Notes", text)
        self.save(synced=True)

    @rule(pick=PICK)
    def edit_an_address(self, pick: int) -> None:
        self.look()
        self.number += 1
        self.set(self.picked(pick), "Email", f"new{self.number}@example.com")
        self.save()

    @rule(by=st.sampled_from(["Email", "Budget", "Notes", "Key"]), reverse=st.booleans())
    def sort(self, by: str, reverse: bool) -> None:
        self.look()
        place, first = self.place(by), self.header + 1
        full = [row for row in self.grid[first:] if row[place] is not None]
        blank = [row for row in self.grid[first:] if row[place] is None]
        full.sort(key=lambda row: row[place], reverse=reverse)
        self.grid[first:] = full + blank
        self.save()

    @rule(name=st.sampled_from(NAMES), city=st.sampled_from(["Jakarta", "Bogor"]), pick=PICK)
    def insert(self, name: str, city: str, pick: int) -> None:
        self.look()
        self.number += 1
        address = f"{name.lower()}{self.number}@example.com"
        lead = {"Name": name, "Nama": name, "Email": address, "City": city, "Kota": city}
        lead |= {"Budget": 50, "Language": "en", "Key": self.number}
        self.grid.insert(self.picked(pick), [lead.get(header) for header in self.headers])
        self.save()

    @rule(pick=PICK)
    def insert_a_blank_row(self, pick: int) -> None:
        self.look()
        self.grid.insert(self.picked(pick), [None] * len(self.headers))
        self.save(synced=True)

    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        self.look()
        if len(self.leads()) > 2:
            row = self.grid.pop(self.picked(pick))
            self.scores.pop(row[self.place("Key")], None)
            self.save()

    @rule(pick=PICK, to=PICK, another=st.booleans())
    def copy(self, pick: int, to: int, another: bool) -> None:
        """With all that we wrote; it may become a lead of another person at once."""
        self.look()
        self.number += 1
        old, new = self.picked(pick), self.picked(to)
        key = self.value(old, "Key")
        self.grid.insert(new, list(self.grid[old]))
        self.set(new, "Key", self.number)
        if another:
            self.set(new, "Email", f"copy{self.number}@example.com")
        if key in self.scores:
            self.scores[self.number] = self.scores[key]
        self.save()

    # What people do to columns and tabs.

    @rule(pick=PICK, to=PICK)
    def move_a_column(self, pick: int, to: int) -> None:
        self.look()
        width = len(self.headers)
        for row in self.grid:
            row.insert(to % width, row.pop(pick % width))
        self.save(synced=True)

    @rule(to=PICK)
    def insert_a_column(self, to: int) -> None:
        self.look()
        self.number += 1
        at, first = to % (len(self.headers) + 1), self.header
        for index, row in enumerate(self.grid):
            row.insert(at, None if index < first or index % 3 == 2 else f"x{index}")
        self.grid[first][at] = f"Extra {self.number}"
        self.save(synced=True)

    @rule(name=st.sampled_from(sorted(RENAMED)))
    def rename_a_column(self, name: str) -> None:
        self.look()
        if name in self.headers:
            self.set(self.header, name, RENAMED[name])
            self.save()

    @rule(name=st.sampled_from(["Score", "Why", "Stage"]))
    def delete_a_column_of_ours(self, name: str) -> None:
        self.look()
        if name in self.headers:
            place = self.place(name)
            for row in self.grid:
                del row[place]
            if name == "Score":
                self.scores.clear()
            self.save()

    @rule(title=st.booleans())
    def move_the_header(self, title: bool) -> None:
        """By a row above it, or without the one that stands there."""
        self.look()
        if title:
            self.grid.insert(0, ["Our leads", *[None] * (len(self.headers) - 1)])
        elif self.header:
            del self.grid[0]
        self.save(synced=True)

    # What people think of our scores.

    @precondition(lambda self: self.synced)
    @rule(pick=PICK, value=st.sampled_from([1, 77, 99]))
    def type_over_a_score(self, pick: int, value: int) -> None:
        self.look()
        row = self.picked(pick)
        self.set(row, "Score", value)
        self.scores[self.value(row, "Key")] = value
        self.save(synced=True)

    @precondition(lambda self: bool(self.scores))
    @rule(pick=PICK)
    def clear_a_typed_score(self, pick: int) -> None:
        self.look()
        key = sorted(map(str, self.scores))[pick % len(self.scores)]
        row = next(row for row in self.leads() if str(self.value(row, "Key")) == key)
        self.set(row, "Score", None)
        del self.scores[self.value(row, "Key")]
        self.save()

    # What sheetcrm does.

    @rule()
    def sync(self) -> None:
        self.look()
        before = self.grid
        assert sync(self.workspace).exit_code == 0
        self.look()
        self.check_theirs(before)
        check_log(self.hands, self.workspace.ledger)
        self.synced = True
        keys = [self.value(row, "Key") for row in self.leads()]
        for row, key in zip(self.leads(), keys, strict=True):
            if keys.count(key) > 1 and key in self.scores:
                continue  # a twin in everything: nobody can say in which of them it was typed
            assert self.value(row, "Score") == self.expected(row), (self.headers, self.grid[row])
        ids = [self.value(row, "Lead ID") for row in self.leads()]
        assert None not in ids
        assert len(set(ids)) == len(ids)
        assert plan(self.workspace).results[0].plan.edits == []

    @precondition(lambda self: self.synced and not self.scores)
    @rule()
    def undo_and_sync(self) -> None:
        self.look()
        before = self.grid
        newest = next(run for run in self.workspace.ledger.runs(50) if run.kind == "sync")
        if not any(self.workspace.ledger.edits(newest.id).values()):
            return
        undo(self.workspace, newest.id)
        self.look()
        self.check_theirs(before)
        check_log(self.hands, self.workspace.ledger)
        self.sync()

    def check_theirs(self, before: Grid) -> None:
        """All that is not in our columns is where it was, and new columns are ours and last."""
        header = next(i for i, row in enumerate(before) if "Key" in row)
        theirs = [i for i, name in enumerate(before[header]) if name not in OURS]
        for old, new in zip(before, self.grid, strict=True):
            assert [old[i] for i in theirs] == [new[i] for i in theirs]
        assert OURS.issuperset(self.headers[len(before[header]) :])


class PeopleAtAWorkbook(PeopleAndSync):
    """The same on a file, where people can do a little more."""

    hands_on = HandsOnWorkbook

    @rule(pick=PICK)
    def filter(self, pick: int) -> None:
        self.look()
        first = self.header + 2
        self.hands.filter([first + i for i in range(len(self.leads())) if i % 3 == pick % 3])

    @rule()
    def take_the_filter_away(self) -> None:
        self.hands.filter([])

    @rule()
    def rename_the_tab_back_and_forth(self) -> None:
        self.hands.rename("Leads 2026")
        before = self.hands.path.read_bytes()
        report = sync(self.workspace)
        assert isinstance(report.results[0].error, TabNotFoundError)
        assert self.hands.path.read_bytes() == before
        self.hands.rename(self.hands.TITLE)


def case_of(machine: type[PeopleAndSync], examples: int, steps: int) -> type:
    """A test case; what fails on a file is shown as it was found, as each step saves it."""
    case = type(machine.TestCase.__name__, (machine.TestCase,), {})
    phases = set(Phase) - ({Phase.shrink} if machine is PeopleAtAWorkbook else set())
    case.settings = settings(
        max_examples=examples, stateful_step_count=steps, phases=phases, deadline=None
    )
    return case


TestPeopleAndSync = case_of(PeopleAndSync, 15, 20)
TestPeopleAtAWorkbook = case_of(PeopleAtAWorkbook, 3, 15)
TestPeopleAndSyncForLong = pytest.mark.slow(case_of(PeopleAndSync, 60, 40))
TestPeopleAtAWorkbookForLong = pytest.mark.slow(case_of(PeopleAtAWorkbook, 8, 40))
