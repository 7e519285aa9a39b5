"""One person in several rows and sources: found, scored row by row, written to once."""

from __future__ import annotations

from dataclasses import replace

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.table.fields import Field, FieldType
from sheetcrm.engine.duplicates import duplicates
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceBusyError
from tests.engine.team import Make, by_name

HEADERS = ["Name", "Email", "Phone", "City", "Budget", "Language"]
PHONE = Field(name="phone", headers=("Phone",), type=FieldType.PHONE, identifies=True)


def tab(name: str, *rows: list) -> MemoryTabSource:
    return MemoryTabSource([["Our leads"], HEADERS, *rows], name=name)


def team(make: Make, *sources: MemoryTabSource) -> Workspace:
    workspace = make(*sources)
    return replace(
        workspace, rules=replace(workspace.rules, fields=(*workspace.rules.fields, PHONE))
    )


def two_sources() -> tuple[MemoryTabSource, MemoryTabSource]:
    """Budi at a fair and on the web, where he writes his address in capitals."""
    return (
        tab(
            "expo",
            ["Ana", "ana@example.com", "0812-3456-7890", "Bandung", None, "en"],
            ["Budi", "budi@example.com", None, "Jakarta", None, "en"],
        ),
        tab(
            "web",
            ["Budi S.", " BUDI@Example.com", "0813-3456-7890", "Jakarta", 100, "en"],
            ["Sari", None, "+62 812 3456 7890", "Jakarta", None, "en"],
            ["Tono", "tono@example.com", None, "Jakarta", 100, "en"],
        ),
    )


def test_persons_are_found_over_sources_with_their_cells(make: Make):
    workspace = team(make, *two_sources())
    report = duplicates(workspace)
    assert (report.leads, report.exit_code) == (5, 0)
    ana, budi = report.persons
    assert [(row.source, row.row, row.name) for row in ana.rows] == [
        ("expo", 3, "Ana"),
        ("web", 4, "Sari"),
    ]
    [number] = ana.shared
    assert (number.field, number.value) == ("phone", "+6281234567890")
    assert [(cell.source, cell.cell) for cell in number.cells] == [("expo", "C3"), ("web", "C4")]
    [address] = budi.shared
    assert (address.field, address.value) == ("email", "budi@example.com")
    assert [cell.cell for cell in address.cells] == ["B4", "B3"]
    assert budi.name == "Budi"
    assert [row.stage for row in budi.rows] == ["", ""]
    assert duplicates(workspace, only=["web"]).persons == []


def test_scores_are_of_the_row_and_follow_ups_of_the_person(make: Make):
    expo, web = two_sources()
    workspace = team(make, expo, web)
    sync(workspace)
    assert (by_name_below(expo)["Budi"], by_name_below(web)["Budi S."]) == (20, 50)
    # Only Budi's row at the fair is an MQL, to whom the welcome goes; his other row says so too.
    assert [draft.person for draft in workspace.ledger.drafts()] == ["budi@example.com"]
    for _ in range(3):
        sync(workspace)
    assert len(workspace.ledger.drafts()) == 1
    [_, budi] = duplicates(workspace).persons
    assert [row.stage for row in budi.rows] == ["MQL", "SQL"]


def test_both_rows_are_due_and_one_is_written_to(make: Make):
    one = tab("expo", ["Budi", "budi@example.com", None, "Jakarta", None, "en"])
    two = tab("web", ["Budi S.", "BUDI@example.com ", "0812-3456-7890", "Jakarta", None, "en"])
    workspace = team(make, one, two)
    sync(workspace)
    assert [draft.to_address for draft in workspace.ledger.drafts()] == ["budi@example.com"]
    assert by_name_below(one, "Email status") == {"Budi": "DRAFT"}
    assert by_name_below(two, "Email status") == {"Budi S.": "DRAFT"}  # it is the same message
    other = team(make, two)
    sync(replace(other, ledger=workspace.ledger))
    assert len(workspace.ledger.drafts()) == 1


def test_nothing_is_written_or_deleted(make: Make):
    sources = two_sources()
    workspace = team(make, *sources)
    before = [source.grid for source in sources]
    duplicates(workspace)
    assert [source.grid for source in sources] == before
    assert workspace.ledger.runs() == []


class Gone(MemoryTabSource):
    """A workbook that cannot be read just now."""

    def read(self, known_headers=()):
        raise SourceBusyError("expo.xlsx is being written")


def test_a_source_that_cannot_be_read_leaves_the_others(make: Make):
    _, web = two_sources()
    again = tab("again", ["Tono again", "tono@example.com", None, None, None, None])
    report = duplicates(team(make, Gone([], name="expo"), web, again))
    assert [person.name for person in report.persons] == ["Tono"]
    assert (report.exit_code, report.errors[0].message) == (1, "expo.xlsx is being written")


def by_name_below(source: MemoryTabSource, header: str = "Score") -> dict:
    """`by_name` of a tab with a title."""
    return by_name(MemoryTabSource(source.grid[1:]), header)
