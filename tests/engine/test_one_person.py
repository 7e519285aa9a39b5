"""One phone number and one name are one person, over rows, sources and runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sheetcrm.adapters.memory import FixedClock, MemoryTabSource
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.core.table.fields import Field, FieldType
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.holds import held, hold, let_go
from sheetcrm.engine.sync import plan, sync
from tests.engine.team import FIELDS, NOW, OUTPUTS, QUALIFICATION, Make, by_name

HEADERS: list[CellValue] = ["Name", "Email", "City", "Budget", "Language", "Phone"]
WITH_PHONE = (*FIELDS, Field(name="phone", headers=("Phone",), type=FieldType.PHONE))
LADDER = replace(
    QUALIFICATION,
    stages=(*QUALIFICATION.stages, Stage(name="Out", when="=[@Budget]=1", off_ladder=True)),
)


def row(name: str, email: str, budget: int | None = None) -> list[CellValue]:
    return [name, email, "Jakarta", budget, "en", "0812-3456-7890"]


def two(make: Make, first: list[CellValue], second: list[CellValue]):
    sources = [
        MemoryTabSource([HEADERS, one], name=name)
        for name, one in (("first", first), ("second", second))
    ]
    workspace = make(*sources, qualification=LADDER, outputs=OUTPUTS)
    return replace(workspace, rules=replace(workspace.rules, fields=WITH_PHONE)), sources


def persons(workspace) -> list[str]:
    return [draft.person for draft in workspace.ledger.drafts()]


@pytest.mark.parametrize("name", ["Ana Putri", "ana PUTRI "])
def test_a_person_with_two_addresses_in_two_sources_hears_once(make: Make, name: str) -> None:
    workspace, sources = two(
        make, row("Ana Putri", "ana@example.com"), row(name, "ana@example.org")
    )
    sync(workspace)
    assert persons(workspace) == ["ana@example.com"]
    for days in range(1, 4):  # and in no later run
        sync(replace(workspace, clock=FixedClock(NOW + timedelta(days=days))))
    assert persons(workspace) == ["ana@example.com"]
    assert by_name(sources[1], "Email status")[name] == "DRAFT"
    assert all(result.plan.changes_nothing for result in plan(workspace).results)


def test_colleagues_with_one_number_are_two(make: Make) -> None:
    workspace, _ = two(make, row("Ana Putri", "ana@example.com"), row("Budi", "budi@example.com"))
    sync(workspace)
    assert sorted(persons(workspace)) == ["ana@example.com", "budi@example.com"]


def test_whoever_is_out_at_one_address_hears_nothing_at_the_other(make: Make) -> None:
    workspace, _ = two(
        make, row("Ana Putri", "ana@example.com"), row("Ana Putri", "ana@example.org", 1)
    )
    sync(workspace)
    assert persons(workspace) == []


def test_a_hold_counts_for_all_addresses(make: Make) -> None:
    workspace, _ = two(
        make, row("Ana Putri", "ana@example.com"), row("Ana Putri", "ana@example.org")
    )
    hold(workspace, "Ana Putri")
    assert {one.address for one in held(workspace)} == {"ana@example.com", "ana@example.org"}
    sync(workspace)
    assert persons(workspace) == []
    let_go(workspace, "Ana Putri")
    sync(workspace)
    assert persons(workspace) == ["ana@example.com"]
