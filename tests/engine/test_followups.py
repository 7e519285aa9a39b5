"""Follow-ups over several runs: nobody hears twice, and nobody who should not hear does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.memory import MemoryDrafts, MemoryTabSource
from sheetcrm.core.followup.rules import Sequence, Step
from sheetcrm.core.memory import MessageDraft
from sheetcrm.core.qualify.rules import Stage
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.explain import explain
from sheetcrm.engine.renew import renew
from sheetcrm.engine.sync import plan, sync
from sheetcrm.engine.undo import undo
from sheetcrm.errors import MailerUnavailableError
from tests.engine.team import FOLLOWUPS, GRID, OUTPUTS, QUALIFICATION, TEMPLATES, Make, by_name

COLUMNS = OUTPUTS | {"next_follow_up": "Next follow-up", "problems": "Problems"}

SERIES = replace(
    FOLLOWUPS,
    sequences=(
        *FOLLOWUPS.sequences,
        Sequence(name="offer", when='=[@Stage]="SQL"', steps=(Step(template="01-intro"),)),
    ),
)
TEXTS = TEMPLATES | {"offer/01-intro.en.md": "---\nSubject: Offer\n---\nFor {{ lead.city }}.\n"}

LADDER = replace(
    QUALIFICATION,
    stages=(*QUALIFICATION.stages, Stage(name="Out", when="=[@Budget]=1", off_ladder=True)),
)

KINDS: dict[str, tuple[CellValue, CellValue]] = {  #: city and budget, which decide the stage
    "Contact": ("Bandung", None),
    "MQL": ("Jakarta", None),
    "SQL": ("Jakarta", 100),
    "Out": ("Jakarta", 1),
    "held": (None, 90),  # MQL, and its template asks for the city
}


def row(name: str, kind: str, email: str = "ana@example.com") -> list[CellValue]:
    city, budget = KINDS[kind]
    return [name, email, city, budget, "en", None]


def tab(rows: list[list[CellValue]], name: str = "leads") -> MemoryTabSource:
    return MemoryTabSource([GRID[0], *rows], name=name)


ROWS = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from(["a", "b", ""])), max_size=5
)


@pytest.mark.parametrize("names", [("MQL", "Contact"), ("Contact", "MQL")])
def test_rows_of_a_person_who_gets_a_message_say_so_at_once(make: Make, names) -> None:
    source = tab([row(name, name) for name in names])
    sync(make(source))
    assert by_name(source, "Email status") == {"MQL": "DRAFT", "Contact": "DUPLICATE"}


def test_an_earlier_source_learns_of_the_message_of_a_later_one(make: Make) -> None:
    first, second = tab([row("A", "Contact")], "first"), tab([row("B", "MQL")], "second")
    workspace = make(first, second)
    [shown] = explain(workspace, "A")
    assert shown.outputs["Email status"] == "DRAFT"
    sync(workspace)
    assert by_name(first, "Email status") == {"A": "DRAFT"}
    assert all(result.plan.changes_nothing for result in plan(workspace).results)


# Every example makes a workspace of its own.
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, ROWS)
def test_a_second_sync_changes_nothing_in_whatever_order_they_stand(make: Make, one, two) -> None:
    sources = [
        tab([row(f"{i}", kind, f"{who}@example.com" if who else "") for i, (kind, who) in rows], n)
        for n, rows in (("one", enumerate(one)), ("two", enumerate(two)))
    ]
    workspace = make(
        *sources, qualification=LADDER, followups=SERIES, templates=TEXTS, outputs=COLUMNS
    )
    assert sync(workspace).exit_code == 0
    grids = [source.grid for source in sources]
    for result in plan(workspace).results:
        assert result.plan.edits == []
        assert result.plan.changes_nothing
    sync(workspace)
    assert [source.grid for source in sources] == grids
    persons = [draft.person for draft in workspace.ledger.drafts()]
    assert len(persons) == len(set(persons))
    out = {f"{who}@example.com" for kind, who in (*one, *two) if kind == "Out"}
    assert not out & set(persons)


def test_whoever_is_out_in_one_source_hears_nothing_through_an_earlier_or_later_one(
    make: Make,
) -> None:
    sources = [tab([row("A", kind)], kind) for kind in ("MQL", "Out", "SQL")]
    workspace = make(
        *sources, qualification=LADDER, followups=SERIES, templates=TEXTS, outputs=COLUMNS
    )
    sync(workspace)
    assert workspace.ledger.drafts() == []
    assert [by_name(source, "Email status")["A"] for source in sources] == ["HELD", None, "HELD"]
    assert by_name(sources[0], "Problems")["A"] == (
        "welcome, step 1 is held: another row of the same person is Out (Out row 2)"
    )


def test_a_draft_whose_lead_moved_on_is_withdrawn_and_stays_so(make: Make) -> None:
    source = tab([row("Ana", "MQL"), row("Budi", "MQL", "budi@example.com")])
    workspace = make(source, qualification=LADDER)
    sync(workspace)
    [ana, budi] = workspace.ledger.drafts()
    source.set_cell("D2", 1)  # Ana is out now
    shown = plan(workspace)
    assert shown.counts["withdrawn"] == 1
    assert not shown.results[0].plan.changes_nothing
    assert ana.place in workspace.drafts.messages
    run = sync(workspace).run
    assert list(workspace.drafts.messages) == [budi.place]
    assert workspace.ledger.drafts() == [budi]
    assert by_name(source, "Email status") == {"Ana": "CANCELLED", "Budi": "DRAFT"}
    assert plan(workspace).results[0].plan.changes_nothing
    [told] = explain(workspace, "Ana")
    reason = "is Out, which is off the ladder"
    assert [message.note for message in told.state.messages] == [reason]
    assert reason in told.follow_up
    undo(workspace, run)
    source.set_cell("D2", None)  # and is back again
    sync(workspace)
    assert list(workspace.drafts.messages) == [budi.place]
    assert by_name(source, "Email status")["Ana"] == "CANCELLED"


class MailboxAway(MemoryDrafts):
    """A mailbox that cannot be reached now and then."""

    away = False

    def withdraw(self, draft: MessageDraft) -> bool:
        if self.away:
            raise MailerUnavailableError("imap.example.com: no answer", hint="try again later")
        return super().withdraw(draft)


def test_a_draft_that_cannot_be_taken_away_now_is_withdrawn_by_the_next_run(make: Make) -> None:
    source, other = tab([row("Ana", "MQL")]), tab([row("Budi", "Contact")], "other")
    mailbox = MailboxAway()
    workspace = replace(make(source, other, qualification=LADDER), drafts=mailbox)
    sync(workspace)
    source.set_cell("D2", 1)  # Ana is out now
    other.set_cell("C2", "Bandung")
    mailbox.away = True
    report = sync(workspace)
    assert report.exit_code == 75
    assert [bool(one.error) for one in report.results] == [True, False]
    assert by_name(source, "Stage")["Ana"] == "Out"
    assert [draft.place for draft in workspace.ledger.drafts()] == list(mailbox.messages)
    mailbox.away = False
    assert sync(workspace).exit_code == 0
    assert (workspace.ledger.drafts(), mailbox.messages) == ([], {})
    assert by_name(source, "Email status")["Ana"] == "CANCELLED"
    assert plan(workspace).results[0].plan.changes_nothing


def test_a_draft_whose_file_is_gone_counts_as_sent_and_is_not_withdrawn(make: Make) -> None:
    source = tab([row("Ana", "MQL")])
    workspace = make(source, qualification=LADDER)
    sync(workspace)
    workspace.drafts.messages.clear()
    source.set_cell("D2", 1)
    sync(workspace)
    [told] = explain(workspace, "Ana")
    [message] = told.state.messages
    assert (message.state, message.note) == ("draft", "sent by hand, or deleted")
    assert "was taken away. It counts as sent." in told.follow_up
    assert plan(workspace).results[0].plan.changes_nothing


def test_another_source_learns_of_a_withdrawn_draft_in_the_same_run(make: Make) -> None:
    first, second = tab([row("A", "Contact")], "first"), tab([row("B", "MQL")], "second")
    third = tab([row("C", "Contact")], "third")
    workspace = make(first, second, third, qualification=LADDER)
    sync(workspace)
    third.set_cell("D2", 1)
    third.set_cell("C2", "Jakarta")
    sync(workspace)
    for source in (first, second, third):
        assert set(by_name(source, "Email status").values()) == {"CANCELLED"}
    assert all(result.plan.changes_nothing for result in plan(workspace).results)


def test_renewed_drafts_are_written_anew_and_what_may_have_been_sent_is_not(make: Make) -> None:
    source = tab([row("Ana", "MQL"), row("Budi", "MQL", "budi@example.com")])
    workspace = make(source)
    sync(workspace)
    [ana, budi] = workspace.ledger.drafts()
    del workspace.drafts.messages[budi.place]
    source.set_cell("A2", "Anita")
    found = renew(workspace)
    assert (found.here, found.gone) == ([ana], [budi])
    assert workspace.drafts.messages == {}
    assert workspace.ledger.drafts() == [budi]
    report = sync(workspace)
    [anew] = report.results[0].plan.drafts
    assert (anew.key, anew.subject, ana.subject) == (ana.key, "Hello Anita", "Hello Ana")
    assert list(workspace.drafts.messages) == [anew.place]
    assert plan(workspace).results[0].plan.changes_nothing
