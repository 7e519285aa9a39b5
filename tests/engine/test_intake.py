"""What comes back stops what is being sent, once, whatever happens in between."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from sheetcrm.adapters.memory import MemoryInbox, MemoryTabSource
from sheetcrm.core.hearing.arrivals import Arrived
from sheetcrm.core.memory import MessageRecord
from sheetcrm.core.outbox import Answer, Limits, Pause, Verdict
from sheetcrm.engine.intake import intake, listen_first, polled_at
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import LedgerError, MailerUnavailableError, UsageError
from tests.core.hearing import mails
from tests.engine.team import GRID, NOW, Make, by_name

SENT = Answer(verdict=Verdict.SENT, code=250)
UNKNOWN = Answer(verdict=Verdict.UNKNOWN)
ANA, BUDI = "ana@example.com", "budi@example.com"
HOUR = timedelta(hours=1)


class Team:
    """A workspace whose welcome has gone out to Budi, and a mailbox."""

    def __init__(self, make: Make, answer: Answer | None = SENT) -> None:
        self.inbox = MemoryInbox("halo@surya.example")
        self.source = MemoryTabSource(GRID)
        self.workspace: Workspace = replace(make(self.source), inbox=self.inbox)
        sync(self.workspace)
        self.outbox = self.workspace.ledger.outbox
        self.key = self.message.key
        if answer:
            self.outbox.approve([self.key], by="person", at=NOW)
            self.send(answer)

    def send(self, answer: Answer) -> None:
        who = {"owner": "me"}
        self.outbox.claim("a", now=NOW, lease=HOUR, limits=Limits(), most=9, **who)
        assert self.outbox.begin(self.key, account="a", at=NOW, **who)
        self.outbox.settle(self.key, answer=answer, at=NOW, **who)

    @property
    def message(self) -> MessageRecord:
        [found] = self.outbox.find(addresses=[BUDI])
        return found

    def hear(self, *raws: bytes, at=NOW, now=NOW):
        self.inbox.mails["INBOX"] += [Arrived(at=at, raw=raw) for raw in raws]
        return intake(self.workspace, now)

    def reply(self, body="Berapa harganya?", **headers) -> bytes:
        thread = {"In_Reply_To": self.message.message_id, "From": BUDI, "Message_ID": None}
        return mails.mail(body, **thread | headers)

    def bounce(self, status: str, **rest) -> bytes:
        return mails.bounce(status, message_id=self.message.message_id, address=BUDI, **rest)

    def suppressed(self) -> dict[str, str]:
        return {one.pattern: one.reason for one in self.outbox.suppressions()}


@pytest.fixture
def team(make: Make) -> Team:
    return Team(make)


def test_a_reply_is_told_in_the_sheet_and_nothing_follows(team: Team) -> None:
    report = team.hear(team.reply())
    assert report.counts == {"mails": 1, "replied": 1}
    [news] = report.news
    assert (news.person, news.sequence, news.step) == (BUDI, "welcome", 1)
    assert team.message.state == "replied"
    sync(team.workspace)
    assert by_name(team.source, "Email status")["Budi"] == "RESPONDED"
    assert team.suppressed() == {}


def test_an_automatic_reply_pauses_for_some_days(team: Team) -> None:
    team.hear(team.reply("Sedang cuti", Auto_Submitted="auto-replied"), at=NOW - HOUR)
    assert team.message.state == "auto_reply"
    [pause] = team.outbox.pauses()
    days = team.workspace.rules.followups.sending.pause_days
    assert (pause.scope, pause.until) == (f"person|{BUDI}", NOW - HOUR + timedelta(days=days))


def test_a_persons_own_longer_pause_stays(team: Team) -> None:
    mine = Pause(f"person|{BUDI}", "waits for the boss", "person", NOW)
    team.outbox.pause(mine)
    team.hear(team.reply("Cuti", Auto_Submitted="auto-replied"))
    assert team.outbox.pauses() == [mine]


@pytest.mark.parametrize("status", ["5.1.1", "5.4.4"])
def test_a_mailbox_that_is_not_there_is_never_written_to_again(team: Team, status: str) -> None:
    team.hear(team.bounce(status))
    assert team.message.state == "bounced"
    assert team.suppressed() == {BUDI: f"bounced: {status}"}
    sync(team.workspace)
    assert by_name(team.source, "Email status")["Budi"] == "BOUNCED"


def test_a_full_mailbox_is_tried_again_but_not_for_ever(team: Team) -> None:
    for number in (1, 2):
        report = team.hear(team.bounce("4.2.2", said=f"452 4.2.2 full {number}"))
        assert [one.kind for one in report.news] == ["soft_bounce"]
        assert team.message.state == "sent"
    report = team.hear(team.bounce("5.2.2"))
    assert [one.kind for one in report.news] == ["bounced", "soft_bounce"]
    assert team.message.state == "bounced"
    assert team.suppressed() == {}


def test_what_did_not_arrive_long_ago_does_not_count(team: Team) -> None:
    for number, days in enumerate((29, 20, 2, 1)):
        said = f"452 4.2.2 full {number}"
        team.hear(team.bounce("4.2.2", said=said), at=NOW - timedelta(days=days))
    assert team.message.state == "sent"


def test_mails_that_are_refused_because_of_us_stop_all_sending(team: Team) -> None:
    raw = team.bounce("5.7.26", said="550 5.7.26 unauthenticated")
    report = team.hear(raw)
    assert report.exit_code == 1
    assert "5.7.26" in report.paused
    assert team.suppressed() == {}
    assert team.message.state == "sent"
    [pause] = team.outbox.pauses()
    assert (pause.scope, pause.until) == ("", None)
    team.outbox.resume("")
    assert team.hear(raw).paused == ""  # the same mail again, after somebody has mended it
    assert team.outbox.pauses() == []


@pytest.mark.parametrize("kind", ["words", "token"])
def test_whoever_wants_no_more_gets_no_more(team: Team, kind: str) -> None:
    token = team.message.message_id[4:20]
    raw = team.reply("BAJA") if kind == "words" else mails.mail("", Subject=f"unsubscribe {token}")
    assert [one.kind for one in team.hear(raw).news] == ["unsubscribed"]
    assert team.message.state == "unsubscribed"
    assert team.suppressed()[BUDI] == "unsubscribed"
    sync(team.workspace)
    assert by_name(team.source, "Email status")["Budi"] == "UNSUBSCRIBED"


def test_words_without_a_thread_are_believed_too(team: Team) -> None:
    team.hear(mails.mail("STOP", From=f"Budi <{BUDI.upper()}>", Subject="hello"))
    assert team.suppressed() == {BUDI: "unsubscribed"}


def test_somebody_nobody_knows_who_wants_no_more_is_shown_to_a_person(team: Team) -> None:
    team.hear(mails.mail("Unsubscribe me", From="other@example.org"))
    [mail] = team.outbox.unclear()
    assert (mail.kind, mail.sender, mail.person) == ("unsubscribed", "other@example.org", "")
    assert team.outbox.pauses() == []


def test_a_complaint_that_a_provider_passes_on(team: Team) -> None:
    arf = mails.report(
        *("Feedback-Type: abuse", "Version: 1"),
        kind="feedback-report",
        message_id=team.message.message_id,
    ).replace(b"Reporting-MTA: dns; mx.example\r\n", b"")
    arf = arf.replace(b"Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0700 (WIB)\r\n\r\n", b"")
    team.hear(arf)
    assert team.message.state == "complained"
    assert team.suppressed() == {BUDI: "complained"}


def test_a_mail_that_only_comes_from_the_same_address_waits_for_a_person(team: Team) -> None:
    raw = mails.mail("Halo, apakah buka?", From=BUDI, Subject="Pertanyaan")
    report = team.hear(raw)
    assert report.counts == {"mails": 1, "unclear": 1}
    [mail] = team.outbox.unclear()
    assert (mail.kind, mail.person, mail.key) == ("replied", BUDI, team.key)
    assert mail.said == "Halo, apakah buka?"
    [pause] = team.outbox.pauses()
    assert (pause.scope, pause.until) == (f"person|{BUDI}", None)
    assert team.message.state == "sent"
    assert team.hear(raw).counts == {"mails": 1}


def test_what_came_before_we_wrote_answers_nothing(team: Team) -> None:
    early = NOW - timedelta(days=2)
    raws = (mails.mail("Halo", From=BUDI, Subject="x"), team.reply("Cuti", In_Reply_To=None))
    assert team.hear(*raws, at=early).counts == {"mails": 2}
    assert team.outbox.pauses() == []
    team.hear(mails.mail("STOP", From=BUDI, Subject="y"), at=early)
    assert team.suppressed() == {BUDI: "unsubscribed"}


def test_the_subject_of_ours_proves_it(team: Team) -> None:
    subject = f"Re: RE: {team.message.subject.upper()}"
    team.hear(mails.mail("Ya", From=BUDI, Subject=subject))
    assert team.message.state == "replied"


def test_a_draft_that_a_person_sent_by_hand_is_answered_too(make: Make) -> None:
    team = Team(make, answer=None)
    assert team.message.state == "draft"
    team.hear(team.reply())
    assert (team.message.state, team.message.sent_at) == ("replied", NOW)


@pytest.mark.parametrize("kind", ["auto", "words"])
def test_a_draft_that_never_went_out_is_not_taken_for_sent(make: Make, kind: str) -> None:
    team = Team(make, answer=None)
    raws = {
        "auto": team.reply("Cuti", In_Reply_To=None, Auto_Submitted="auto-replied"),
        "words": mails.mail("BERHENTI", From=BUDI, Subject="Halo"),
    }
    word = {"auto": "auto_reply", "words": "unsubscribed"}[kind]
    assert team.hear(raws[kind]).counts == {"mails": 1, word: 1}
    assert (team.message.state, team.message.sent_at) == ("draft", None)
    assert bool(team.outbox.pauses()) == (kind == "auto")
    assert team.suppressed() == ({} if kind == "auto" else {BUDI: "unsubscribed"})
    team.inbox.uidvalidity += 1
    assert intake(team.workspace, NOW + HOUR).counts == {"mails": 1}


def test_what_is_not_about_us_is_left_alone(team: Team) -> None:
    report = team.hear(
        mails.mail("Promo!", From="shop@example.org"),
        mails.bounce("5.1.1", message_id="<other@example.org>", address="x@example.org"),
        team.reply(From="halo@surya.example"),
        b"\xff\x00 nonsense",
    )
    assert report.counts == {"mails": 4}
    assert (team.outbox.unclear(), team.suppressed(), team.message.state) == ([], {}, "sent")


@pytest.mark.parametrize("kind", ["report", "sent folder", "reply", "bounce"])
def test_what_nobody_knew_is_resolved(make: Make, kind: str) -> None:
    team = Team(make, UNKNOWN)
    assert team.message.state == "unknown"
    if kind == "sent folder":
        team.inbox.sent_ids.add(team.message.message_id)
    raw = {
        "report": team.bounce("2.0.0", action="relayed"),
        "reply": team.reply(),
        "bounce": team.bounce("4.2.2"),
    }
    team.hear(*([raw[kind]] if kind in raw else []))
    assert team.message.state == ("replied" if kind == "reply" else "sent")
    assert team.message.sent_at == NOW


def test_a_mailbox_that_was_numbered_anew_changes_nothing(team: Team) -> None:
    team.hear(team.reply("BAJA"), mails.mail("Hm?", From=BUDI, Subject="x"), team.bounce("4.2.2"))
    before = team.message, team.suppressed(), team.outbox.pauses(), team.outbox.unclear()
    team.inbox.uidvalidity += 1
    report = intake(team.workspace, NOW + HOUR)
    assert report.counts == {"mails": 3}
    after = team.message, team.suppressed(), team.outbox.pauses(), team.outbox.unclear()
    assert after == before


class CutError(LedgerError):
    pass


@pytest.mark.parametrize("kind", ["unsubscribed", "gone", "refused", "auto", "soft", "unclear"])
def test_cut_off_anywhere_it_is_read_again_and_noted_once(make: Make, monkeypatch, kind) -> None:
    def told(team: Team) -> object:
        events = [(event.kind, event.evidence) for event in team.message.events]
        pauses = [(one.scope, one.until) for one in team.outbox.pauses()]
        return team.message.state, events, pauses, team.suppressed(), team.outbox.unclear()

    def hear(team: Team) -> None:
        given = {
            "unsubscribed": team.reply("STOP"),
            "gone": team.bounce("5.1.1"),
            "refused": team.bounce("5.7.1"),
            "auto": team.reply("Cuti", Auto_Submitted="auto-replied"),
            "soft": team.bounce("4.2.2", said="452 no 3"),
            "unclear": mails.mail("Hm?", From=BUDI, Subject="x"),
        }
        if kind == "soft":
            team.hear(*(team.bounce("4.2.2", said=f"452 no {i}") for i in (1, 2)))
        team.inbox.mails["INBOX"].append(Arrived(at=NOW, raw=given[kind]))

    whole = Team(make)
    hear(whole)
    intake(whole.workspace, NOW)
    methods = ("suppress", "pause", "heard", "keep_unclear", "read_to")
    for name, after in product(methods, (False, True)):
        team = Team(make)
        hear(team)
        real = getattr(team.outbox, name)

        def cut(*given: object, real=real, after=after, **named: object) -> object:
            if after:
                real(*given, **named)
            raise CutError("power")

        with monkeypatch.context() as patch, suppress(CutError):
            patch.setattr(team.outbox, name, cut)
            intake(team.workspace, NOW)
        intake(team.workspace, NOW)
        assert told(team) == told(whole), name


def test_how_old_what_we_have_heard_is(team: Team) -> None:
    assert polled_at(team.workspace) is None
    team.hear()
    assert polled_at(team.workspace) == NOW
    team.inbox.mails["Spam"] = []
    assert polled_at(team.workspace) is None
    intake(team.workspace, NOW + HOUR)
    assert polled_at(team.workspace) == NOW + HOUR


def test_before_sending_it_must_have_been_heard(team: Team, monkeypatch) -> None:
    listen_first(team.workspace, NOW)
    assert polled_at(team.workspace) == NOW

    def away():
        raise MailerUnavailableError("imap.example.com cannot be reached")

    monkeypatch.setattr(team.inbox, "open", away)
    for minutes in (0.5, 29):
        listen_first(team.workspace, NOW + timedelta(minutes=minutes))
    for minutes in (-1, 31):
        with pytest.raises(MailerUnavailableError, match="nothing is sent, as nobody knows"):
            listen_first(team.workspace, NOW + timedelta(minutes=minutes))
    listen_first(replace(team.workspace, inbox=None), NOW)


def test_a_mailbox_that_was_read_in_part_has_not_been_heard(team: Team, monkeypatch) -> None:
    def broken(folder, after, *, since):
        found = MemoryInbox.arrived(team.inbox, folder, after, since=since)
        yield next(found)
        raise MailerUnavailableError("the connection broke")

    monkeypatch.setattr(team.inbox, "arrived", broken)
    team.inbox.mails["INBOX"] = [Arrived(at=NOW, raw=mails.mail(f"{i}")) for i in range(120)]
    listen_before = polled_at(team.workspace)
    for _ in range(2):
        with pytest.raises(MailerUnavailableError):
            listen_first(team.workspace, NOW)
    assert polled_at(team.workspace) is listen_before is None
    monkeypatch.undo()
    assert intake(team.workspace, NOW).read == 120
    assert polled_at(team.workspace) == NOW


def test_without_a_mailbox(make: Make) -> None:
    workspace = make(MemoryTabSource(GRID))
    assert polled_at(workspace) is None
    with pytest.raises(UsageError, match="no mailbox"):
        intake(workspace, NOW)
