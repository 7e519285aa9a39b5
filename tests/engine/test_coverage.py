"""Which templates the leads get: fallbacks, holes, files that nobody gets, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.followup import Spot
from sheetcrm.core.followup.rules import Step
from sheetcrm.core.table.fields import Field, FieldType
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.coverage import coverage, explain_choice
from sheetcrm.errors import UsageError
from tests.engine.team import FIELDS, FOLLOWUPS, Make

HEADERS: list[CellValue] = ["Name", "Email", "City", "Budget", "Language", "Interest"]
TWO = replace(
    FOLLOWUPS,
    sequences=(
        replace(
            FOLLOWUPS.sequences[0],
            steps=(Step(template="01-intro"), Step(template="02-more")),
        ),
    ),
)
TEXTS = {
    "welcome/01-intro.en.md": "---\nSubject: x\n---\nx",
    "welcome/01-intro.es.md": "---\nSubject: x\n---\nx",
    "welcome/01-intro--ev.en.md": "---\nSubject: x\nFor-interest: EV\n---\nx",
    "welcome/01-intro--bali.en.md": "---\nSubject: x\nFor-location: Bali\n---\nx",
    "welcome/01-intro--later.en.md": "---\nSubject: x\nFor-stage: SQL\nStatus: draft\n---\nx",
    "welcome/01-intro.whatsapp.en.md": "x",
    "welcome/02-more--ev.en.md": "---\nFor-interest: EV\n---\nx",
    "welcome/02-more.fr.md": "x",
    "welcome/09-old.en.md": "---\nSubject: x\n---\nx",
}


def workspace(make: Make, *rows: list[CellValue]):
    made = make(MemoryTabSource([HEADERS, *rows]), followups=TWO, templates=TEXTS)
    fields = (*FIELDS, Field(name="interest", headers=("Interest",), type=FieldType.LIST))
    return replace(made, rules=replace(made.rules, fields=fields))


def lead(name: str, city: str, language: str, interest: str | None = None) -> list[CellValue]:
    return [name, f"{name.lower()}@example.com", city, 1, language, interest]


def test_who_gets_which_file_and_who_gets_none(make: Make) -> None:
    found = coverage(
        workspace(
            make,
            lead("Ana", "Jakarta", "en", "solar; EV"),
            lead("Budi", "jakarta", "en", "EV"),
            lead("Citra", "Bogor", "en", "solar"),
            lead("Diego", "Madrid", "es", "solar"),
            lead("Emil", "Berlin", "de"),
        )
    ).coverage
    intro, more = Spot("welcome", "01-intro"), Spot("welcome", "02-more")
    assert found.spots == [intro, more]
    cells = {
        (*group, spot.step): [
            (s.template, s.fallback, n) for s, n in found.cells[group, spot].items()
        ]
        for group in found.groups
        for spot in found.spots
    }
    ev = "welcome/01-intro--ev.en.md"
    none, line = ("", "", 1), "no For-… line matches"
    assert cells == {
        ("Jakarta", "EV", "en", "01-intro"): [(ev, "", 2)],
        ("Jakarta", "EV", "en", "02-more"): [("welcome/02-more--ev.en.md", "", 2)],
        ("Bogor", "solar", "en", "01-intro"): [("welcome/01-intro.en.md", line, 1)],
        ("Bogor", "solar", "en", "02-more"): [none],
        ("Madrid", "solar", "es", "01-intro"): [("welcome/01-intro.es.md", "", 1)],
        ("Madrid", "solar", "es", "02-more"): [none],
        ("Berlin", "", "de", "01-intro"): [("welcome/01-intro.en.md", "none in de", 1)],
        ("Berlin", "", "de", "02-more"): [none],
    }
    [hole] = found.holes
    assert (hole.spot, hole.leads, hole.first[0]) == (more, 3, "Citra (leads, row 4)")
    assert {one.template.removeprefix("welcome/"): one.why for one in found.unused} == {
        "01-intro--bali.en.md": "no lead is of location Bali",
        "01-intro--later.en.md": "Status: draft",
        "02-more.fr.md": "no lead speaks fr",
        "09-old.en.md": "no step has this template",
    }


def test_groups_that_get_the_same_are_shown_together(make: Make) -> None:
    cities, interests = [f"City {i}" for i in range(20)], ["EV", *(f"thing {i}" for i in range(7))]
    rows = [
        lead(f"L{i}{j}{language}", city, language, interest)
        for i, city in enumerate(cities)
        for j, interest in enumerate(interests)
        for language in ("en", "es", "id")
    ]
    found = coverage(workspace(make, *rows)).coverage
    assert len(found.groups) == 480
    rows = found.condensed(found.spots)
    assert sum(row.leads for row in rows) == 480
    assert len(rows) == 6  # EV and the other things, in each of the languages
    assert len(found.singly()) == 480


def test_why_a_lead_gets_a_file(make: Make) -> None:
    made = workspace(make, lead("Ana", "Jakarta", "en", "solar; EV"))
    [intro, more] = explain_choice(made, "Ana")
    assert (intro.spot, more.spot.step) == (Spot("welcome", "01-intro"), "02-more")
    assert [
        (c.template.kind.label, c.template.kind.language, c.fits) for c in intro.candidates
    ] == [
        ("ev", "en", True),
        ("", "en", True),
        ("bali", "en", False),
        ("later", "en", False),
        ("", "es", False),
    ]
    assert intro.candidates[2].why == "does not match For-location: Bali"
    assert [one.spot.step for one in explain_choice(made, "Ana", "welcome/02-more")] == ["02-more"]
    with pytest.raises(UsageError, match="no step '03'"):
        explain_choice(made, "Ana", "03")
    with pytest.raises(UsageError, match="no lead is called"):
        explain_choice(made, "Zoe")
