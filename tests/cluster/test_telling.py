"""Who hears from workers that something is wrong: a real page, a real mail server, PostgreSQL."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from sheetcrm.bootstrap import load_config
from sheetcrm.bootstrap.mail import smtp_mailer
from sheetcrm.cluster import duties, faults
from sheetcrm.cluster.attempt import Attempts
from sheetcrm.cluster.database import rows
from sheetcrm.cluster.duties import TELL, Duty
from sheetcrm.cluster.fleet import fleet
from sheetcrm.cluster.survey import survey
from sheetcrm.cluster.telling import look
from sheetcrm.cluster.work import EVERYTHING
from sheetcrm.errors import SheetCrmError, TransientError
from tests.support.called_page import Page
from tests.support.smtp_server import SmtpServer
from tests.support.workers import until, with_mail

FIRST, SECOND = (Duty(workspace="acme", kind="sync", name=name) for name in ("s0000", "s0001"))
TELLING = Duty(workspace="acme", kind=TELL, name="notify")
NOTIFY = """
[notify]
url = "{url}"
email = "team@example.com"
[sender]
name = "Tim"
address = "acme@example.com"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


@pytest.fixture
def page():
    with Page() as page:
        yield page


@pytest.fixture
def server():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def acme(make, connection, page, server):
    """The folder of a workspace of two sources whose team wants to hear of it; it is known."""
    root = make("acme", sources=2) / "acme"
    text = NOTIFY.format(url=page.url, port=server.port)
    (root / "config" / "notify.toml").write_text(text, encoding="utf-8")
    survey(connection, fleet(str(root.parent)))
    return root


@pytest.fixture
def attempt(shared, acme):
    """Do duties as a worker does; what it says."""
    said = []
    attempts = Attempts(
        shared, fleet(str(acme.parent)), EVERYTHING, lambda text, **_: said.append(text)
    )

    def attempt(*duties):
        for duty in duties:
            attempts.attempt(duty)
        return said

    yield attempt
    attempts.close()


def subjects(server):
    return [
        message_from_bytes(one.data, policy=policy.default)["Subject"] for one in server.messages
    ]


def wrong(connection, *messages, duty=FIRST, kind=SheetCrmError):
    faults.noted(connection, duty, [kind(message) for message in messages])


def ago(connection, hours):
    """Let all that was noted be older."""
    past = timedelta(hours=hours)
    connection.execute("UPDATE faults SET since = since - %s", (past,))
    connection.execute("UPDATE told SET since = since - %s, at = at - %s", (past, past))


def test_a_team_hears_once_that_its_source_is_gone_and_once_that_all_is_well(
    acme, attempt, connection, page, server
):
    table = acme / "s0000.csv"
    table.rename(acme / "away.csv")
    attempt(FIRST, TELLING)
    look(connection, "acme", acme)
    assert [path for path, _ in page.calls] == ["/uuid-1234/fail"] * 2
    assert "s0000.csv" in page.calls[0][1]
    assert subjects(server) == ["sheetcrm: runs fail in acme"]
    assert server.messages[0].recipients == ("team@example.com",)
    assert b"s0000.csv" in server.messages[0].data
    wrong(connection, duty=SECOND)
    look(connection, "acme", acme)
    assert page.calls[-1][0] == "/uuid-1234/fail", "another source is well, and this one is not"
    (acme / "away.csv").rename(table)
    said = attempt(FIRST, TELLING)
    assert page.calls[-1] == ("/uuid-1234", "all is well")
    assert subjects(server)[1:] == ["sheetcrm: runs are well again in acme"]
    assert said[-1].startswith("acme/notify: all is well (")


def test_two_that_look_at_the_same_moment_tell_once(acme, shared, connection, server):
    wrong(connection, "leads.xlsx is protected")
    waiting = threading.Event()

    def script(phase, _said):
        if phase == "dot":  # the mail takes its time
            assert waiting.wait(60)

    server.behaviour.script = script

    def tell():
        with shared.connected() as mine:
            return look(mine, "acme", acme)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(tell) for _ in range(2)]
        locked = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        until(lambda: rows(connection, locked) != [], seconds=60)
        waiting.set()
        assert [one.result().said for one in both] == ["faults: 1"] * 2
    assert subjects(server) == ["sheetcrm: runs fail in acme"]


def test_another_fault_is_news_and_one_that_is_mended_is_none(acme, connection, server):
    wrong(connection, "leads.xlsx is protected")
    look(connection, "acme", acme)
    wrong(connection, "web.xlsx is protected", duty=SECOND)
    look(connection, "acme", acme)
    assert b"leads.xlsx" in server.messages[1].data
    assert b"web.xlsx" in server.messages[1].data
    wrong(connection)
    look(connection, "acme", acme)
    look(connection, "acme", acme)
    assert len(server.messages) == 2
    ago(connection, 6)
    look(connection, "acme", acme)
    assert subjects(server)[2:] == ["sheetcrm: runs fail in acme"]
    assert b"leads.xlsx" not in server.messages[2].data


def test_what_passes_is_told_where_one_source_has_it_for_long(acme, connection, page, server):
    busy = {"kind": TransientError}
    wrong(connection, "leads.xlsx is open in Excel", **busy)
    ago(connection, 5)
    look(connection, "acme", acme)
    wrong(connection, **busy)
    wrong(connection, "web.xlsx is open in Excel", duty=SECOND, **busy)
    ago(connection, 2)
    look(connection, "acme", acme)  # for seven hours something was open, but nothing for six
    assert server.messages == []
    assert [path for path, _ in page.calls] == ["/uuid-1234"] * 2
    wrong(connection, "web.xlsx is open in LibreOffice", duty=SECOND, **busy)
    ago(connection, 4)
    look(connection, "acme", acme)
    assert subjects(server) == ["sheetcrm: runs fail in acme"]
    assert page.calls[-1] == ("/uuid-1234/fail", "web.xlsx is open in LibreOffice")
    wrong(connection, duty=SECOND)
    look(connection, "acme", acme)
    assert subjects(server)[1:] == ["sheetcrm: runs are well again in acme"]


def test_what_is_over_before_anybody_looks_is_told_unless_it_passes_by_itself(
    acme, connection, page, server
):
    wrong(connection, "it is open", kind=TransientError)
    wrong(connection)
    look(connection, "acme", acme)
    assert page.calls == [("/uuid-1234", "all is well")]
    wrong(connection, "3 messages were refused for good")
    wrong(connection)
    look(connection, "acme", acme)
    look(connection, "acme", acme)
    assert subjects(server) == [
        "sheetcrm: runs fail in acme",
        "sheetcrm: runs are well again in acme",
    ]
    assert rows(connection, "SELECT * FROM faults") == rows(connection, "SELECT * FROM told") == []


def test_a_notice_that_fails_is_said_and_tried_again_and_fails_no_other_job(
    acme, attempt, connection, page, server
):
    page.answer = 500
    server.behaviour.script = lambda phase, _said: "550 no" if phase == "rcpt" else None
    wrong(connection, "leads.xlsx is protected", duty=SECOND)
    wrong(connection, "gone already")
    said = attempt(FIRST, TELLING)
    assert "failed" not in said[0]
    assert "acme/notify: failed: the page of [notify] answered 500; the mail to" in said[1]
    assert "uuid" not in said[1]
    found = "SELECT kind, failures FROM duties ORDER BY kind, name"
    assert rows(connection, found) == [("sync", 0), ("sync", 0), ("tell", 1)]
    page.answer, server.behaviour.script = 200, lambda _phase, _said: None
    attempt(TELLING)
    assert subjects(server) == ["sheetcrm: runs fail in acme"]
    assert b"gone already" in server.messages[0].data, "nobody had heard of it"


def test_who_does_not_answer_is_not_waited_for(acme, connection, page, server, monkeypatch):
    monkeypatch.setattr("sheetcrm.adapters.notices.SECONDS", 0.2)
    monkeypatch.setattr("sheetcrm.bootstrap.mail._SOON", 0.2)
    wrong(connection, "leads.xlsx is protected")
    released = threading.Event()

    def script(*_):
        released.wait(60)

    server.behaviour.script = script
    with socket.create_server(("127.0.0.1", 0)) as silent:
        text = (acme / "config" / "notify.toml").read_text(encoding="utf-8")
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        (acme / "config" / "notify.toml").write_text(text.replace(page.url, address))
        outcome = look(connection, "acme", acme)
    released.set()
    assert outcome.passing
    assert "the page of [notify] could not be called: timed out; no mail could" in outcome.said
    assert rows(connection, "SELECT at, reason FROM told") == [(None, "")], "nobody was told"


def test_an_account_that_is_in_use_says_nothing_of_what_was_wrong(
    acme, attempt, connection, server
):
    with_mail(acme, server.port)
    (acme / "config" / "notify.toml").unlink()
    mail = Duty(workspace="acme", kind="mail", name="acme@example.com")
    survey(connection, fleet(str(acme.parent)))
    wrong(connection, "sending is paused", duty=mail)
    with smtp_mailer(load_config(acme)).alone():
        assert "another process is sending" in attempt(mail)[0]
    assert [fault.message for fault in faults.known(connection, "acme")] == ["sending is paused"]


def test_messages_that_are_refused_are_told_though_the_job_is_done(
    acme, attempt, connection, page, server
):
    (acme / "config" / "notify.toml").write_text(f'[notify]\nurl = "{page.url}"\n')
    with_mail(acme, server.port)
    survey(connection, fleet(str(acme.parent)))
    mail = Duty(workspace="acme", kind="mail", name="acme@example.com")
    server.behaviour.script = lambda phase, _said: "550 5.1.1 no" if phase == "rcpt" else None
    said = attempt(FIRST, mail, TELLING)
    assert "acme/acme@example.com: 1 failed" in said[1]
    assert rows(connection, "SELECT failures FROM duties WHERE kind = 'mail'") == [(0,)]
    assert page.calls[0] == ("/uuid-1234/fail", "1 messages were refused for good")


def test_a_workspace_that_was_never_whole_is_told_of(make, connection, database, page):
    root = make("acme") / "acme"
    (root / "config" / "notify.toml").write_text(f'[notify]\nurl = "{page.url}"\n[scoer]\n')
    survey(connection, fleet(str(root.parent)))
    assert duties.claim(connection) == [TELLING]
    look(connection, "acme", root)
    [(path, body)] = page.calls
    assert path == "/uuid-1234/fail"
    assert "scoer" in body
    (root / "config" / "notify.toml").write_text(f'[notify]\nurl = "{page.url}"\n')
    survey(connection, fleet(str(root.parent)))
    look(connection, "acme", root)
    assert page.calls[1:] == [("/uuid-1234", "all is well")]
    (root / "config" / "notify.toml").unlink()
    survey(connection, fleet(str(root.parent)))
    assert rows(connection, "SELECT kind FROM duties") == [("sync",)], "nobody wants to hear of it"


def test_who_looks_how_it_went_comes_after_it(acme, connection):
    assert duties.claim(connection)[-1] == TELLING


def test_a_duty_that_is_gone_has_no_faults(acme, connection):
    wrong(connection, "leads.xlsx is protected")
    duties.keep(connection, "acme", [])
    wrong(connection, "leads.xlsx is protected")
    assert faults.known(connection, "acme") == []
