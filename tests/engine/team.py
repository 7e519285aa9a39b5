"""A small team's workspace in memory: real core, real engine, ports without files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sheetcrm.adapters.memory import (
    FixedClock,
    MemoryDrafts,
    MemoryLedger,
    MemoryTabSource,
    MemoryTemplates,
)
from sheetcrm.core.followup import rules as followup
from sheetcrm.core.qualify import rules as qualify
from sheetcrm.core.table.fields import Field, FieldType, Locale
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.workspace import Rules, Workspace

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))  # a Tuesday

FIELDS = (
    Field(name="name", headers=("Name", "Nama")),
    Field(name="email", headers=("Email",), type=FieldType.EMAIL, identifies=True),
    Field(name="city", headers=("City", "Kota")),
    Field(name="budget", headers=("Budget",), type=FieldType.MONEY),
    Field(name="language", headers=("Language",)),
)

OUTPUTS = {
    "id": "Lead ID",
    "score": "Score",
    "stage": "Stage",
    "why": "Why",
    "email_status": "Email status",
}

QUALIFICATION = qualify.Qualification(
    parameters={"min_budget": 100},
    scores=(
        qualify.Score(
            name="Fit",
            max=50,
            rules=(
                qualify.ScoreRule(name="City", when='=[@City]="Jakarta"', points=20),
                qualify.ScoreRule(name="Budget", points="=MIN(30,30*[@Budget]/min_budget)"),
            ),
        ),
    ),
    stages=(
        qualify.Stage(name="Contact"),
        qualify.Stage(name="MQL", when="=[@Score]>=20"),
        qualify.Stage(name="SQL", when="=[@Score]>=45"),
    ),
)

FOLLOWUPS = followup.FollowUps(
    sequences=(
        followup.Sequence(
            name="welcome",
            when='=[@Stage]="MQL"',
            steps=(followup.Step(template="01-intro"),),
        ),
    ),
    sender=followup.Sender(
        name="Surya Atap", address="halo@example.com", postal_address="Jl. Contoh 1, Jakarta"
    ),
)

TEMPLATES = {
    "welcome/01-intro.en.md": "---\nSubject: Hello {{ lead.first_name }}\n---\nA word about {{ lead.city }}.\n",
    "welcome/01-intro.id.md": "---\nSubject: Halo {{ lead.first_name }}\n---\nTentang {{ lead.city }}.\n",
}

GRID: list[list[CellValue]] = [
    ["Name", "Email", "City", "Budget", "Language", "Notes"],
    ["Ana Putri", "ana@example.com", "Jakarta", 100, "en", "keep"],
    ["Budi", "budi@example.com", "Jakarta", None, "en", "me"],
    ["Citra", "citra@example.com", "Bandung", 40, "en", "here"],
]

Make = Callable[..., Workspace]


@pytest.fixture
def make() -> Make:
    def workspace(
        *sources: MemoryTabSource,
        qualification: qualify.Qualification = QUALIFICATION,
        followups: followup.FollowUps = FOLLOWUPS,
        templates: Mapping[str, str] = TEMPLATES,
        outputs: Mapping[str, str] = OUTPUTS,
        ledger: MemoryLedger | None = None,
        now: datetime = NOW,
    ) -> Workspace:
        return Workspace(
            rules=Rules(
                fields=FIELDS,
                locale=Locale(language="en"),
                outputs=outputs,
                qualification=qualification,
                followups=followups,
                places={"stage[2].when": ("config/stages.toml", 7)},
            ),
            sources=sources,
            tables={},
            ledger=ledger or MemoryLedger(),
            drafts=MemoryDrafts(),
            templates=MemoryTemplates(templates),
            clock=FixedClock(now),
        )

    return workspace


def tab_of(source: MemoryTabSource) -> list[dict[str, CellValue]]:
    """The grid as one mapping for each row."""
    grid = source.grid
    return [dict(zip(map(str, grid[0]), [*row, *[None] * 20], strict=False)) for row in grid[1:]]


def by_name(source: MemoryTabSource, header: str) -> dict[CellValue, CellValue]:
    """Name → value in one column."""
    return {row["Name"]: row.get(header) for row in tab_of(source)}


def columns(rows: Sequence[Mapping[str, CellValue]], *headers: str) -> list[tuple[CellValue, ...]]:
    """These columns of the rows."""
    return [tuple(row.get(header) for header in headers) for row in rows]
