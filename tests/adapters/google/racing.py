"""A team at its spreadsheet, what it does there between our requests, and what must be so then.

A twin spreadsheet, to which the same person does the same without us, tells what the team's own
cells must look like afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sheetcrm.adapters.google.source import GoogleTabSource
from sheetcrm.adapters.memory import FixedClock, MemoryDrafts, MemoryLedger, MemoryTemplates
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.table.fields import Locale
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Rules, Workspace
from tests.adapters.google.sheets import Grid, source_of, spreadsheet_of
from tests.engine.team import FIELDS, NOW, OUTPUTS, QUALIFICATION
from tests.support.sheets_api import Formula, SheetsServer, Spreadsheet, Tab

OURS = tuple(OUTPUTS.values())
CITIES = ("Jakarta", "Bandung", "Bogor")
HEADERS = ["Name", "Email", "City", "Budget", "Language", "Notes", "Today"]
LEADS: Grid = [
    [f"Lead {i}", f"lead{i}@example.com", CITIES[i % 3], 10 * i, "en", f"note {i}", None]
    for i in range(1, 9)
]


@dataclass
class Team:
    """A team with its spreadsheet, and a twin of that which we never see."""

    google: SheetsServer
    book: Spreadsheet
    twin: Spreadsheet
    source: GoogleTabSource
    workspace: Workspace

    @property
    def tab(self) -> Tab:
        return Tab(self.book, self.book.book.sheets[0].sheet_id)

    @property
    def other(self) -> Tab:
        return Tab(self.twin, self.twin.book.sheets[0].sheet_id)

    def act(self, action: Callable[[Tab], None]) -> None:
        action(self.tab)
        action(self.other)

    def mirror(self) -> None:
        """Make the twin look like ours."""
        with self.twin.changing() as book:
            copy = self.book.book.copy()
            book.sheets = copy.sheets


def team_of(google: SheetsServer, *, id_first: bool = False) -> Team:
    google.script.forget()
    google.log.clear()
    grid: Grid = [list(HEADERS), *(list(row) for row in LEADS)]
    if id_first:
        grid = [["Lead ID", *grid[0]], *([None, *row] for row in grid[1:])]
    book = spreadsheet_of(google, {"Leads": grid, "Rates": [["City", "Rate"], ["Jakarta", 2]]})
    today = book.tab("Leads").column("Today")
    for row in range(2, len(grid) + 1):
        book.tab("Leads").set(f"{today}{row}", Formula("=TODAY()"), result=46000)
    source = source_of(google, book, fields=FIELDS, outputs=OUTPUTS)
    workspace = Workspace(
        rules=Rules(
            fields=FIELDS,
            locale=Locale(language="en"),
            outputs=OUTPUTS,
            qualification=QUALIFICATION,
            followups=FollowUps(),
        ),
        sources=(source,),
        tables={},
        ledger=MemoryLedger(),
        drafts=MemoryDrafts(),
        templates=MemoryTemplates({}),
        clock=FixedClock(NOW),
    )
    team = Team(google, book, google.create("Twin"), source, workspace)
    team.mirror()
    return team


def first_run(google: SheetsServer) -> Team:
    """Our columns are still to be made."""
    return team_of(google)


def later_run(google: SheetsServer) -> Team:
    """Our columns are there, and every lead has something new."""
    team = team_of(google)
    assert sync(team.workspace).exit_code == 0
    budget = team.tab.column("Budget")
    put_budgets(team, [(row, f"{budget}{row}") for row in range(2, 10)])
    return team


def few_new(google: SheetsServer) -> Team:
    """Our columns are there, and two leads have something new."""
    team = team_of(google)
    assert sync(team.workspace).exit_code == 0
    put_budgets(team, [(3, "D3"), (6, "D6")])
    return team


def id_first(google: SheetsServer) -> Team:
    """The team has put our id first."""
    team = team_of(google, id_first=True)
    assert sync(team.workspace).exit_code == 0
    put_budgets(team, [(row, f"E{row}") for row in range(2, 10)])
    return team


def put_budgets(team: Team, cells: list[tuple[int, str]]) -> None:
    for row, address in cells:
        team.tab.set(address, 7 * row)
    team.mirror()
    team.google.log.clear()


def header_row(tab: Tab) -> int:
    """The row of the headers, from 1."""
    return next(i for i, row in enumerate(tab.values(), 1) if "Email" in row)


def headers(tab: Tab) -> list:
    return tab.values()[header_row(tab) - 1]


def last_letter(tab: Tab) -> str:
    width = max(len(row) for row in tab.values())
    return chr(64 + width)


def sort(tab: Tab) -> None:
    tab.sort(f"A2:{last_letter(tab)}9", tab.column("City"), descending=True)


def insert_row(tab: Tab) -> None:
    tab.insert_rows(4)


def delete_row(tab: Tab) -> None:
    tab.delete_rows(4)


def drag_row(tab: Tab) -> None:
    tab.drag_rows(7, 3)


def cut_row(tab: Tab) -> None:
    tab.cut_row(3, 12)


def copy_row(tab: Tab) -> None:
    tab.insert_rows(4)
    tab.copy_row(7, 4)


def insert_column(tab: Tab) -> None:
    tab.insert_columns("C")


def delete_column(tab: Tab) -> None:
    tab.delete_columns(tab.column("Notes"))


def partial_sort(tab: Tab) -> None:
    """All but the id; where that stands at the right, all but our columns."""
    headers = [str(value) for value in tab.values()[0]]
    first = "B" if headers[0] == "Lead ID" else "A"
    last = last_letter(tab) if first == "B" else tab.column("Today")
    tab.sort(f"{first}2:{last}9", tab.column("Email"), descending=True)


def rename(tab: Tab) -> None:
    tab.rename("Prospek 2026")


ACTIONS = [
    sort,
    insert_row,
    delete_row,
    drag_row,
    cut_row,
    copy_row,
    insert_column,
    delete_column,
    partial_sort,
    rename,
]


def check_theirs(team: Team) -> None:
    """All cells but those in our columns are what they are without us, formulas too."""
    assert theirs(team.tab) == theirs(team.other)
    assert [tab.title for tab in team.book.book.sheets] == [
        tab.title for tab in team.twin.book.sheets
    ]


def theirs(tab: Tab) -> list[list]:
    rows = tab.entered()
    width = max(len(row) for row in rows)
    header = [*headers(tab), *[None] * width]
    kept = [i for i in range(width) if header[i] not in OURS]
    found = [[row[i] if i < len(row) else None for i in kept] for row in rows]
    for row in found:
        while row and row[-1] is None:
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


def rows_of(tab: Tab) -> list[dict]:
    """The leads as header → value."""
    header, rows = headers(tab), tab.values()[header_row(tab) :]
    filled = [dict(zip(header, [*row, *[None] * 30], strict=False)) for row in rows]
    return [row for row in filled if row.get("Email")]


def ours_by_lead(tab: Tab) -> dict[str, dict]:
    return {row["Email"]: {name: row.get(name) for name in OURS} for row in rows_of(tab)}


TYPED = 700  #: a person's own score of lead number n is 700 + n


def is_right(row: dict) -> bool:
    """Whether the score is the one that the rules give, or one that a person gave this lead."""
    number = int(row["Email"][4:].partition("@")[0])
    return round(row["Score"]) == expected_score(row) or row["Score"] == TYPED + number


def expected_score(row: dict) -> int:
    city = 20 if row["City"] == "Jakarta" else 0
    return round(min(50, city + min(30, 30 * (row["Budget"] or 0) / 100)))


def check_ours(team: Team, earlier: dict[str, dict], *, ids: bool, scores: bool = True) -> None:
    """Beside each lead stand its own values, new or old, or nothing."""
    emails = [row["Email"] for row in rows_of(team.tab)]
    for row in rows_of(team.tab):
        old = earlier.get(row["Email"], {})
        score = row.get("Score")
        assert (
            not scores or score in {None, old.get("Score")} or round(score) == expected_score(row)
        ), row
        copied = emails.count(row["Email"]) > 1
        if ids and not copied:
            assert row.get("Lead ID") is None or old.get("Lead ID") in {None, row["Lead ID"]}


def check_all_right(team: Team) -> None:
    rows = rows_of(team.tab)
    assert rows
    for row in rows:
        assert is_right(row), row
        assert row["Why"]
    ids = [row["Lead ID"] for row in rows]
    assert None not in ids
    assert len(set(ids)) == len(ids)
