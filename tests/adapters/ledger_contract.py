"""What every ledger must remember.

A subclass gives a fixture `ledger`, fresh for each test::

    class TestSqlite(LedgerContract):
        @pytest.fixture
        def ledger(self, tmp_path):
            ledger = open_ledger(str(tmp_path / "ledger.db"))
            yield ledger
            ledger.close()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetcrm.core.memory import (
    Enrolment,
    Hold,
    LeadRecord,
    Memory,
    MessageDraft,
    MessageEvent,
    StageMove,
    Withdrawal,
)
from sheetcrm.core.outbox import Pause, Suppression
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue, Edit, Override, Tab
from sheetcrm.errors import UsageError
from sheetcrm.ports import Ledger

T0 = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
T1 = T0 + timedelta(days=1)
T2 = T0 + timedelta(days=2)
JAKARTA = timezone(timedelta(hours=7))

Cells = Mapping[tuple[str, str], CellValue]

CELL_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.dates(),
    st.datetimes(),
    st.sampled_from([CellError(code) for code in ERROR_CODES]),
)


def record(lead: str = "L1", **parts) -> LeadRecord:
    defaults = {
        "fingerprint": f"print-{lead}",
        "row": 2,
        "name": f"Name of {lead}",
        "email": f"{lead.casefold()}@example.com",
        "phone": "",
        "language": "id",
        "score": 40.0,
        "scores": {"Fit": 30.0, "Interest": 10.0},
        "stage": "MQL",
        "why": "+30 city",
    }
    return LeadRecord(lead=lead, **defaults | parts)


def edit(lead: str, header: str, before: CellValue, after: CellValue, **parts) -> Edit:
    return Edit(lead=lead, row=0, header=header, before=before, after=after, **parts)


def as_cells(edits: Sequence[Edit]) -> dict[tuple[str, str], tuple[CellValue, CellValue]]:
    return {(e.lead, e.header): (e.before, e.after) for e in edits}


def move(lead: str, before: str, after: str, **parts) -> StageMove:
    return StageMove(lead=lead, before=before, after=after, why=f"now {after}", **parts)


def draft(key: str = "sari/welcome/1/1", lead: str = "L1", **parts) -> MessageDraft:
    defaults = {
        "source": "expo",
        "person": f"{lead.casefold()}@example.com",
        "sequence": "welcome",
        "step": 1,
        "template": "welcome/01-intro.id.md",
        "language": "id",
        "to_name": "Sari Wulandari",
        "to_address": f"{lead.casefold()}@example.com",
        "subject": "Halo Sari ☀️",
        "text": "Halo,\n\nsalam",
        "html": "<p>Halo</p>",
        "raw": b"Subject: =?utf-8?q?Halo?=\r\n\r\nHalo\x00\xff",
        "message_id": f"<{key.replace('/', '.')}@example.com>",
        "due_on": date(2026, 11, 24),
        "why": "stage is MQL",
        "segment": "jakarta-solar",
        "place": f"var/outbox/{key.replace('/', '-')}.eml",
    }
    return MessageDraft(key=key, lead=lead, **defaults | parts)


def plan(source: str = "expo", *, leads: Sequence[LeadRecord] = (), **parts) -> Plan:
    tab = Tab(source=source, title="Leads", header_row=1, rows=(), columns=())
    return Plan(source=source, locator=f"{source}.xlsx › Leads", tab=tab, leads=leads, **parts)


def run(ledger: Ledger, decided: Plan, *, at: datetime = T0) -> str:
    """One whole run, as `sync` does it."""
    name = ledger.start_run("sync", at)
    ledger.intend(name, decided)
    ledger.commit(name, decided, at=at)
    ledger.finish_run(name, at=at, outcome="ok", counts={"cells": len(decided.edits)})
    return name


def cut_off(ledger: Ledger, decided: Plan, *, at: datetime = T0) -> str:
    """A run that died between writing the sheet and saying so."""
    name = ledger.start_run("sync", at)
    ledger.intend(name, decided)
    return name


def written(edits: Sequence[Edit]) -> dict[tuple[str, str], CellValue]:
    return {(edit.lead, edit.header): edit.after for edit in edits}


class LedgerContract:
    """Subclassed by the tests of every adapter."""

    @pytest.fixture
    def ledger(self) -> Ledger:
        raise NotImplementedError

    # Leads

    def test_a_new_source_has_no_memory(self, ledger: Ledger) -> None:
        memory = ledger.remember("expo")
        assert replace(memory, messages=tuple(memory.messages)) == Memory()
        assert ledger.lead("expo", "L1") is None
        assert ledger.runs() == []
        assert ledger.drafts() == []

    def test_leads_are_remembered(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1"), record("L2", fingerprint="other")]))
        leads = ledger.remember("expo").leads
        assert list(leads) == ["L1", "L2"]
        assert leads["L2"].fingerprint == "other"
        assert leads["L2"].first_seen == T0
        assert not leads["L2"].gone

    def test_leads_go_and_return(self, ledger: Ledger) -> None:
        cells = {("L1", "Score"): 40, ("L2", "Score"): 50}
        run(ledger, plan(leads=[record("L1"), record("L2")], written=cells))
        run(ledger, plan(leads=[record("L1")], written={("L1", "Score"): 41}), at=T1)
        memory = ledger.remember("expo")
        assert [lead.gone for lead in memory.leads.values()] == [False, True]
        assert memory.written == {("L1", "Score"): 41, ("L2", "Score"): 50}
        run(ledger, plan(leads=[record("L2"), record("L1")]), at=T2)
        again = ledger.remember("expo").leads
        assert not again["L2"].gone
        assert again["L2"].first_seen == T0

    def test_an_emptied_tab_leaves_all_leads_gone(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")]))
        run(ledger, plan(), at=T1)
        assert ledger.remember("expo").leads["L1"].gone

    def test_a_lead_may_change(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")]))
        changed = record(
            "L1", fingerprint="new", name="Sari", email="sari@example.org", language=""
        )
        run(ledger, plan(leads=[changed]), at=T1)
        state = ledger.lead("expo", "L1")
        assert (state.known.fingerprint, state.known.first_seen) == ("new", T0)
        assert (state.record.name, state.record.email) == ("Sari", "sari@example.org")
        assert state.record.language == ""

    def test_sources_are_apart(self, ledger: Ledger) -> None:
        run(ledger, plan("expo", leads=[record("L1")], written={("L1", "Score"): 1}))
        run(ledger, plan("web", leads=[record("L1")], written={("L1", "Score"): 2}))
        assert ledger.remember("expo").written == {("L1", "Score"): 1}
        assert ledger.remember("web").written == {("L1", "Score"): 2}

    def test_a_lead_with_all_that_is_known_of_it(self, ledger: Ledger) -> None:
        moves = [move("L1", "", "MQL")]
        over = Override(lead="L1", header="Stage", value="Customer", computed="MQL")
        decided = plan(
            leads=[record("L1", phone="+6281234567")],
            moves=moves,
            overrides=[over],
            drafts=[draft()],
        )
        run(ledger, decided)
        state = ledger.lead("expo", "L1")
        assert state.record == record("L1", phone="+6281234567", row=0)
        assert (state.standing.stage, state.standing.since) == ("MQL", T0)
        assert [(m.before, m.after, m.why, m.by, m.at) for m in state.moves] == [
            ("", "MQL", "now MQL", "rule", T0)
        ]
        assert [message.key for message in state.messages] == ["sari/welcome/1/1"]
        assert state.overrides == [over]

    def test_a_lead_that_cannot_be_reached(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1", email="", phone="", score=None, scores={})]))
        state = ledger.lead("expo", "L1")
        assert (state.record.email, state.record.phone) == ("", "")
        assert (state.record.score, dict(state.record.scores)) == (None, {})
        assert state.messages == []

    # What we wrote

    @settings(
        max_examples=60,
        deadline=None,
        # One ledger serves all examples, each a further run; and every adapter runs this.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(st.lists(CELL_VALUES, min_size=1, max_size=8))
    def test_values_keep_their_kind(self, ledger: Ledger, values: list[CellValue]) -> None:
        cells = {("L1", f"Output {i}"): value for i, value in enumerate(values)}
        edits = [edit("L1", header, None, value) for (_, header), value in cells.items()]
        name = run(ledger, plan(leads=[record("L1")], written=cells, edits=edits))
        found = ledger.remember("expo").written
        assert {cell: (type(v), v) for cell, v in found.items()} == {
            cell: (type(v), v) for cell, v in cells.items()
        }
        assert [(type(e.after), e.after) for e in ledger.edits(name)["expo"]] == [
            (type(v), v) for v in values
        ]

    @pytest.mark.parametrize("header", ["date", "error", "datetime", 'quoted "name"', "Próximo ☀️"])
    def test_any_header_will_do(self, ledger: Ledger, header: str) -> None:
        cells = {("L1", header): "2026-03-01"}
        run(ledger, plan(leads=[record("L1")], written=cells))
        assert ledger.remember("expo").written == cells

    def test_the_base_is_replaced(self, ledger: Ledger) -> None:
        lead = [record("L1")]
        run(ledger, plan(leads=lead, written={("L1", "Score"): 1, ("L1", "Stage"): "MQL"}))
        run(ledger, plan(leads=lead, written={("L1", "Score"): 2}), at=T1)
        assert ledger.remember("expo").written == {("L1", "Score"): 2}
        run(ledger, plan(leads=lead), at=T2)
        assert ledger.remember("expo").written == {}

    def test_overrides_are_replaced(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2")]
        first = Override(lead="L1", header="Stage", value="Customer", computed="MQL")
        other = Override(lead="L2", header="Score", value=99, computed=1.5)
        run(ledger, plan(leads=leads, overrides=[first, other]))
        changed = Override(lead="L1", header="Stage", value="Customer", computed="SQL")
        run(ledger, plan(leads=leads, overrides=[changed]), at=T1)
        assert ledger.lead("expo", "L1").overrides == [changed]
        assert ledger.lead("expo", "L2").overrides == []

    def test_overrides_know_since_when_they_stand_there(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2")]
        score = Override(lead="L1", header="Score", value=99, computed=1.5)
        stage = Override(lead="L2", header="Stage", value="SQL", computed="MQL")
        run(ledger, plan(leads=leads, overrides=[score, stage]), at=T0)
        later = replace(score, computed=7.5)
        run(ledger, plan(leads=leads, overrides=[later, replace(stage, value="Won")]), at=T1)
        found = ledger.overrides("expo")
        assert found == [later, replace(stage, value="Won")]
        assert [one.since for one in found] == [T0, T1]
        assert [one.since for one in ledger.lead("expo", "L1").overrides] == [T0]
        run(ledger, plan(leads=leads[:1], overrides=[later]), at=T2)
        assert ledger.overrides("expo") == [later]
        assert ledger.overrides("web") == []

    # What was given back

    def given_back(self, ledger: Ledger) -> tuple[str, list[Edit]]:
        """A score of 40 and a stage, with 99 and “Won” typed over them, both given back."""
        cells = {("L1", "Score"): 40, ("L1", "Why"): "+40 city", ("L2", "Score"): 1}
        over = [
            Override(lead="L1", header="Score", value=99, computed=40),
            Override(lead="L1", header="Stage", value="Won", computed="MQL"),
        ]
        leads = [record("L1"), record("L2")]
        run(ledger, plan(leads=leads, written=cells, overrides=over, moves=[move("L1", "", "Won")]))
        edits = [edit("L1", "Score", 40, 99), edit("L1", "Stage", None, "Won")]
        name = ledger.start_run("release", T1)
        ledger.released("expo", edits, by=name, at=T1)
        return name, edits

    def test_what_was_given_back_is_ours(self, ledger: Ledger) -> None:
        name, edits = self.given_back(ledger)
        memory = ledger.remember("expo")
        assert memory.written == {
            ("L1", "Score"): 99,
            ("L1", "Why"): "+40 city",
            ("L1", "Stage"): "Won",
            ("L2", "Score"): 1,
        }
        assert memory.pending == {}
        assert not any(lead.gone for lead in memory.leads.values())
        assert memory.standings["L1"].stage == "Won"
        assert ledger.lead("expo", "L1").record.score == 40.0
        assert ledger.edits(name) == {"expo": edits}

    def test_giving_back_can_be_undone(self, ledger: Ledger) -> None:
        name, edits = self.given_back(ledger)
        by = ledger.start_run("undo", T2)
        ledger.undone(name, "expo", edits[:1], by=by)
        assert ledger.edits(name) == {"expo": edits[1:]}
        written = ledger.remember("expo").written
        assert (written["L1", "Score"], written["L1", "Stage"]) == (40, "Won")
        ledger.undone(name, "expo", edits[1:], by=by)
        assert ledger.edits(name) == {}
        assert ledger.remember("expo").written["L1", "Stage"] is None
        assert ledger.overrides("expo")[0].since == T0
        assert ledger.remember("expo").standings["L1"].stage == "Won"

    def test_going_back_before_it_takes_it_back(self, ledger: Ledger) -> None:
        name, _ = self.given_back(ledger)
        back = as_cells(ledger.turned_back("expo", name))
        assert back == {("L1", "Score"): (99, 40), ("L1", "Stage"): ("Won", None)}

    def test_giving_back_settles_what_a_run_that_was_cut_off_did_not_write(
        self, ledger: Ledger
    ) -> None:
        run(ledger, plan(leads=[record("L1")], written={("L1", "Score"): 40}))
        lost = cut_off(ledger, plan(leads=[record("L1")], edits=[edit("L1", "Score", 40, 41)]))
        name = ledger.start_run("release", T1)
        ledger.released("expo", [edit("L1", "Stage", None, "Won")], by=name, at=T1)
        memory = ledger.remember("expo")
        assert memory.pending == {}
        assert memory.written == {("L1", "Score"): 40, ("L1", "Stage"): "Won"}
        assert ledger.edits(lost) == {}

    # A run that was cut off

    def test_what_was_intended_is_pending_until_it_is_committed(self, ledger: Ledger) -> None:
        edits = [edit("L1", "Score", None, 40), edit("L1", "Lead ID", None, "L1")]
        cut_off(ledger, plan(leads=[record("L1")], edits=edits))
        memory = ledger.remember("expo")
        assert memory.pending == {("L1", "Score"): (40,), ("L1", "Lead ID"): ("L1",)}
        assert memory.leads == {}
        assert memory.written == {}

    def test_pending_values_of_several_runs_are_all_kept(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")]))
        cut_off(ledger, plan(leads=[record("L1")], edits=[edit("L1", "Score", None, 40)]))
        cut_off(ledger, plan(leads=[record("L1")], edits=[edit("L1", "Score", None, 41)]))
        assert ledger.remember("expo").pending == {("L1", "Score"): (40, 41)}

    def test_a_run_that_plans_again_replaces_what_it_intended(self, ledger: Ledger) -> None:
        name = ledger.start_run("sync", T0)
        ledger.intend(name, plan(leads=[record("L1")], edits=[edit("L1", "Score", None, 40)]))
        again = plan(leads=[record("L1")], edits=[edit("L1", "Stage", None, "MQL")])
        ledger.intend(name, again)
        assert ledger.remember("expo").pending == {("L1", "Stage"): ("MQL",)}
        ledger.commit(name, again, at=T0)
        assert ledger.edits(name) == {"expo": list(again.edits)}

    def test_a_later_commit_clears_what_was_pending(self, ledger: Ledger) -> None:
        lost = cut_off(ledger, plan(leads=[record("L1")], edits=[edit("L1", "Score", None, 40)]))
        other = cut_off(ledger, plan("web", edits=[edit("L7", "Score", None, 1)]))
        edits = [edit("L1", "Score", None, 41)]
        run(ledger, plan(leads=[record("L1")], edits=edits, written=written(edits)), at=T1)
        assert ledger.remember("expo").pending == {}
        assert ledger.edits(lost) == {}
        assert ledger.remember("web").pending == {("L7", "Score"): (1,)}
        assert ledger.edits(other) == {}

    def test_pending_values_that_stand_in_the_sheet_belong_to_their_run(
        self, ledger: Ledger
    ) -> None:
        edits = [edit("L1", "Score", None, 40), edit("L1", "Stage", None, "MQL")]
        lost = cut_off(ledger, plan(leads=[record("L1")], edits=edits))
        later = [edit("L1", "Stage", "MQL", "SQL")]
        cells = {("L1", "Score"): 40, ("L1", "Stage"): "SQL"}
        name = run(ledger, plan(leads=[record("L1")], edits=later, written=cells), at=T1)
        assert ledger.remember("expo").pending == {}
        assert ledger.edits(lost) == {"expo": [edits[0]]}
        assert ledger.edits(name) == {"expo": later}

    # Runs and edits

    def test_runs_are_listed_newest_first(self, ledger: Ledger) -> None:
        first = run(ledger, plan(leads=[record("L1")]))
        second = ledger.start_run("undo", datetime(2026, 11, 23, 16, 30, tzinfo=JAKARTA))
        found = ledger.runs()
        assert [one.id for one in found] == [second, first]
        assert (found[0].kind, found[0].finished, found[0].outcome) == ("undo", None, "")
        assert found[0].started == T1
        assert found[0].started.utcoffset() is not None
        assert (found[1].finished, found[1].outcome) == (T0, "ok")
        assert dict(found[1].counts) == {"cells": 0}
        assert [one.id for one in ledger.runs(1)] == [second]

    def test_a_run_tells_what_it_was_made_of(self, ledger: Ledger) -> None:
        name = ledger.start_run("run", T0)
        phases = [{"name": "sync", "seconds": 0.5, "error": "niña’s.xlsx is open"}]
        ledger.finish_run(name, at=T1, outcome="ok", counts={}, details={"phases": phases})
        assert ledger.runs()[0].details["phases"] == phases

    def test_a_run_is_known_by_its_time_in_utc(self, ledger: Ledger) -> None:
        names = {
            ledger.start_run("sync", datetime(2026, 11, 22, 16, 30, tzinfo=JAKARTA))
            for _ in range(20)
        }
        assert len(names) == 20
        assert all(name.startswith("20261122-093000-") for name in names)
        assert {len(name) for name in names} == {len("20261122-093000-k3f")}

    def test_edits_of_a_run_by_source(self, ledger: Ledger) -> None:
        name = ledger.start_run("sync", T0)
        plans = [
            plan(key, leads=[record("L1")], edits=[edit("L1", "Score", None, 1, reason="new")])
            for key in ("expo", "web")
        ]
        for decided in plans:
            ledger.intend(name, decided)
            ledger.commit(name, decided, at=T0)
        assert ledger.edits(name) == {key: list(plans[0].edits) for key in ("expo", "web")}

    def test_a_run_that_wrote_nothing_has_no_edits(self, ledger: Ledger) -> None:
        assert ledger.edits(run(ledger, plan(leads=[record("L1")]))) == {}

    def test_an_unknown_run_is_the_users_mistake(self, ledger: Ledger) -> None:
        with pytest.raises(UsageError) as caught:
            ledger.edits("20200101-000000-abc")
        assert "20200101-000000-abc" in str(caught.value)
        assert caught.value.hint

    def test_a_naive_time_is_refused(self, ledger: Ledger) -> None:
        naive = datetime(2026, 11, 22, 9, 30)
        with pytest.raises(ValueError, match="zone"):
            ledger.start_run("sync", naive)
        name = ledger.start_run("sync", T0)
        with pytest.raises(ValueError, match="zone"):
            ledger.commit(name, plan(leads=[record("L1")]), at=naive)
        assert ledger.remember("expo").leads == {}

    # History

    def test_standings_follow_the_last_move(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")], moves=[move("L1", "", "MQL")]))
        run(ledger, plan(leads=[record("L1")]), at=T1)
        run(
            ledger,
            plan(leads=[record("L1")], moves=[move("L1", "MQL", "Customer", by="person")]),
            at=T2,
        )
        standing = ledger.remember("expo").standings["L1"]
        assert (standing.stage, standing.since) == ("Customer", T2)
        assert [m.by for m in ledger.lead("expo", "L1").moves] == ["rule", "person"]

    def test_refused_moves_are_not_made(self, ledger: Ledger) -> None:
        moves = [move("L1", "", "SQL")]
        run(ledger, plan(leads=[record("L1")], moves=moves))
        refused = [move("L1", "SQL", "MQL", refused=True)]
        run(ledger, plan(leads=[record("L1")], moves=refused), at=T1)
        assert ledger.remember("expo").standings["L1"].stage == "SQL"
        assert len(ledger.lead("expo", "L1").moves) == 1

    def test_the_newest_score_is_the_leads(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1", score=40)]))
        run(ledger, plan(leads=[record("L1", score=12.5, scores={}, why="")]), at=T1)
        found = ledger.lead("expo", "L1").record
        assert (found.score, dict(found.scores), found.why) == (12.5, {}, "")

    def test_a_lead_with_all_its_scores_but_those_that_were_undone(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1", score=40)]))
        edits = [edit("L1", "Score", 40, 60)]
        wrong = plan(leads=[record("L1", score=60)], edits=edits)
        ledger.undone(run(ledger, wrong, at=T1), "expo", edits, by=ledger.start_run("undo", T1))
        run(ledger, plan(leads=[record("L1", score=12.5, scores={"Fit": 12.5})]), at=T2)
        found = ledger.lead("expo", "L1").scores
        assert [(one.at, one.score, dict(one.scores), one.stage) for one in found] == [
            (T0, 40, {"Fit": 30, "Interest": 10}, "MQL"),
            (T2, 12.5, {"Fit": 12.5}, "MQL"),
        ]

    def test_a_standing_knows_where_the_lead_came_through(self, ledger: Ledger) -> None:
        stages = ["Contact", "SQL", "Not now", "Disqualified"]
        for at, (before, after) in enumerate(zip(["", *stages], stages, strict=False)):
            moved = plan(leads=[record("L1")], moves=[move("L1", before, after)])
            run(ledger, moved, at=T0 + timedelta(days=at))
        assert ledger.remember("expo").standings["L1"].past == ("Contact", "SQL", "Not now")
        assert ledger.lead("expo", "L1").standing == ledger.remember("expo").standings["L1"]

    # Undo

    def test_undone_edits_leave_their_old_values(self, ledger: Ledger) -> None:
        first = [edit("L1", "Score", None, 40), edit("L1", "Stage", None, "MQL")]
        run(ledger, plan(leads=[record("L1")], edits=first, written=written(first)))
        second = [edit("L1", "Score", 40, 50)]
        cells = written(first) | written(second)
        name = run(ledger, plan(leads=[record("L1")], edits=second, written=cells), at=T1)
        by = ledger.start_run("undo", T2)
        ledger.undone(name, "expo", second, by=by)
        assert ledger.remember("expo").written == written(first)
        assert ledger.edits(name) == {}
        assert ledger.remember("expo").pending == {}

    def test_undo_in_part(self, ledger: Ledger) -> None:
        edits = [
            edit("L1", "Score", None, 40),
            edit("L1", "Stage", None, "MQL"),
            edit("L2", "Score", None, 50),
        ]
        leads = [record("L1"), record("L2")]
        name = run(ledger, plan(leads=leads, edits=edits, written=written(edits)))
        by = ledger.start_run("undo", T1)
        ledger.undone(name, "expo", edits[:1], by=by)
        left = ledger.edits(name)["expo"]
        assert sorted(left, key=edits.index) == edits[1:]
        assert ledger.remember("expo").written == written(edits) | {("L1", "Score"): None}
        ledger.undone(name, "expo", edits[1:], by=by)
        assert ledger.edits(name) == {}

    def test_undo_takes_back_the_moves_and_scores_that_go_with_the_cells(
        self, ledger: Ledger
    ) -> None:
        run(ledger, plan(leads=[record("L1")], moves=[move("L1", "", "MQL")]))
        edits = [edit("L1", "Stage", "MQL", "SQL"), edit("L1", "Score", 40, 60)]
        decided = plan(
            leads=[record("L1", score=60, stage="SQL")],
            edits=edits,
            moves=[move("L1", "MQL", "SQL")],
            drafts=[draft()],
        )
        name = run(ledger, decided, at=T1)
        ledger.undone(name, "expo", edits, by=ledger.start_run("undo", T2))
        state = ledger.lead("expo", "L1")
        assert (state.standing.stage, state.standing.since) == ("MQL", T0)
        assert [m.after for m in state.moves] == ["MQL"]
        assert (state.record.score, state.record.stage) == (40, "MQL")
        assert [message.key for message in ledger.drafts()] == [draft().key]

    def test_the_moves_of_a_run_are_known_until_they_are_undone(self, ledger: Ledger) -> None:
        edits = [edit("L1", "Stage", None, "MQL"), edit("L2", "Stage", None, "Lead")]
        moves = [move("L1", "", "MQL"), move("L2", "", "Lead")]
        leads = [record("L1"), record("L2")]
        first = run(ledger, plan(leads=leads, edits=edits, moves=moves))
        wanted = [move("L1", "", "MQL", at=T0), move("L2", "", "Lead", at=T0)]
        assert ledger.moves(first) == {"expo": wanted}
        undo = ledger.start_run("undo", T1)
        ledger.undone(first, "expo", edits[:1], by=undo)
        assert ledger.moves(first) == {"expo": wanted[1:]}
        assert ledger.moves(undo) == {}
        with pytest.raises(UsageError):
            ledger.moves("nosuch")

    def test_runs_that_were_not_committed_to_a_source(self, ledger: Ledger) -> None:
        cut_off = ledger.start_run("sync", T0)
        assert ledger.uncommitted("expo") == [cut_off]
        run(ledger, plan(), at=T1)
        assert ledger.uncommitted("expo") == []
        later = ledger.start_run("sync", T2)
        ledger.intend(later, plan(edits=[edit("L1", "Score", 40, 50)]))
        assert ledger.uncommitted("expo") == [later]
        assert ledger.uncommitted("fair") == [r.id for r in reversed(ledger.runs())]

    def test_undo_keeps_moves_whose_cells_stayed(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2")]
        edits = [edit("L1", "Score", None, 40), edit("L2", "Stage", None, "MQL")]
        moves = [move("L1", "", "Customer", by="person"), move("L2", "", "MQL")]
        name = run(ledger, plan(leads=leads, edits=edits, moves=moves))
        ledger.undone(name, "expo", edits, by=ledger.start_run("undo", T1))
        assert {k: s.stage for k, s in ledger.remember("expo").standings.items()} == {
            "L1": "Customer"
        }

    def test_an_undo_that_is_cut_off_leaves_its_values_pending(self, ledger: Ledger) -> None:
        edits = [edit("L1", "Score", 30, 40)]
        name = run(ledger, plan(leads=[record("L1")], edits=edits, written=written(edits)))
        back = plan(leads=[record("L1")], edits=[edit("L1", "Score", 40, 30)])
        by = cut_off(ledger, back, at=T1)
        assert ledger.remember("expo").pending == {("L1", "Score"): (30,)}
        assert ledger.edits(name) == {"expo": edits}
        ledger.undone(name, "expo", edits, by=by)
        assert ledger.remember("expo").pending == {}
        assert ledger.remember("expo").written == {("L1", "Score"): 30}

    # Back to the file as it was before a run

    def test_a_file_as_it_was_before_a_run(self, ledger: Ledger) -> None:
        """Two syncs wrote; the file of the time between them is put back."""
        leads = [record("L1"), record("L2")]
        first = [edit("L1", "Score", None, 40), edit("L1", "Stage", None, "MQL")]
        moves = [move("L1", "", "MQL")]
        run(ledger, plan(leads=leads, edits=first, written=written(first), moves=moves))
        second = [edit("L1", "Score", 40, 50), edit("L2", "Score", None, 7)]
        cells = written(first) | written(second)
        moves = [move("L1", "MQL", "SQL")]
        leads = [record("L1", score=50, stage="SQL"), record("L2")]
        name = run(ledger, plan(leads=leads, edits=second, written=cells, moves=moves), at=T1)

        back = ledger.turned_back("expo", name)
        assert as_cells(back) == {("L1", "Score"): (50, 40), ("L2", "Score"): (7, None)}
        by = ledger.start_run("restore", T2)
        ledger.intend(by, plan(edits=back))
        assert ledger.remember("expo").pending[("L1", "Score")] == (40,)
        ledger.rewound("expo", name, back, by=by, at=T2)

        memory = ledger.remember("expo")
        assert memory.written == written(first) | {("L2", "Score"): None}
        assert memory.pending == {}
        assert memory.standings["L1"].stage == "MQL"
        assert ledger.lead("expo", "L1").record.score == 40
        assert ledger.edits(name) == {}
        assert as_cells(ledger.edits(by)["expo"]) == as_cells(back)
        assert ledger.rows_written("expo")[name] == 2

    def test_forth_and_back_again(self, ledger: Ledger) -> None:
        """A restore is itself a run: the state before it can be restored, and so on."""
        first = [edit("L1", "Score", None, 40)]
        one = run(ledger, plan(leads=[record("L1")], edits=first, written=written(first)))
        second = [edit("L1", "Score", 40, 50)]
        moves = [move("L1", "", "SQL")]
        two = run(
            ledger,
            plan(leads=[record("L1")], edits=second, written=written(second), moves=moves),
            at=T1,
        )
        found = []
        before = [one, two]
        for index, to in enumerate([0, 2, 3, 1]):
            at = T2 + timedelta(hours=index)
            by = ledger.start_run("restore", at)
            ledger.rewound("expo", before[to], ledger.turned_back("expo", before[to]), by=by, at=at)
            before.append(by)
            memory = ledger.remember("expo")
            found.append((memory.written[("L1", "Score")], "L1" in memory.standings))
        assert found == [(None, False), (50, True), (None, True), (40, False)]

    def test_an_undo_is_a_time_to_go_back_before(self, ledger: Ledger) -> None:
        first = [edit("L1", "Score", None, 40)]
        name = run(ledger, plan(leads=[record("L1")], edits=first, written=written(first)))
        by = ledger.start_run("undo", T1)
        ledger.undone(name, "expo", first, by=by)
        assert as_cells(ledger.turned_back("expo", by)) == {("L1", "Score"): (None, 40)}
        assert ledger.turned_back("expo", name) == []

    def test_runs_that_the_ledger_does_not_know_tell_their_time(self, ledger: Ledger) -> None:
        first = [edit("L1", "Score", None, 40)]
        run(ledger, plan(leads=[record("L1")], edits=first, written=written(first)), at=T1)
        earlier, later = f"{T0:%Y%m%d-%H%M%S}-zzz", f"{T2:%Y%m%d-%H%M%S}-zzz"
        assert as_cells(ledger.turned_back("expo", earlier)) == {("L1", "Score"): (40, None)}
        assert ledger.turned_back("expo", later) == []
        assert ledger.turned_back("nowhere", earlier) == []
        ledger.rewound("nowhere", earlier, [], by=ledger.start_run("restore", T2), at=T2)

    # Messages

    def test_drafts_come_back_whole(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")], drafts=[draft()]))
        assert ledger.drafts() == [draft(created_at=T0)]

    def test_drafts_wait_oldest_first(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2"), record("L3")]
        run(ledger, plan(leads=leads, drafts=[draft("b", "L2"), draft("a", "L1")]), at=T1)
        run(ledger, plan(leads=leads, drafts=[draft("c", "L3", created_at=T0)]), at=T2)
        assert [one.key for one in ledger.drafts()] == ["c", "b", "a"]

    def test_a_known_key_is_left_as_it_was(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")], drafts=[draft()]))
        again = draft(subject="changed", raw=b"changed", message_id="<other@example.com>")
        run(ledger, plan(leads=[record("L1")], drafts=[again, again]), at=T1)
        assert ledger.drafts() == [draft(created_at=T0)]

    def test_messages_of_the_same_person_in_another_source(self, ledger: Ledger) -> None:
        email = "sari@example.com"
        run(ledger, plan("expo", leads=[record("L1", email=email)], drafts=[draft(person=email)]))
        run(ledger, plan("web", leads=[record("W9", email="Sari@Example.com"), record("W8")]))
        (message,) = ledger.remember("web").messages
        assert (message.key, message.lead, message.person) == (draft().key, "L1", email)
        assert (message.sequence, message.step, message.state) == ("welcome", 1, "draft")
        assert (message.subject, message.created_at) == ("Halo Sari ☀️", T0)
        assert message.message_id == draft().message_id
        assert [m.key for m in ledger.lead("web", "W9").messages] == [draft().key]
        assert ledger.lead("web", "W8").messages == []

    def test_a_lead_keeps_its_messages_when_its_address_changes(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")], drafts=[draft()]))
        run(ledger, plan(leads=[record("L1", email="new@example.com")]), at=T1)
        assert [message.key for message in ledger.remember("expo").messages] == [draft().key]

    def test_messages_of_leads_that_are_gone_are_not_forgotten(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")], drafts=[draft()]))
        run(ledger, plan(), at=T1)
        assert [message.key for message in ledger.remember("expo").messages] == [draft().key]

    @pytest.mark.parametrize(
        ("first", "second", "same"),
        [
            pytest.param(("a@example.com", ""), ("a@example.com", "+62811"), True, id="address"),
            pytest.param(("", "+62811"), ("", "+62811"), True, id="phone"),
            pytest.param(("a@example.com", "+62811"), ("", "+62811"), True, id="phone-of-address"),
            pytest.param(
                ("a@example.com", "+62811"), ("b@example.com", "+62811"), False, id="shared-phone"
            ),
            pytest.param(("", ""), ("", ""), False, id="nobody"),
            pytest.param(("a@example.com", ""), ("", "+62811"), False, id="strangers"),
        ],
    )
    def test_who_is_the_same_person(self, ledger: Ledger, first, second, same: bool) -> None:
        one = record("L1", email=first[0], phone=first[1])
        other = record("W1", email=second[0], phone=second[1])
        run(ledger, plan("expo", leads=[one], drafts=[draft()]))
        run(ledger, plan("web", leads=[other]))
        assert bool(ledger.lead("web", "W1").messages) is same

    def test_a_person_known_by_phone_may_get_an_address(self, ledger: Ledger) -> None:
        known = record("L1", email="", phone="+62811")
        run(ledger, plan("expo", leads=[known], drafts=[draft(person="+62811")]))
        known = record("L1", email="a@example.com", phone="+62811")
        run(ledger, plan("expo", leads=[known]), at=T1)
        run(ledger, plan("web", leads=[record("W1", email="a@example.com")]), at=T2)
        assert [message.key for message in ledger.remember("web").messages] == [draft().key]

    def test_two_leads_of_one_source_may_be_one_person(self, ledger: Ledger) -> None:
        leads = [record("L1", email="a@example.com"), record("L2", email="a@example.com")]
        for at in (T0, T1):
            run(ledger, plan(leads=leads, drafts=[draft()]), at=at)
        assert [m.key for m in ledger.lead("expo", "L2").messages] == [draft().key]

    def test_a_withdrawn_draft_is_cancelled_with_the_reason_and_stays_so(
        self, ledger: Ledger
    ) -> None:
        leads = [record("L1"), record("L2")]
        drafts = [draft("a", "L1"), draft("b", "L2")]
        run(ledger, plan(leads=leads, drafts=drafts))
        edits = [edit("L1", "Email status", "DRAFT", "CANCELLED")]
        gone = Withdrawal(key="a", lead="L1", reason="is a customer ☀️")
        unknown = Withdrawal(key="zzz", lead="L1", reason="never heard of")
        decided = plan(leads=leads, withdrawn=[gone, unknown], edits=edits, written=written(edits))
        name = run(ledger, decided, at=T1)
        assert [one.key for one in ledger.drafts()] == ["b"]
        found = {one.key: one for one in ledger.remember("expo").messages}
        assert (found["a"].state, found["a"].note) == ("cancelled", "is a customer ☀️")
        assert (found["b"].state, found["b"].note) == ("draft", "")
        assert {one.source for one in found.values()} == {"expo"}
        again = Withdrawal(key="a", lead="L1", reason="another reason")
        run(ledger, plan(leads=leads, drafts=drafts, withdrawn=[again]), at=T2)
        ledger.undone(name, "expo", edits, by=ledger.start_run("undo", T2))
        (message,) = ledger.lead("expo", "L1").messages
        assert (message.state, message.note) == ("cancelled", "is a customer ☀️")

    def test_a_draft_may_also_expire(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2")]
        run(ledger, plan(leads=leads, drafts=[draft("a", "L1"), draft("b", "L2")]))
        late = Withdrawal(key="a", lead="L1", reason="too late", state="expired")
        left = Withdrawal(key="b", lead="L2", reason="has left")
        run(ledger, plan(leads=leads, withdrawn=[late, left]), at=T1)
        found = {m.key: (m.state, m.events[-1]) for m in ledger.remember("expo").messages}
        assert found == {
            "a": ("expired", MessageEvent("expired", T1, "too late")),
            "b": ("cancelled", MessageEvent("cancelled", T1, "has left")),
        }

    def test_a_draft_that_was_taken_away_is_noted_once_and_stays_a_draft(
        self, ledger: Ledger
    ) -> None:
        leads = [record("L1")]
        run(ledger, plan(leads=leads, drafts=[draft("a", "L1")]))
        for at in (T1, T2):
            run(ledger, plan(leads=leads, gone=["a", "zzz"]), at=at)
        (message,) = ledger.remember("expo").messages
        assert [(event.kind, event.at) for event in message.events] == [("gone", T1)]
        assert message.state == "draft"
        assert [one.key for one in ledger.drafts()] == ["a"]

    def test_what_rules_of_sequences_said_last(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2")]
        first = [Enrolment("L1", "welcome", True, T0), Enrolment("L2", "welcome", True, T0)]
        run(ledger, plan(leads=leads, enrolments=first))
        run(ledger, plan(leads=leads, enrolments=[Enrolment("L1", "welcome", False, T1)]), at=T1)
        run(ledger, plan("web", leads=[record("L1")]), at=T2)
        assert ledger.remember("expo").enrolments == {
            ("L1", "welcome"): Enrolment("L1", "welcome", False, T1),
            ("L2", "welcome"): first[1],
        }
        assert ledger.remember("web").enrolments == {}

    def test_persons_who_are_on_hold(self, ledger: Ledger) -> None:
        run(ledger, plan(leads=[record("L1")]))
        assert ledger.remember("expo").holds == ()
        ledger.outbox.pause(Pause("person|a@example.com", "away", "intake", T0, T1))
        ledger.outbox.pause(Pause("person|b@example.com", "asked to wait", "person", T0))
        ledger.outbox.pause(Pause("domain|example.com", "bounces", "sending", T0))
        assert ledger.remember("expo").holds == (
            Hold("a@example.com", "away", "intake", T0, T1),
            Hold("b@example.com", "asked to wait", "person", T0),
        )

    def test_who_is_never_written_to(self, ledger: Ledger) -> None:
        ledger.outbox.suppress([Suppression("A@example.com", "asked", T0)])
        assert ledger.remember("new").suppressed == {"a@example.com"}
        run(ledger, plan(leads=[record("L1")]))
        ledger.outbox.suppress([Suppression("@shop.example", "rival", T0)])
        assert ledger.remember("expo").suppressed == {"a@example.com", "@shop.example"}
        ledger.outbox.unsuppress(["a@example.com"])
        assert ledger.remember("expo").suppressed == {"@shop.example"}

    def test_messages_to_others_with_the_same_phone_are_remembered_too(
        self, ledger: Ledger
    ) -> None:
        ana = record("L1", email="ana@example.com", phone="+628123456789")
        other = record("W1", email="ana@example.org", phone="+628123456789")
        third = record("X1", email="xu@example.org", phone="+628000000000")
        sent = draft("a", "L1", person="ana@example.com", to_name="Ana Putri")
        run(ledger, plan(leads=[ana], drafts=[sent]))
        run(ledger, plan("web", leads=[other]), at=T1)
        run(ledger, plan("list", leads=[third]), at=T1)
        (message,) = ledger.remember("web").messages
        assert (message.key, message.phone, message.to_name, message.place) == (
            *("a", "+628123456789", "Ana Putri"),
            sent.place,
        )
        assert ledger.remember("list").messages == []
        assert ledger.lead("web", "W1").messages == []

    def test_a_draft_that_a_person_wants_is_added_once(self, ledger: Ledger) -> None:
        first = run(ledger, plan(leads=[record("L1")], drafts=[draft("a", "L1")]))
        wanted = draft("a+1", "L1", subject="once more", created_at=T1)
        assert ledger.add(first, wanted, reason="it never arrived", at=T1)
        assert not ledger.add(first, wanted, reason="it never arrived", at=T2)
        assert not ledger.add(first, draft("c", "L9"), reason="for nobody", at=T2)
        assert ledger.drafts()[1:] == [wanted]
        [told] = ledger.outbox.find(keys=["a+1"])
        assert [tuple(event) for event in told.events] == [("again", T1, "it never arrived")]

    def test_discarded_drafts_are_forgotten_and_may_be_written_anew(self, ledger: Ledger) -> None:
        leads = [record("L1"), record("L2")]
        run(ledger, plan(leads=leads, drafts=[draft("a", "L1"), draft("b", "L2")]))
        gone = Withdrawal(key="b", lead="L2", reason="is a customer")
        run(ledger, plan(leads=leads, withdrawn=[gone]), at=T1)
        ledger.discard(["a", "b", "zzz"])
        ledger.discard([])
        assert ledger.drafts() == []
        assert [(m.key, m.state) for m in ledger.remember("expo").messages] == [("b", "cancelled")]
        anew = draft("a", "L1", subject="changed")
        run(ledger, plan(leads=leads, drafts=[anew]), at=T2)
        assert ledger.drafts() == [replace(anew, created_at=T2)]
