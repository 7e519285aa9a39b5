"""The days to come: what goes when and why, what is held, and holds on persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sheetcrm.adapters.memory import FixedClock, MemoryTabSource
from sheetcrm.core.followup.rules import Sending, Sequence, Step
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.due import due
from sheetcrm.engine.explain import explain
from sheetcrm.engine.holds import held, hold, let_go
from sheetcrm.engine.sync import plan, sync
from sheetcrm.errors import UsageError
from tests.engine.team import FOLLOWUPS, GRID, NOW, TEMPLATES, Make

STEPS = (Step(template="01-intro"), Step(template="02-more", after_days=3))
TWO = replace(FOLLOWUPS, sequences=(replace(FOLLOWUPS.sequences[0], steps=STEPS),))
TEXTS = TEMPLATES | {
    "welcome/02-more.en.md": "Still there?\n",
    "news/01-intro.en.md": "---\nSubject: News\n---\nNews for {{ lead.first_name }}.\n",
}
NEWS = Sequence(name="news", when='=[@Stage]="SQL"', steps=STEPS[:1])


def tab(*rows: list[CellValue], name: str = "leads") -> MemoryTabSource:
    return MemoryTabSource([GRID[0], *rows], name=name)


def mql(name: str, email: str | None = None) -> list[CellValue]:
    email = f"{name.lower()}@example.com" if email is None else email
    return [name, email, "Jakarta", None, "en", None]


def test_what_goes_when_and_what_is_held(make: Make) -> None:
    workspace = make(tab(mql("Ana"), mql("Budi", "")), followups=TWO, templates=TEXTS)
    report = due(workspace)
    assert [(m.day, m.name, m.step, m.template, m.state, m.why) for m in report.messages] == [
        (date(2026, 11, 24), "Ana", 1, "welcome/01-intro.en.md", "", "step 1 of 2"),
        (date(2026, 11, 27), "Ana", 2, "welcome/02-more.en.md", "", "step 2 of 2"),
    ]
    [one] = report.held
    assert (one.name, one.row, one.step, one.reason) == ("Budi", 3, 1, "there is no e-mail address")
    assert (report.limit, dict(report.days)) == (
        200,
        {date(2026, 11, 24): 1, date(2026, 11, 27): 1},
    )
    assert [m.step for m in due(workspace, days=1).messages] == [1]
    sync(workspace)
    assert [(m.step, m.state) for m in due(workspace).messages] == [(1, "draft"), (2, "")]


def test_what_is_foretold_comes_true(make: Make) -> None:
    """Day by day, with drafts that are sent on the day on which they are written."""
    sequences = (*TWO.sequences, NEWS, Sequence(name="tips", when="=TRUE", steps=STEPS))
    rules = replace(TWO, sequences=sequences, sending=Sending(min_gap_days=2))
    texts = TEXTS | {f"tips/{step.template}.en.md": "---\nSubject: T\n---\nT" for step in STEPS}
    rows = [mql("Ana"), mql("Budi"), ["Citra", "citra@example.com", "Jakarta", 100, "en", None]]
    workspace = make(tab(*rows), followups=rules, templates=texts)
    told = {(m.day, m.name, m.sequence, m.step) for m in due(workspace, days=20).messages}
    came = set()
    for days in range(21):
        today = replace(workspace, clock=FixedClock(NOW + timedelta(days=days)))
        names = {lead.lead: lead.name for lead in plan(today).results[0].plan.leads}
        sync(today)
        workspace.drafts.messages.clear()  # sent from somebody's mail program,
        sync(today)  # and noticed on the same day
        came |= {
            (draft.due_on, names[draft.lead], draft.sequence, draft.step)
            for draft in workspace.ledger.drafts()
        }
    assert len(told) > 8
    assert told == came


def test_sources_know_of_each_other(make: Make) -> None:
    news = tab(["Ana", "ana@example.com", "Jakarta", 100, "en", None], name="second")
    rules = replace(TWO, sequences=(*TWO.sequences, NEWS), sending=Sending(min_gap_days=2))
    workspace = make(tab(mql("Ana"), name="first"), news, followups=rules, templates=TEXTS)
    days = [(m.source, m.sequence, m.day.day) for m in due(workspace).messages]
    assert days == [("first", "welcome", 24), ("second", "news", 26), ("first", "welcome", 30)]


def test_explain_tells_what_was_and_what_comes(make: Make) -> None:
    workspace = make(tab(mql("Ana")), followups=TWO, templates=TEXTS)
    sync(workspace)
    [told] = explain(workspace, "Ana")
    assert [(m.sequence, m.step, m.state) for m in told.state.messages] == [("welcome", 1, "draft")]
    assert [(u.day.day, u.step, u.state) for u in told.upcoming] == [(24, 1, "draft"), (27, 2, "")]


def test_a_person_on_hold(make: Make) -> None:
    workspace = make(tab(mql("Ana"), mql("Anabel")), followups=TWO, templates=TEXTS)
    with pytest.raises(UsageError, match=r"may be Ana <ana@example\.com>, Anabel"):
        hold(workspace, "an")
    with pytest.raises(UsageError, match="is over"):
        hold(workspace, "ana@example.com", until=date(2026, 11, 24))
    with pytest.raises(UsageError, match="is not on hold"):
        let_go(workspace, "ana@example.com")
    [one] = hold(workspace, "ana@example.com", until=date(2026, 12, 1), reason="on leave")
    assert (one.name, one.until.date(), one.reason) == ("Ana", date(2026, 12, 1), "on leave")
    assert [(m.name, m.day.day) for m in due(workspace).messages] == [
        *(("Anabel", day) for day in (24, 27)),
        *(("Ana", day) for day in (1, 4)),
    ]
    sync(workspace)
    assert [draft.person for draft in workspace.ledger.drafts()] == ["anabel@example.com"]
    hold(workspace, "ana@example.com")
    [on_hold] = held(workspace)
    assert (on_hold.address, on_hold.until, on_hold.reason) == (
        *("ana@example.com", None),
        "a person said so",
    )
    assert [one.reason for one in due(workspace).held] == ["is on hold: a person said so"]
    let_go(workspace, "ana@example.com")
    assert held(workspace) == []
    sync(workspace)
    assert len(workspace.ledger.drafts()) == 2
