"""A sync is left out only where it is proven that it would change nothing."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.memory import FixedClock, MemoryDrafts, MemoryTabSource, MemoryTemplates
from sheetcrm.core.followup import rules as followup
from sheetcrm.core.outbox import Suppression
from sheetcrm.core.qualify import rules as qualify
from sheetcrm.core.table.fields import Field, Locale
from sheetcrm.engine.edges import next_edge
from sheetcrm.engine.phases import sync_phase
from sheetcrm.engine.run import Outcome, run
from sheetcrm.engine.sync import plan
from sheetcrm.engine.workspace import Rules, Workspace
from tests.engine.team import FIELDS as USUAL

JAKARTA = ZoneInfo("Asia/Jakarta")
HISTORIES = int(os.environ.get("SHEETCRM_HISTORIES", "15"))
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=JAKARTA)  # a Tuesday

GRID = [
    ["Name", "Email", "City", "Country", "Budget", "Language", "Due", "Last"],
    ["Ana Putri", "ana@example.com", "Jakarta", "ID", 100, "en", datetime(2026, 11, 26), datetime(2026, 11, 20)],
    ["Luz Paz", "luz@example.com", "Tijuana", "MX", 100, "en", datetime(2026, 11, 26), datetime(2026, 11, 24)],
    ["Eka", "eka@example.com", "Jayapura", "ID", 20, "en", datetime(2026, 11, 26), datetime(2026, 10, 1)],
    ["Aroha", "aroha@example.com", "Auckland", "NZ", 60, "en", datetime(2026, 11, 26), datetime(2026, 11, 23)],
]  # fmt: skip

FIELDS = (*USUAL, Field(name="country", headers=("Country",)))

QUALIFICATION = qualify.Qualification(
    scores=(
        qualify.Score(
            name="Fit",
            rules=(
                qualify.ScoreRule(name="Budget", points="=[@Budget]/2"),
                qualify.ScoreRule(name="Due", when="=[@Due]<=TODAY()", points=10),
            ),
        ),
        qualify.Score(
            name="Warm",
            rules=(qualify.ScoreRule(name="Always", points=20),),
            decay=qualify.Decay(since="=[@Last]", half_life_days=3),
        ),
    ),
    stages=(
        qualify.Stage(name="Contact", stalled_after_days=1.3),
        qualify.Stage(name="MQL", when="=[@Score]>=40", stalled_after_days=0.7),
        qualify.Stage(name="SQL", when="=[@Score]>=65"),
    ),
    moves=qualify.Moves(back=qualify.Back.ALLOW),
)

FOLLOWUPS = followup.FollowUps(
    sequences=(
        followup.Sequence(
            name="welcome",
            when="=[@Budget]>=120",
            steps=(followup.Step(template="01"), followup.Step(template="02", after_days=1)),
        ),
        followup.Sequence(
            name="due", start_on="=[@Due]", when="=TRUE", steps=(followup.Step(template="01"),)
        ),
    ),
    sender=followup.Sender(name="Surya Atap", address="halo@example.com", postal_address="Jl. 1"),
    sending=followup.Sending(closes=time(16, 30)),
)

OUTPUTS = {
    "id": "Lead ID",
    "score": "Score",
    "stage": "Stage",
    "why": "Why",
    "stalled": "Stalled since",
    "email_status": "Email status",
    "next_follow_up": "Next follow-up",
}

TEMPLATE = "---\nSubject: Hello {{ lead.first_name }}\n---\nA word about {{ lead.city }}.\n"
FILES = ("welcome/01.en.md", "welcome/02.en.md", "due/01.en.md")


@dataclass
class Team:
    """A workspace whose sheets, templates and clock can be changed from outside."""

    source: MemoryTabSource
    templates: dict[str, str]
    clock: FixedClock
    workspace: Workspace
    ledger_path: str

    def run(self):
        """Whether the run had nothing to do."""
        report = run(self.workspace.ledger, self.workspace.clock, [sync_phase(self.workspace)])
        (phase,) = report.phases
        assert not phase.done.errors
        return phase.outcome is Outcome.IDLE

    def would_change(self):
        """What a sync would do just now."""
        (result,) = plan(self.workspace).results
        found = result.plan
        moves = [move for move in found.moves if not move.refused]
        return [*found.edits, *found.append, *found.drafts, *found.withdrawn, *found.gone,
                *found.enrolments, *moves]  # fmt: skip


def team(folder: Path, *, qualification=QUALIFICATION, now=NOW) -> Team:
    source, store = MemoryTabSource(GRID), MemoryTemplates(dict.fromkeys(FILES, TEMPLATE))
    templates = store._sources
    drafts, clock = MemoryDrafts(), FixedClock(now)
    path = str(folder / "ledger.db")
    workspace = Workspace(
        rules=Rules(
            fields=FIELDS,
            locale=Locale(language="en"),
            outputs=OUTPUTS,
            qualification=qualification,
            followups=FOLLOWUPS,
        ),
        sources=[source],
        tables={},
        ledger=open_ledger(path),
        drafts=drafts,
        templates=store,
        clock=clock,
        inputs=lambda: repr((source.grid, templates, sorted(drafts.messages))),
    )
    return Team(source, templates, clock, workspace, path)


@pytest.fixture
def ours(tmp_path):
    found = team(tmp_path)
    yield found
    found.workspace.ledger.close()


def settled(ours):
    """Until the run has nothing more to do."""
    for _ in range(4):
        if ours.run():
            return
    raise AssertionError("it always finds something to do")


def test_a_run_after_one_that_changed_nothing_is_left_out(ours):
    done = [ours.run() for _ in range(5)]
    assert (done[0], done[-2:]) == (False, [True, True])
    ours.clock.move(timedelta(minutes=20))
    assert ours.run()
    kinds = [one.kind for one in ours.workspace.ledger.runs()]
    assert (kinds.count("run"), kinds.count("sync")) == (6, done.count(False))


@pytest.mark.parametrize(
    "change",
    [
        lambda ours: ours.source.set_cell("E2", 10),
        lambda ours: ours.templates.update({"welcome/02.en.md": TEMPLATE + "More."}),
        lambda ours: ours.clock.move(timedelta(days=1)),
        lambda ours: ours.clock.move(timedelta(hours=-1)),
        lambda ours: ours.workspace.ledger.outbox.suppress(
            [Suppression("luz@example.com", "asked", NOW)]
        ),
        lambda ours: ours.workspace.ledger.commit(
            ours.workspace.ledger.start_run("sync", NOW), plan(ours.workspace).results[0].plan, at=NOW
        ),
    ],
    ids=["a cell", "a template", "a day", "a clock set back", "an address", "another run"],
)  # fmt: skip
def test_whatever_changes_makes_it_look_again(ours, change):
    settled(ours)
    change(ours)
    assert not ours.run()


def test_a_formula_that_asks_for_the_time_is_always_asked(tmp_path):
    rule = qualify.ScoreRule(name="Late", when="=now()-[@Last]>1.5", points=1)
    fit = replace(QUALIFICATION.scores[0], rules=(*QUALIFICATION.scores[0].rules, rule))
    rules = replace(QUALIFICATION, scores=(fit, QUALIFICATION.scores[1]))
    ours = team(tmp_path, qualification=rules)
    with closing(ours.workspace.ledger):
        assert not any(ours.run() for _ in range(5))


def test_where_nobody_can_tell_what_it_reads_it_is_never_left_out(ours):
    unsure = replace(ours, workspace=replace(ours.workspace, inputs=lambda: None))
    assert not any(unsure.run() for _ in range(4))


class Changing:
    """Inputs that change while the sync reads them, and back."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self):
        self.number += 1
        return str(self.number)


def test_what_changes_meanwhile_is_not_settled(ours):
    unsure = replace(ours, workspace=replace(ours.workspace, inputs=Changing()))
    assert not any(unsure.run() for _ in range(4))


WHERE = ["Asia/Jakarta", "America/Tijuana", "Asia/Jayapura", "Pacific/Auckland", "Europe/Madrid"]
EDGES = st.tuples(st.sampled_from(WHERE), st.sampled_from([time(), time(16, 30)]))
CITIES = st.sampled_from(["Jakarta", "Tijuana", "Makassar", "Auckland", "Madrid", ""])
STEPS = st.one_of(
    st.tuples(st.just("until"), EDGES),
    st.tuples(st.just("until"), EDGES),
    st.tuples(st.just("wait"), st.integers(0, 3 * 24 * 60)),
    st.tuples(st.just("budget"), st.tuples(st.integers(2, 5), st.integers(0, 150))),
    st.tuples(st.just("city"), st.tuples(st.integers(2, 5), CITIES)),
    st.tuples(st.just("stage"), st.tuples(st.integers(2, 5), st.sampled_from(["SQL", None]))),
    st.tuples(st.just("template"), st.integers(0, 9)),
    st.tuples(st.just("suppress"), st.sampled_from([row[1] for row in GRID[1:]])),
    st.tuples(st.just("remove"), st.integers(2, 5)),
)


def take(ours: Team, step: tuple[str, object]) -> None:
    what, value = step
    if what == "wait":
        ours.clock.move(timedelta(minutes=value))
    elif what == "until":
        zone, at = ZoneInfo(value[0]), value[1]
        local = ours.clock.now().astimezone(zone)
        there = datetime.combine(local.date(), at, zone)
        ahead = there.timestamp() - local.timestamp()
        ours.clock.move(timedelta(seconds=ahead + 1 if ahead > 0 else ahead + 86_401))
    elif what in {"budget", "city", "stage"}:
        row, new = value
        headers = ours.source.grid[0]
        place = headers.index(what.title()) if what.title() in headers else 0
        if place and row <= len(ours.source.grid):
            ours.source.set_cell(f"{chr(ord('A') + place)}{row}", new)
    elif what == "template":
        ours.templates["welcome/02.en.md"] = f"{TEMPLATE}{value}"
    elif what == "suppress":
        entry = Suppression(str(value), "asked", ours.clock.now())
        ours.workspace.ledger.outbox.suppress([entry])
    elif value <= len(ours.source.grid) > 2:
        ours.source.delete_row(value)


def never_hides_a_change(steps, start):
    with tempfile.TemporaryDirectory() as folder:
        ours = team(Path(folder), now=NOW + timedelta(minutes=start))
        with closing(ours.workspace.ledger):
            for step in (("wait", 0), *steps):
                take(ours, step)
                for _ in range(3):
                    if ours.run():
                        assert ours.would_change() == [], step
                        break


@settings(max_examples=4)
@given(steps=st.lists(STEPS, min_size=4, max_size=7), start=st.integers(0, 24 * 60))
def test_leaving_it_out_never_hides_a_change(steps, start):
    never_hides_a_change(steps, start)


@pytest.mark.slow
@settings(max_examples=HISTORIES)
@given(steps=st.lists(STEPS, min_size=4, max_size=14), start=st.integers(0, 24 * 60))
def test_leaving_it_out_never_hides_a_change_however_long_it_goes_on(steps, start):
    never_hides_a_change(steps, start)


@pytest.mark.parametrize("city", ["Tijuana", "Auckland"])
def test_a_day_that_begins_where_a_lead_is_or_the_end_of_its_hours_is_seen(ours, city):
    zone = {row[2]: name for row, name in zip(GRID[1:], WHERE, strict=False)}[city]
    settled(ours)
    hidden = []
    found = []
    for at in (time(16, 28), time(23, 58), time(16, 28), time(23, 58)):
        take(ours, ("until", (zone, at)))
        settled(ours)
        take(ours, ("wait", 3))
        would = ours.would_change()
        found += would
        hidden += would if ours.run() else []
    assert found
    assert hidden == []


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(JAKARTA))
ZONES = [
    "Asia/Jakarta",
    "Asia/Kathmandu",
    "America/Mexico_City",
    "Pacific/Auckland",
    "Europe/Madrid",
]
CLOSES = time(17, 30)


@given(now=MOMENTS, names=st.sets(st.sampled_from(ZONES), min_size=1), minutes=st.integers(0, 3000))
def test_before_the_edge_it_is_the_same_day_and_side_of_closing_time_everywhere(
    now, names, minutes
):
    zones = [ZoneInfo(name) for name in names]
    edge = next_edge(now, zones=zones, times=[CLOSES])
    assert edge.timestamp() > now.timestamp()
    later = datetime.fromtimestamp(
        min(now.timestamp() + 60 * minutes, edge.timestamp() - 0.001), JAKARTA
    )
    for zone in zones:
        before, after = now.astimezone(zone), later.astimezone(zone)
        assert before.date() == after.date()
        assert (before.time() >= CLOSES) == (after.time() >= CLOSES) or _turned_back(zone, now)


def _turned_back(zone, now):
    """Whether the zone's clocks are set back on that day."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0)
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


def test_known_moments_are_edges_until_they_are_past():
    at = NOW + timedelta(minutes=7)
    assert next_edge(NOW, zones=[JAKARTA], moments=[at, NOW - timedelta(1)]) == at
    assert next_edge(at, zones=[JAKARTA], moments=[at]) == at
    assert next_edge(NOW, zones=[JAKARTA]) == datetime(2026, 11, 25, tzinfo=JAKARTA)
