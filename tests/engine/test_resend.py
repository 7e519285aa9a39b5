"""A message once more because a person wants it: a draft, once, and not for whoever wants none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.mail.kept import KeptDrafts
from sheetcrm.adapters.mail.smtp import SmtpMailer, SmtpServer
from sheetcrm.adapters.memory import FixedClock, MemoryLedger, MemoryTabSource
from sheetcrm.core.followup import rules as followup
from sheetcrm.core.memory import MessageEvent
from sheetcrm.core.outbox import Answer, Limits, Pause, Suppression, Verdict
from sheetcrm.engine.approval import short_id
from sheetcrm.engine.explain import explain
from sheetcrm.engine.forget import forget
from sheetcrm.engine.history import history
from sheetcrm.engine.resend import resend
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError
from sheetcrm.ports import Ledger
from tests.engine.team import FOLLOWUPS, NOW, TEMPLATES, Make
from tests.engine.test_forget import NoFiles

WHO = "budi@example.com"
KEY = f"{WHO}|welcome|1|1"
GRID = [
    ["Name", "Email", "City", "Budget", "Language"],
    ["Budi", WHO, "Jakarta", None, "en"],
]
TWO_STEPS = replace(
    FOLLOWUPS.sequences[0],
    steps=(
        followup.Step(template="01-intro"),
        followup.Step(template="02-price", after_days=3),
    ),
)
PRICE = {"welcome/02-price.en.md": "---\nSubject: The price\n---\nIt is low.\n"}


@pytest.fixture(params=["memory", "sqlite"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    ledger = MemoryLedger() if request.param == "memory" else open_ledger("sqlite://")
    yield ledger
    ledger.close()


@pytest.fixture
def workspace(make: Make, ledger: Ledger) -> Workspace:
    """Budi has got the first message of two."""
    followups = replace(FOLLOWUPS, sequences=(TWO_STEPS,))
    made = make(
        MemoryTabSource(GRID), ledger=ledger, followups=followups, templates=TEMPLATES | PRICE
    )
    sync(made)
    send(made, KEY)
    return made


def send(workspace: Workspace, key: str, verdict: Verdict = Verdict.SENT) -> None:
    outbox, at = workspace.ledger.outbox, workspace.clock.now()
    assert outbox.approve([key], by="somebody", at=at) == [key]
    claimed = outbox.claim(
        "halo@example.com",
        owner="me",
        now=at,
        lease=timedelta(hours=1),
        limits=Limits(per_minute=99, per_day=99, ends_on_reply=frozenset({"welcome"})),
        most=9,
    )
    assert [claim.key for claim in claimed.claims] == [key]
    assert outbox.begin(key, owner="me", account="halo@example.com", at=at)
    outbox.settle(key, owner="me", answer=Answer(verdict=verdict), at=at)


def later(workspace: Workspace, days: int) -> Workspace:
    return replace(workspace, clock=FixedClock(NOW + timedelta(days=days)))


def drafts(workspace: Workspace) -> list[str]:
    return [draft.key for draft in workspace.ledger.drafts()]


def refusal(workspace: Workspace, name: str = WHO) -> str:
    before = drafts(workspace)
    with pytest.raises(UsageError) as error:
        resend(workspace, name)
    assert drafts(workspace) == before
    return f"{error.value.message} ({error.value.hint})"


def test_it_is_a_draft_with_a_key_and_an_id_of_its_own(workspace: Workspace) -> None:
    [first] = workspace.ledger.outbox.find(keys=[KEY])
    again = resend(workspace, short_id(KEY))
    assert (again.key, again.state, again.to_address) == (f"{KEY}+1", "draft", WHO)
    assert again.message_id != first.message_id
    assert b"Message-ID: " + again.message_id.encode() in again.raw
    assert drafts(workspace) == [again.key]
    [record] = workspace.ledger.outbox.find(keys=[again.key])
    assert [event.kind for event in record.events] == ["again"]


def test_it_shows_in_the_story_and_in_the_sheet(workspace: Workspace) -> None:
    resend(workspace, WHO)
    told = [moment.text for moment in history(workspace, WHO)[0].moments]
    assert [text for text in told if "once more" in text] == [
        "welcome step 1, once more: Hello Budi (draft)"
    ]
    [explained] = explain(workspace, WHO)
    assert "the draft of step 1 waits" in explained.follow_up
    assert explained.outputs["Email status"] == "DRAFT"


def test_a_second_time_says_that_one_waits(workspace: Workspace) -> None:
    resend(workspace, WHO)
    assert "it waits already to go once more: it is draft" in refusal(workspace)
    send(workspace, f"{KEY}+1", Verdict.UNKNOWN)
    assert "nobody knows whether" in refusal(workspace)


def test_what_went_again_can_go_again(workspace: Workspace) -> None:
    resend(workspace, WHO)
    send(workspace, f"{KEY}+1")
    assert resend(workspace, WHO).key == f"{KEY}+2"


def test_it_never_goes_by_itself_and_is_renewed_like_any_other(
    make: Make, workspace: Workspace, tmp_path: Path
) -> None:
    smtp = SmtpServer(host="127.0.0.1", port=9, security="none", sender="halo@example.com")
    mailer = SmtpMailer(smtp, account="halo@example.com", lock=tmp_path / "lock")
    rules = workspace.rules
    sending = followup.Sending(via="smtp", approve="auto")
    auto = replace(rules, followups=replace(rules.followups, sending=sending))
    workspace = replace(workspace, rules=auto, mailer=mailer, drafts=KeptDrafts())
    resend(workspace, WHO)
    source = MemoryTabSource([GRID[0], ["Budiman", WHO, "Jakarta", None, "en"]])
    sync(replace(workspace, sources=(source,)))
    [draft] = workspace.ledger.drafts()
    assert (draft.key, draft.subject) == (f"{KEY}+1", "Hello Budiman")


def test_the_lead_may_stand_elsewhere_by_now(workspace: Workspace) -> None:
    """That the rule no longer holds ends what goes by itself, not what a person wants."""
    moved = MemoryTabSource([GRID[0], ["Budi", WHO, "Bandung", None, "en"]])
    workspace = replace(later(workspace, 1), sources=(moved,))
    sync(workspace)
    resend(workspace, WHO)
    sync(workspace)
    assert drafts(workspace) == [f"{KEY}+1"]
    workspace.ledger.outbox.suppress([Suppression(WHO, "asked by phone", NOW)])
    sync(workspace)
    assert drafts(workspace) == []


@pytest.mark.parametrize("skipped", [False, True])
def test_the_sequence_goes_on_from_there(workspace: Workspace, skipped: bool) -> None:
    resend(workspace, WHO)
    sync(later(workspace, 7))
    assert drafts(workspace) == [f"{KEY}+1"]  # one after the other
    if skipped:
        workspace.ledger.outbox.skip([f"{KEY}+1"], reason="no", at=NOW)
    else:
        send(workspace, f"{KEY}+1")
    sync(later(workspace, 14))
    assert drafts(workspace) == [f"{WHO}|welcome|2|1"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("replied", "replied"),
        ("bounced", "the address bounced"),
        ("unsubscribed", "unsubscribed"),
        ("complained", "unsubscribed"),
    ],
)
def test_whoever_wants_no_more_gets_no_more(workspace: Workspace, kind: str, words: str) -> None:
    workspace.ledger.outbox.heard(KEY, MessageEvent(kind, NOW, "a mail"))
    assert f"does not go to {WHO} once more: {words}" in refusal(workspace)


def test_nor_do_the_suppressed(workspace: Workspace) -> None:
    workspace.ledger.outbox.suppress([Suppression("@example.com", "a competitor", NOW)])
    assert "suppressed: sheetcrm suppress --list says why" in refusal(workspace)


def test_a_pause_keeps_it_waiting_and_nothing_more(workspace: Workspace) -> None:
    workspace.ledger.outbox.pause(Pause(f"person|{WHO}", "on holiday", "person", NOW))
    assert resend(workspace, WHO).key in drafts(workspace)


def test_a_row_that_is_gone_or_somebody_elses(workspace: Workspace) -> None:
    workspace = replace(workspace, sources=(MemoryTabSource(GRID[:1]),))
    with pytest.raises(Exception, match="leads"):
        resend(workspace, WHO)
    assert drafts(workspace) == []


def test_nobody_and_too_many(workspace: Workspace) -> None:
    assert "no message that was sent is called nobody@example.com" in refusal(
        workspace, "nobody@example.com"
    )
    workspace = later(workspace, 7)
    sync(workspace)
    assert "no message that was sent" in refusal(workspace, short_id(f"{WHO}|welcome|2|1"))
    send(workspace, f"{WHO}|welcome|2|1")
    both = refusal(workspace)
    assert "2 messages are called" in both
    assert f"{short_id(KEY)} (welcome 1)" in both


def test_the_forgotten(workspace: Workspace) -> None:
    if isinstance(workspace.ledger, MemoryLedger):
        pytest.skip("it forgets nobody but with its process")
    forget(workspace, NoFiles(), WHO, sure=True)
    assert "asked to be forgotten" in refusal(workspace)
