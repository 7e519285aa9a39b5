"""Sending: what goes, what waits, what stops it, and that nothing ever goes twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl.utils import get_column_letter

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.mail.eml import EmlDrafts
from sheetcrm.adapters.mail.kept import KeptDrafts
from sheetcrm.adapters.mail.sentlog import FileSentLog
from sheetcrm.adapters.mail.smtp import SmtpMailer, SmtpServer
from sheetcrm.adapters.memory import FixedClock, MemoryLedger, MemoryTabSource, MemoryTemplates
from sheetcrm.core.followup.limits import limits_of
from sheetcrm.core.followup.rules import FollowUps, Sender, Sending
from sheetcrm.core.outbox import digest_of
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import Problem
from sheetcrm.engine.approval import approve, chosen, skip
from sheetcrm.engine.outbox import pause, resolve, resume, standing, words_of
from sheetcrm.engine.reconciling import reconcile
from sheetcrm.engine.report import Report
from sheetcrm.engine.sending import due, send
from sheetcrm.engine.sync import plan as plan_of
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import MailerBusyError, MailerError, MailerUnavailableError, UsageError
from tests.adapters.ledger_contract import draft, plan, record, run
from tests.engine.team import FOLLOWUPS, GRID, tab_of
from tests.support.smtp_server import SmtpServer as Server
from tests.support.smtp_server import Taken

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
QUIET = Sending(via="smtp", per_minute=100, per_domain=(("", 100),))
RAW = "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nX-Unsent: 1\r\nMessage-ID: {id}\r\n\r\nHalo\r\n"


@pytest.fixture
def made(tmp_path: Path):
    """Makes a workspace that sends to a server."""

    def make(server: Server | None, *, ledger=None, sending: Sending = QUIET, **parts) -> Workspace:
        port = server.port if server else 9
        smtp = SmtpServer(host="127.0.0.1", port=port, security="none", sender="halo@example.com")
        given = {
            "rules": Rules(
                fields=(),
                locale=Locale(language="en", country="XX", timezone="UTC"),
                outputs={},
                qualification=Qualification(),
                followups=FollowUps(sender=Sender(address="halo@example.com"), sending=sending),
            ),
            "sources": (),
            "tables": {},
            "ledger": ledger if ledger is not None else MemoryLedger(),
            "drafts": KeptDrafts(),
            "templates": MemoryTemplates({}),
            "clock": FixedClock(NOON),
            "mailer": SmtpMailer(smtp, account="halo@example.com", lock=tmp_path / "mail.lock"),
            "sent_log": FileSentLog(tmp_path / "sent.log"),
        }
        return Workspace(**given | parts)

    return make


def fill(ledger, count: int, **parts) -> list[str]:
    drafts = []
    for number in range(count):
        id_ = f"<sc.m{number}@example.com>"
        given = {
            "raw": RAW.format(id=id_).encode(),
            "message_id": id_,
            "state": "queued",
            "due_on": date(2026, 11, 24),
            "place": "",
        }
        drafts.append(draft(f"k{number}", f"L{number}", **given | parts))
    run(ledger, plan(leads=[record(f"L{i}") for i in range(count)], drafts=drafts))
    return [one.key for one in drafts]


def states(workspace: Workspace) -> dict[str, int]:
    return dict(standing(workspace).counts)


def answering(**by_recipient: str):
    """A script: name of the recipient → what the server says to it."""

    def script(phase: str, said: str) -> str | None:
        name = said.partition("<")[2].partition("@")[0]
        return by_recipient.get(name) if phase == "rcpt" else None

    return script


class TestGoing:
    def test_what_is_due_goes_once_with_the_date_of_today(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 3)
            assert len(due(workspace).now) == 3
            report = send(workspace, limit=10)
            assert report.counts == {"sent": 3, "waiting": 0}
            assert report.exit_code == 0
            assert send(workspace, limit=10).attempts == ()
        assert sorted(t.recipients[0] for t in server.messages) == [
            f"l{i}@example.com" for i in range(3)
        ]
        assert server.messages[0].data.startswith(b"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n")
        assert b"X-Unsent" not in server.messages[0].data
        assert states(workspace) == {"sent": 3}
        kinds = [(one.kind, one.outcome, dict(one.counts)) for one in workspace.ledger.runs()]
        assert kinds[0] == ("send", "ok", {"sent": 3})
        assert [kind for kind, *_ in kinds].count("send") == 1, "one with nothing to do is no run"

    def test_the_first_time_one_goes_and_no_more(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 3)
            first = send(workspace)
            assert (first.counts["sent"], first.first_time) == (1, True)
            rest = send(workspace)
            assert (rest.counts["sent"], rest.first_time) == (2, False)

    def test_a_draft_goes_after_a_persons_word_only(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 3, state="draft")
            assert send(workspace, limit=9).attempts == ()
            assert approve(workspace, chosen(workspace, ["L0"]), by="sari") == ["k0"]
            assert skip(workspace, chosen(workspace, ["l1@example.com"]), by="sari") == ["k1"]
            assert send(workspace, limit=9).counts["sent"] == 1
            with pytest.raises(UsageError):
                chosen(workspace, ["L0"])
        assert states(workspace) == {"draft": 1, "sent": 1, "skipped": 1}

    def test_more_than_a_minute_allows_waits_for_the_next_minute(self, made) -> None:
        with Server() as server:
            workspace = made(server, sending=replace(QUIET, per_minute=2))
            fill(workspace.ledger, 5)
            assert send(workspace, limit=5).counts["sent"] == 5
        assert timedelta(minutes=2) <= workspace.clock.now() - NOON < timedelta(minutes=4)

    def test_more_than_a_day_allows_is_told(self, made) -> None:
        with Server() as server:
            workspace = made(server, sending=replace(QUIET, per_day=2))
            fill(workspace.ledger, 5)
            report = send(workspace, limit=5)
        assert report.counts == {"sent": 2, "waiting": 3}
        assert report.next_at == NOON + timedelta(days=1)
        assert "2 in 24 hours" in report.why

    def test_nothing_goes_outside_the_hours_of_the_leads_place(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 1, country="MX", zone="America/Mexico_City")
            report = send(workspace, limit=5)
            assert (report.attempts, report.next_at) == ((), datetime(2026, 11, 24, 15, tzinfo=UTC))
            workspace.clock.move(timedelta(hours=3))
            assert send(workspace, limit=5).counts["sent"] == 1

    def test_nothing_is_begun_after_the_deadline(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 3)
            assert send(workspace, limit=5, until=NOON).attempts == ()
        assert states(workspace) == {"queued": 3}

    def test_a_workspace_that_sends_nothing_says_so(self, made) -> None:
        workspace = made(None, mailer=None, sent_log=None)
        with pytest.raises(UsageError) as caught:
            send(workspace)
        assert "via" in caught.value.hint


class TestStopping:
    def test_one_that_is_refused_holds_up_no_other(self, made) -> None:
        with Server(script=answering(l1="550 5.1.1 nobody", l2="451 4.2.0 later")) as server:
            workspace = made(server)
            fill(workspace.ledger, 4)
            report = send(workspace, limit=9)
        assert (report.counts, report.exit_code) == (
            {"sent": 2, "later": 1, "failed": 1, "waiting": 0},
            1,
        )
        assert states(workspace) == {"queued": 1, "sent": 2, "bounced": 1} or states(workspace) == {
            "queued": 1,
            "sent": 2,
            "failed": 1,
        }

    def test_an_address_where_nobody_is_never_gets_another(self, made) -> None:
        with Server(script=answering(l0="550 5.1.1 nobody")) as server:
            workspace = made(server)
            fill(workspace.ledger, 1)
            send(workspace, limit=9)
        (known,) = workspace.ledger.outbox.suppressions()
        assert known.pattern == "l0@example.com"
        assert "nobody" in known.reason

    def test_a_server_that_refuses_us_stops_everything_until_a_person_looks(self, made) -> None:
        with Server(script=answering(l1="554 5.7.1 your reputation")) as server:
            workspace = made(server)
            fill(workspace.ledger, 9)
            report = send(workspace, limit=9)
            assert len(report.attempts) == 2
            assert (report.waiting, report.exit_code) == (7, 1)
            assert "your reputation" in words_of(report.pauses[0])
            assert send(workspace, limit=9).attempts == ()
            assert len(resume(workspace, "")) == 1
            workspace.clock.move(timedelta(minutes=6))
            server.behaviour.script = lambda *_: None
            assert send(workspace, limit=9).counts["sent"] == 8

    def test_too_many_bounces_stop_it(self, made) -> None:
        bad = {f"l{i}": "550 5.1.1 nobody" for i in range(20, 40)}
        with Server(script=answering(**bad)) as server:
            workspace = made(server)
            fill(workspace.ledger, 40)
            report = send(workspace, limit=40)
        assert report.counts["failed"] < 5
        assert "bounced" in words_of(report.pauses[0])

    def test_a_domain_that_puts_us_off_gets_a_rest_and_others_go_on(self, made) -> None:
        bad = {f"l{i}": "451 4.7.0 too fast" for i in range(5)}
        with Server(script=answering(**bad)) as server:
            workspace = made(server)
            leads = [record(f"L{i}") for i in range(10)]
            drafts = []
            for i in range(10):
                id_ = f"<sc.m{i}@example.com>"
                to = f"l{i}@{'slow' if i < 5 else 'fast'}.test"
                raw = RAW.format(id=id_).encode()
                parts = {"to_address": to, "person": to, "raw": raw, "message_id": id_}
                drafts.append(draft(f"k{i}", f"L{i}", state="queued", **parts))
            run(workspace.ledger, plan(leads=leads, drafts=drafts))
            report = send(workspace, limit=20)
        assert report.counts["sent"] == 5
        assert report.counts["later"] == 3
        (rest,) = report.pauses
        assert rest.scope == "domain|slow.test"
        assert rest.until == NOON + timedelta(hours=1)

    def test_pause_and_resume(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 2)
            pause(workspace, "", "the list looks wrong", lasting=timedelta(hours=2))
            report = send(workspace, limit=9)
            assert (report.attempts, report.waiting) == ((), 2)
            assert "the list looks wrong" in report.why
            workspace.clock.move(timedelta(hours=2))
            assert send(workspace, limit=9).counts["sent"] == 2

    def test_no_connection_loses_nothing(self, made) -> None:
        with Server() as server:
            pass
        workspace = made(server)
        fill(workspace.ledger, 2)
        report = send(workspace, limit=9)
        assert isinstance(report.error, MailerUnavailableError)
        assert report.exit_code == 75
        assert states(workspace) == {"queued": 2}

    def test_another_sender_of_the_account_is_waited_for(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 2)
            with workspace.mailer.alone(), pytest.raises(MailerBusyError):
                send(workspace, limit=9)
        assert states(workspace) == {"queued": 2}

    def test_a_sent_log_that_cannot_be_written_lets_nothing_out(self, made, tmp_path) -> None:
        (tmp_path / "there").write_text("a file")
        with Server() as server:
            log = FileSentLog(tmp_path / "there" / "sent.log")
            workspace = made(server, sent_log=log)
            fill(workspace.ledger, 2)
            with pytest.raises(MailerError):
                send(workspace, limit=9)
        assert server.messages == []


class TestUnknown:
    @contextmanager
    def one_cut(self, made) -> Iterator[tuple[Server, Workspace]]:
        def script(phase: str, said: str) -> str | None:
            return "cut" if phase == "dot" and said.startswith("l1@") else None

        with Server(script=script) as server:
            workspace = made(server)
            fill(workspace.ledger, 3)
            yield server, workspace

    def test_what_nobody_knows_is_never_sent_by_itself(self, made) -> None:
        with self.one_cut(made) as (server, workspace):
            report = send(workspace, limit=9)
            assert (report.counts, report.exit_code) == ({"sent": 2, "unknown": 1, "waiting": 0}, 1)
            for _ in range(5):
                workspace.clock.move(timedelta(days=3))
                assert send(workspace, limit=9).attempts == ()
        assert len(server.messages) == 3

    def test_a_person_decides(self, made) -> None:
        with self.one_cut(made) as (_server, workspace):
            send(workspace, limit=9)
            (unknown,) = standing(workspace, states=["unknown"]).messages
            with pytest.raises(UsageError):
                resolve(workspace, "L0", sent=True)
            assert resolve(workspace, "L1", sent=True).key == unknown.key
            assert states(workspace) == {"sent": 3}


@pytest.mark.skipif(not Path("/proc/sys/kernel/random/boot_id").exists(), reason="Linux alone")
class TestKilled:
    """A sender that was killed when it had noted a message, and its `sent.log` since."""

    @pytest.fixture
    def killed(self, made, tmp_path):
        """Leaves k2 as a sender does that is killed, before or after it has handed it over."""

        def leave(server: Server, ledger, *, handed_over: bool, at: datetime = NOON) -> None:
            workspace = made(server, ledger=ledger)
            fill(ledger, 4)
            assert send(workspace, limit=1).counts["sent"] == 1
            shutil.copy(tmp_path / "sent.log", tmp_path / "older.log")
            assert send(workspace, limit=1).counts["sent"] == 1
            with workspace.mailer.alone() as turns:
                owner = f"killed@{turns}"
                claimed = ledger.outbox.claim(
                    "halo@example.com",
                    owner=owner,
                    now=at,
                    lease=timedelta(minutes=15),
                    limits=limits_of(workspace.rules.followups, workspace.rules.locale),
                    most=1,
                )
                (claim,) = claimed.claims
                ledger.outbox.begin(claim.key, owner=owner, account="halo@example.com", at=at)
                if handed_over:
                    workspace.sent_log.add(digest_of(claim.key), at)
            workspace.sent_log.close()

        return leave

    def went(self, made, server: Server, ledger) -> dict[str, int]:
        workspace = made(server, ledger=ledger)
        report = send(workspace, limit=9)
        workspace.sent_log.close()
        found = states(workspace)
        assert report.counts.get("unknown", 0) == found.get("unknown", 0)
        assert report.exit_code == ("unknown" in found)
        return found

    def test_what_it_never_began_goes(self, made, killed) -> None:
        ledger = MemoryLedger()
        with Server() as server:
            killed(server, ledger, handed_over=False)
            assert self.went(made, server, ledger) == {"sent": 4}

    def test_a_clock_that_was_ahead_holds_up_nothing(self, made, killed) -> None:
        ledger = MemoryLedger()
        with Server() as server:
            killed(server, ledger, handed_over=False, at=NOON + timedelta(days=30))
            assert self.went(made, server, ledger) == {"sent": 4}

    @pytest.mark.parametrize("log", ["whole", "deleted", "emptied", "older"])
    def test_what_it_had_begun_is_unknown_whatever_became_of_the_log(
        self, made, killed, tmp_path, log
    ) -> None:
        ledger = MemoryLedger()
        with Server() as server:
            killed(server, ledger, handed_over=True)
            path = tmp_path / "sent.log"
            if log == "deleted":
                path.unlink()
            elif log == "emptied":
                path.write_bytes(b"")
            elif log == "older":
                (tmp_path / "older.log").replace(path)
            assert self.went(made, server, ledger) == {"sent": 3, "unknown": 1}

    def test_a_log_that_was_deleted_learns_from_the_ledger(self, made, tmp_path) -> None:
        ledger, path = MemoryLedger(), tmp_path / "sent.log"
        with Server() as server:
            workspace = made(server, ledger=ledger)
            keys = fill(ledger, 3)
            for _ in range(2):
                send(workspace, limit=1)
                workspace.sent_log.close()
                path.unlink()
            send(workspace, limit=1)
        assert set(workspace.sent_log.read(0)[0]) == {digest_of(key) for key in keys}


class TestMemory:
    """Whatever is put back to what it was: nobody is written to again."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "ledger.db"

    def test_yesterdays_ledger_sends_nothing_until_it_has_learned(self, made, path) -> None:
        with Server() as server:
            ledger = open_ledger(str(path))
            fill(ledger, 3)
            assert send(made(server, ledger=ledger), limit=1).counts["sent"] == 1
            ledger.close()
            shutil.copy(path, path.with_suffix(".yesterday"))
            ledger = open_ledger(str(path))
            assert send(made(server, ledger=ledger), limit=1).counts["sent"] == 1
            ledger.close()
            shutil.copy(path.with_suffix(".yesterday"), path)
            ledger = open_ledger(str(path))
            workspace = made(server, ledger=ledger)
            with pytest.raises(MailerError) as caught:
                send(workspace, limit=9)
            assert "reconcile" in caught.value.hint
            assert reconcile(workspace) == 1
            assert reconcile(workspace) == 0
            assert send(workspace, limit=9).counts["sent"] == 1
            ledger.close()
        assert len({t.message_id for t in server.messages}) == len(server.messages) == 3

    def test_yesterdays_ledger_knows_of_a_first_attempt_only(self, made, path) -> None:
        answers = ["451 4.3.0 later"]
        with Server(script=lambda at, _: answers.pop() if at == "dot" and answers else None) as s:
            ledger = open_ledger(str(path))
            fill(ledger, 1)
            assert send(made(s, ledger=ledger), limit=9).counts["later"] == 1
            ledger.close()
            shutil.copy(path, path.with_suffix(".yesterday"))
            ledger, later = open_ledger(str(path)), FixedClock(NOON + timedelta(hours=1))
            assert send(made(s, ledger=ledger, clock=later), limit=9).counts["sent"] == 1
            ledger.close()
            shutil.copy(path.with_suffix(".yesterday"), path)
            ledger = open_ledger(str(path))
            workspace = made(s, ledger=ledger, clock=later)
            with pytest.raises(MailerError):
                send(workspace, limit=9)
            assert reconcile(workspace) == 1
            assert states(workspace) == {"sent": 1}
            ledger.close()
        assert len(s.messages) == 1

    def test_a_new_ledger_beside_an_old_log_sends_nothing(self, made, path) -> None:
        with Server() as server:
            ledger = open_ledger(str(path))
            fill(ledger, 2)
            send(made(server, ledger=ledger), limit=9)
            ledger.close()
            path.unlink()
            ledger = open_ledger(str(path))
            fill(ledger, 2)
            workspace = made(server, ledger=ledger)
            with pytest.raises(MailerError):
                send(workspace, limit=9)
            reconcile(workspace)
            assert send(workspace, limit=9).attempts == ()
            assert states(workspace) == {"sent": 2}
            ledger.close()
        assert len(server.messages) == 2

    def test_a_clock_that_is_set_back_sends_nothing_again(self, made) -> None:
        with Server() as server:
            workspace = made(server)
            fill(workspace.ledger, 2)
            send(workspace, limit=9)
            workspace.clock.move(timedelta(days=-3))
            assert send(workspace, limit=9).attempts == ()
        assert len(server.messages) == 2


class TestThroughTheSheet:
    """From rows to mails: the sheet is a view, and the ledger decides."""

    @pytest.fixture
    def world(self, made, make) -> Iterator[tuple[Workspace, MemoryTabSource, list[Taken]]]:
        rules = replace(FOLLOWUPS, sending=replace(QUIET, approve="auto"))
        with Server() as server:
            source = MemoryTabSource(GRID, name="expo")
            sheet = make(source, followups=rules)
            sender = made(server)
            workspace = replace(
                sheet,
                drafts=KeptDrafts(),
                mailer=sender.mailer,
                sent_log=sender.sent_log,
                clock=FixedClock(NOON.replace(hour=4)),  # late morning where the leads are
            )
            yield workspace, source, server.messages

    def test_what_is_due_goes_out_and_the_sheet_says_so(self, world) -> None:
        workspace, source, taken = world
        sync(workspace)
        report = send(workspace, limit=9)
        assert report.counts["sent"] == len(taken) > 0
        sync(workspace)
        assert "EMAIL_SENT" in {cell for row in source.grid for cell in row}

    @pytest.mark.parametrize("word", ["APPROVED", "setuju", "Enviar"])
    def test_a_person_lets_a_draft_go_in_the_sheet(self, world, word) -> None:
        workspace, source, taken = by_person(*world)
        sync(workspace)
        assert send(workspace, limit=9).attempts == ()
        type_over_drafts(source, word)
        sync(workspace)
        assert statuses(source) == {"APPROVED", None}
        assert send(workspace, limit=9).counts["sent"] == len(taken) > 0
        sync(workspace)
        assert statuses(source) == {"EMAIL_SENT", None}

    @pytest.mark.parametrize("word", ["SKIP", "jangan kirim", "omitir"])
    def test_a_person_keeps_a_draft_from_going_in_the_sheet(self, world, word) -> None:
        workspace, source, taken = by_person(*world)
        sync(workspace)
        type_over_drafts(source, word)
        for _ in range(3):
            sync(workspace)
            send(workspace, limit=9)
            workspace.clock.move(timedelta(days=1))
        assert taken == []
        assert statuses(source) == {"SKIPPED", None}

    def test_another_word_is_the_persons_own_and_stays(self, world) -> None:
        workspace, source, taken = by_person(*world)
        sync(workspace)
        type_over_drafts(source, "ask Sari first")
        sync(workspace)
        send(workspace, limit=9)
        assert statuses(source) == {"ask Sari first", None}
        assert taken == []

    def test_what_was_approved_and_has_changed_since_waits_for_another_word(self, world) -> None:
        workspace, source, taken = by_person(*world)
        sync(workspace)
        approve(workspace, chosen(workspace), by="sari")
        sync(workspace)
        assert set(states(workspace)) == {"approved"}, "nothing has changed"
        (first, *_) = workspace.ledger.outbox.find(states=["approved"])
        row = next(n for n, r in enumerate(tab_of(source), 2) if r["Email"] == first.to_address)
        source.set_cell(f"A{row}", "Anastasia Putri")
        sync(workspace)
        (stale,) = workspace.ledger.drafts()
        assert (stale.key, stale.to_name) == (first.key, "Anastasia Putri")
        assert b"Anastasia" in stale.raw
        assert statuses(source) >= {"DRAFT"}
        approve(workspace, [stale], by="sari")
        sync(workspace)
        send(workspace, limit=9)
        assert any(b"Anastasia" in message.data for message in taken)

    @pytest.mark.parametrize("by_hand", [True, False])
    def test_what_a_person_may_have_sent_from_a_file_is_not_sent_again(
        self, world, tmp_path, by_hand
    ) -> None:
        workspace, _, taken = by_person(*world)
        files = EmlDrafts(tmp_path / "outbox")
        sync(replace(workspace, drafts=files))
        (one,) = workspace.ledger.drafts()
        if by_hand:
            Path(one.place).unlink()
        sends = replace(workspace, drafts=KeptDrafts(files))
        sync(sends)
        approve(sends, chosen(sends), by="sari")
        assert not Path(one.place).exists()
        send(sends, limit=9)
        assert [message.message_id for message in taken] == [one.message_id] * (not by_hand)

    def test_words_are_said_to_do_nothing_where_people_send_the_drafts(
        self, world, tmp_path
    ) -> None:
        workspace, source, _ = by_person(*world)
        followups = workspace.rules.followups
        followups = replace(followups, sending=replace(followups.sending, via="eml"))
        rules = replace(workspace.rules, followups=followups)
        by_hand = replace(workspace, rules=rules, drafts=EmlDrafts(tmp_path / "outbox"))
        sync(by_hand)
        assert unheeded(sync(by_hand)) == []
        type_over_drafts(source, "aprobada")
        for report in (plan_of(by_hand), sync(by_hand), sync(by_hand)):
            (said,) = unheeded(report)
            assert "“aprobada” does nothing: here, people send the drafts" in said.message
            assert 'via = "smtp"' in said.hint
        assert statuses(source) == {"aprobada", None}

    def test_that_a_draft_may_go_which_lies_as_a_file_is_not_followed_and_said(
        self, world, tmp_path
    ) -> None:
        workspace, source, taken = by_person(*world)
        files = EmlDrafts(tmp_path / "outbox")
        sync(replace(workspace, drafts=files))
        (one,) = workspace.ledger.drafts()
        sends = replace(workspace, drafts=KeptDrafts(files))
        type_over_drafts(source, "setuju")
        for report in (plan_of(sends), sync(sends), sync(sends)):
            (said,) = unheeded(report)
            assert (said.message, said.lead, said.row > 1) == (
                "“setuju” does nothing: the draft lies as a file, which somebody may have sent",
                one.lead,
                True,
            )
            assert f'sheetcrm approve "{one.lead}" (takes the file away)' in said.hint
            assert send(sends, limit=9).attempts == ()
        assert Path(one.place).exists()
        assert statuses(source) == {"setuju", None}
        approve(sends, chosen(sends, [one.lead]), by="sari")
        send(sends, limit=9)
        assert unheeded(sync(sends)) == []
        assert statuses(source) == {"EMAIL_SENT", None}, "the word has had its time"
        assert [message.message_id for message in taken] == [one.message_id]

    def test_that_a_draft_never_goes_which_lies_as_a_file_is_followed(
        self, world, tmp_path
    ) -> None:
        workspace, source, taken = by_person(*world)
        files = EmlDrafts(tmp_path / "outbox")
        sync(replace(workspace, drafts=files))
        (one,) = workspace.ledger.drafts()
        sends = replace(workspace, drafts=KeptDrafts(files))
        type_over_drafts(source, "jangan")
        assert unheeded(plan_of(sends)) == []
        assert Path(one.place).exists()
        assert unheeded(sync(sends)) == []
        assert not Path(one.place).exists(), "nobody can send it by hand, either"
        assert states(sends) == {"skipped": 1}
        assert statuses(source) == {"SKIPPED", None}
        approve(sends, chosen(sends), by="sari")
        send(sends, limit=9)
        assert taken == []

    @pytest.mark.parametrize("word", ["APPROVED", "SKIP"])
    def test_a_word_about_a_draft_whose_file_is_gone_is_not_followed_and_said(
        self, world, tmp_path, word
    ) -> None:
        workspace, source, taken = by_person(*world)
        files = EmlDrafts(tmp_path / "outbox")
        sync(replace(workspace, drafts=files))
        (one,) = workspace.ledger.drafts()
        sends = replace(workspace, drafts=KeptDrafts(files))
        type_over_drafts(source, word)
        Path(one.place).unlink()
        (said,) = unheeded(sync(sends))
        assert "no longer where it lay, and counts as sent" in said.message
        with pytest.raises(UsageError, match="no longer where it lay, and counts as sent"):
            chosen(sends, [one.lead])
        send(sends, limit=9)
        assert taken == []

    def test_what_was_approved_is_taken_back_when_its_rule_no_longer_holds(self, world) -> None:
        workspace, source, taken = by_person(*world)
        sync(workspace)
        approve(workspace, chosen(workspace), by="sari")
        followups = workspace.rules.followups
        (welcome,) = followups.sequences
        over = replace(followups, sequences=(replace(welcome, when="=FALSE"),))
        sync(replace(workspace, rules=replace(workspace.rules, followups=over)))
        assert set(states(workspace)) == {"cancelled"}
        notes = {record.note for record in workspace.ledger.outbox.find(states=["cancelled"])}
        assert notes == {"its rule does not hold"}
        assert statuses(source) == {"CANCELLED", None}
        assert send(workspace, limit=9).attempts == ()
        assert taken == []

    def test_another_template_needs_another_word_and_a_missing_value_holds_it(self, world) -> None:
        workspace, source, taken = by_person(*world)
        sync(workspace)
        approve(workspace, chosen(workspace), by="sari")
        text = "---\nSubject: Hello\n---\nA note: {{ lead.notes }}.\n"
        changed = replace(workspace, templates=MemoryTemplates({"welcome/01-intro.en.md": text}))
        sync(changed)
        assert set(states(changed)) == {"draft"}
        assert {draft.subject for draft in changed.ledger.drafts()} == {"Hello"}
        (first, *_) = changed.ledger.drafts()
        row = next(n for n, r in enumerate(tab_of(source), 2) if r["Email"] == first.to_address)
        for value, expected in ((None, "held"), (None, "held"), ("again", "draft")):
            source.set_cell(f"F{row}", value)
            report = sync(changed)
            (found,) = changed.ledger.outbox.find(keys=[first.key])
            assert found.state == expected
            held = [
                p.message for r in report.results for p in r.plan.problems if "held" in p.message
            ]
            assert bool(held) == (expected == "held")
        assert taken == []

    @pytest.mark.parametrize("damage", ["cleared", "as it was", "copied", "sorted"])
    def test_whatever_becomes_of_the_sheet_nobody_is_written_to_again(self, world, damage) -> None:
        workspace, source, taken = world
        before = [list(row) for row in source.grid]
        sync(workspace)
        send(workspace, limit=9)
        sync(workspace)
        after = [list(row) for row in source.grid]
        status = after[0].index("Email status")
        grid = {
            "cleared": [after[0], *([*r[:status], None, *r[status + 1 :]] for r in after[1:])],
            "as it was": before,
            "copied": after,
            "sorted": [after[0], *after[:0:-1]],
        }[damage]
        name = "copy" if damage == "copied" else "expo"
        again = replace(workspace, sources=[MemoryTabSource(grid, name=name)])
        count = len(taken)
        assert count
        for _ in range(3):
            sync(again)
            send(again, limit=9)
            workspace.clock.move(timedelta(days=2))
        assert len(taken) == count


def by_person(
    workspace: Workspace, source, taken
) -> tuple[Workspace, MemoryTabSource, list[Taken]]:
    """The same, where a person approves what goes."""
    rules = workspace.rules
    sending = replace(rules.followups.sending, approve="person")
    followups = replace(rules.followups, sending=sending)
    return replace(workspace, rules=replace(rules, followups=followups)), source, taken


def statuses(source: MemoryTabSource) -> set[object]:
    return {row.get("Email status") for row in tab_of(source)}


def unheeded(report: Report) -> list[Problem]:
    """What is said of words in the sheet that nothing comes of."""
    found = [problem for one in report.results if one.plan for problem in one.plan.problems]
    return [problem for problem in found if "does nothing" in problem.message]


def type_over_drafts(source: MemoryTabSource, word: str) -> None:
    """A person's word in every cell that says DRAFT."""
    column = get_column_letter(source.grid[0].index("Email status") + 1)
    for number, row in enumerate(tab_of(source), 2):
        if row.get("Email status") == "DRAFT":
            source.set_cell(f"{column}{number}", word)
