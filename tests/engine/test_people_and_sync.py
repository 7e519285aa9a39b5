"""People and sheetcrm work on one tab in turn: nobody's work is lost, nothing stands wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sheetcrm.adapters.memory import (
    FixedClock,
    MemoryLedger,
    MemoryOutbox,
    MemoryTabSource,
    MemoryTemplates,
)
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.engine.workspace import Rules, Workspace
from tests.engine.team import FIELDS, GRID, NOW, OUTPUTS, QUALIFICATION

TEAM = len(GRID[0])
NAMES = ("Ana", "Budi", "Citra", "Dewi", "Eko", "Fajar", "Gita", "Hadi")
PICK = st.integers(0, 11)


def expected_score(row: list[CellValue]) -> int:
    """What the rules of `QUALIFICATION` give, worked out another way."""
    city = 20 if row[2] == "Jakarta" else 0
    budget = row[3]
    points = min(30, 30 * budget / 100) if isinstance(budget, int) else 0
    return round(min(50, city + points))


@dataclass
class Team:
    """The workspace, and what people have typed over our cells."""

    source: MemoryTabSource = field(default_factory=lambda: MemoryTabSource(GRID))

    def __post_init__(self) -> None:
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
            ledger=MemoryLedger(),
            outbox=MemoryOutbox(),
            templates=MemoryTemplates({}),
            clock=FixedClock(NOW),
        )


class PeopleAndSync(RuleBasedStateMachine):
    """Each rule is something that somebody does; `sync` is ours."""

    def __init__(self) -> None:
        super().__init__()
        self.team = Team()
        self.number = 0
        self.synced = False
        self.scores: dict[CellValue, CellValue] = {}  #: e-mail → a score that a person typed

    @property
    def source(self) -> MemoryTabSource:
        return self.team.source

    def rows(self) -> list[list[CellValue]]:
        width = len(self.source.grid[0])
        return [(row + [None] * width)[:width] for row in self.source.grid[1:]]

    def place(self, header: str) -> int:
        return self.source.grid[0].index(header)

    def picked(self, pick: int) -> tuple[int, list[CellValue]]:
        rows = self.rows()
        index = pick % len(rows)
        return index + 2, rows[index]

    def put(self, row: int, place: int, value: CellValue) -> None:
        self.source.set_cell(f"{chr(65 + place)}{row}", value)

    @rule(pick=PICK, budget=st.sampled_from([None, 10, 50, 100, 400]))
    def edit_a_budget(self, pick: int, budget: int | None) -> None:
        row, _ = self.picked(pick)
        self.put(row, 3, budget)
        self.synced = False

    @rule(pick=PICK, text=st.sampled_from(["called", "=1+1", "ask again"]))
    def edit_a_note(self, pick: int, text: str) -> None:
        self.put(self.picked(pick)[0], 5, text)

    @rule(column=st.sampled_from("ABCD"), reverse=st.booleans())
    def sort(self, column: str, reverse: bool) -> None:
        self.source.sort_rows(column, reverse=reverse)

    @rule(name=st.sampled_from(NAMES), city=st.sampled_from(["Jakarta", "Bogor"]), pick=PICK)
    def insert(self, name: str, city: str, pick: int) -> None:
        self.number += 1
        lead: list[CellValue] = [
            name,
            f"{name.lower()}{self.number}@example.com",
            city,
            50,
            "en",
            "",
        ]
        self.source.insert_row(self.picked(pick)[0], lead)
        self.synced = False

    @precondition(lambda self: len(self.source.grid) > 3)
    @rule(pick=PICK)
    def delete(self, pick: int) -> None:
        row, cells = self.picked(pick)
        self.source.delete_row(row)
        self.scores.pop(cells[1], None)
        self.synced = False

    @precondition(lambda self: "Score" in self.source.grid[0] and self.synced)
    @rule(pick=PICK, value=st.sampled_from([1, 77, 99]))
    def type_over_a_score(self, pick: int, value: int) -> None:
        row, cells = self.picked(pick)
        self.put(row, self.place("Score"), value)
        self.scores[cells[1]] = value

    @precondition(lambda self: bool(self.scores))
    @rule(pick=PICK)
    def clear_a_typed_score(self, pick: int) -> None:
        email = sorted(map(str, self.scores))[pick % len(self.scores)]
        row = next(i for i, cells in enumerate(self.rows(), 2) if cells[1] == email)
        self.put(row, self.place("Score"), None)
        del self.scores[email]
        self.synced = False

    @rule()
    def sync(self) -> None:
        before = [row[:TEAM] for row in self.rows()]
        assert sync(self.team.workspace).exit_code == 0
        assert [row[:TEAM] for row in self.rows()] == before
        self.synced = True
        for row in self.rows():
            email, score = row[1], row[self.place("Score")]
            assert score == self.scores.get(email, expected_score(row)), row
        ids = [row[self.place("Lead ID")] for row in self.rows()]
        assert None not in ids
        assert len(set(ids)) == len(ids)
        assert plan(self.team.workspace).results[0].plan.edits == []

    @precondition(lambda self: self.synced and not self.scores)
    @rule()
    def undo_and_sync(self) -> None:
        before = self.source.grid
        newest = next(run for run in self.team.workspace.ledger.runs(50) if run.kind == "sync")
        if not any(self.team.workspace.ledger.edits(newest.id).values()):
            return
        undo(self.team.workspace, newest.id)
        assert [row[:TEAM] for row in self.source.grid] == [row[:TEAM] for row in before]
        self.sync()

    @invariant()
    def the_team_has_its_headers(self) -> None:
        assert self.source.grid[0][:TEAM] == GRID[0]


PeopleAndSync.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestPeopleAndSync = PeopleAndSync.TestCase
