"""From a draft to the mail server, as a user sees it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.outbox import at_once
from tests.support.smtp_server import SmtpServer

CONFIG = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def team(sample: Path, run, server, monkeypatch, tmp_path) -> Path:
    """A workspace that sends at any hour, with drafts that wait."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = sample / "config" / "followups.toml"
    text = file.read_text(encoding="utf-8").replace("[sending]", '[sending]\nvia = "smtp"', 1)
    text = text.replace('hours = "09:00-17:00"', 'hours = "00:00-24:00"')
    text = text.replace('days = "mon-fri"', 'days = "mon-sun"').replace(
        "per_minute = 20", 'per_minute = 900\nper_domain = { "example.com" = 900 }'
    )
    file.write_text(text + CONFIG.format(port=server.port), encoding="utf-8")
    assert run("--workspace", sample, "sync").code == 0
    return sample


def states(root: Path) -> dict[str, int]:
    with sqlite3.connect(root / "var" / "ledger.db") as ledger:
        found = dict(ledger.execute("SELECT state, count(*) FROM messages GROUP BY state"))
    ledger.close()
    return found


def test_from_drafts_to_the_mail_server(team: Path, run, server) -> None:
    count = states(team)["draft"]
    assert not list((team / "var").glob("outbox/*.eml")), "no second copy to be sent by hand"
    said = run("--workspace", team, "drafts", "--limit", "2")
    assert f"{count} drafts wait for your word" in said.out
    said = run("--workspace", team, "send")
    assert "nothing is due" in said.out
    assert f"{count} drafts wait for your word" in said.out
    assert run("--workspace", team, "approve").code == 2, "nobody is there to ask"
    said = run("--workspace", team, "approve", "--all", "--by", "Sari")
    assert (said.code, f"{count} drafts approved" in said.out) == (0, True)
    at_once(team)
    said = run("--workspace", team, "send")
    assert f"{count} messages would be sent; nothing was" in said.out
    assert server.messages == []
    said = run("--workspace", team, "send", "--yes")
    assert (said.code, "1 sent" in said.out, "your own mailbox" in said.out) == (0, True, True)
    said = run("--workspace", team, "send", "--yes")
    assert f"{count - 1} sent" in said.out
    said = run("--workspace", team, "send", "--yes")
    assert (said.code, "0 sent" in said.out) == (0, True)
    assert len({one.recipients for one in server.messages}) == len(server.messages) == count
    assert f"{count} sent" in run("--workspace", team, "outbox").out


def test_one_draft_by_its_id_and_another_never(team: Path, run, server) -> None:
    listed = json.loads(run("--workspace", team, "drafts", "--json").out)
    table = run("--workspace", team, "drafts", "--limit", "2").out
    first = listed[0]
    id_ = next(line.split()[0] for line in table.splitlines() if first["subject"][:20] in line)
    assert run("--workspace", team, "approve", id_).code == 0
    assert "1 draft skipped" in run("--workspace", team, "approve", "--skip", listed[1]["lead"]).out
    said = run("--workspace", team, "approve", "nobody@example.com")
    assert (said.code, "no draft that waits is called nobody" in said.err) == (2, True)
    at_once(team)
    assert run("--workspace", team, "send", "--yes").code == 0
    assert [one.recipients for one in server.messages] == [(first["to_address"],)]
    assert states(team)["skipped"] == 1


def test_once_more_because_a_person_wants_it(team: Path, run, server) -> None:
    first = json.loads(run("--workspace", team, "drafts", "--json").out)[0]
    assert (
        "no message that was sent"
        in run("--workspace", team, "outbox", "resend", first["lead"]).err
    )
    run("--workspace", team, "approve", first["lead"])
    at_once(team)
    assert run("--workspace", team, "send", "--yes").code == 0
    said = run("--workspace", team, "outbox", "resend", first["lead"])
    assert (said.code, "it waits as a draft" in said.out) == (0, True)
    id_ = said.out.split("sheetcrm approve ")[1].strip()
    again = run("--workspace", team, "outbox", "resend", first["to_address"])
    assert (again.code, "it waits already to go once more" in again.err) == (2, True)
    run("--workspace", team, "send", "--yes")
    assert len(server.messages) == 1, "nobody has approved it"
    assert "1 draft approved" in run("--workspace", team, "approve", id_).out
    at_once(team)
    assert f"too soon after {first['sequence']}" in run("--workspace", team, "send", "--yes").out
    with sqlite3.connect(team / "var" / "ledger.db") as ledger:
        ledger.execute("UPDATE messages SET tried_at = '2026-01-01T00:00:00+00:00' WHERE tried_at")
    ledger.close()
    assert "1 sent" in run("--workspace", team, "send", "--yes").out
    assert [one.recipients for one in server.messages] == [(first["to_address"],)] * 2
    assert "once more" in run("--workspace", team, "explain", first["lead"]).out


def test_pause_holds_all_until_resume(team: Path, run, server) -> None:
    run("--workspace", team, "approve", "--all")
    at_once(team)
    said = run("--workspace", team, "pause", "the", "list", "looks", "wrong")
    assert "all sending is paused: the list looks wrong" in said.out
    said = run("--workspace", team, "send", "--yes")
    assert (said.code, "the list looks wrong" in said.err) == (1, True)
    assert "the list looks wrong" in run("--workspace", team, "outbox").out
    assert "no longer" in run("--workspace", team, "resume").out
    assert "nothing was paused" in run("--workspace", team, "resume").out
    assert "1 sent" in run("--workspace", team, "send", "--yes").out
    assert len(server.messages) == 1


def test_what_nobody_knows_is_settled_by_a_person(team: Path, run, server) -> None:
    server.behaviour.script = lambda phase, _said: "cut" if phase == "dot" else None
    run("--workspace", team, "approve", "--all")
    at_once(team)
    said = run("--workspace", team, "send", "--yes")
    assert (said.code, "unknown" in said.out) == (1, True)
    listed = json.loads(run("--workspace", team, "outbox", "--state", "unknown", "--json").out)
    (unknown,) = listed["messages"]
    assert run("--workspace", team, "outbox", "resolve", unknown["lead"]).code == 2
    said = run("--workspace", team, "outbox", "resolve", unknown["lead"], "--sent")
    assert "counts as sent" in said.out
    assert states(team)["sent"] == 1
    assert run("--workspace", team, "outbox", "--state", "lost").code == 2


def test_yesterdays_ledger_sends_nothing_twice(team: Path, run, server) -> None:
    run("--workspace", team, "approve", "--all")
    at_once(team)
    ledger = team / "var" / "ledger.db"
    shutil.copy(ledger, team / "yesterday.db")
    run("--workspace", team, "send", "--yes", "--limit", "5")
    assert len(server.messages) == 5
    shutil.copy(team / "yesterday.db", ledger)
    said = run("--workspace", team, "send", "--yes", "--limit", "5")
    assert (said.code, "sent.log tells of 5 messages" in said.err) == (1, True)
    said = run("--workspace", team, "outbox", "reconcile")
    assert "5 messages that the ledger did not know" in said.out
    run("--workspace", team, "send", "--yes", "--limit", "50")
    assert len({one.message_id for one in server.messages}) == len(server.messages)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('[sending]\nvia = "smtp"\n', "smtp: required, but missing"),
        ('[smtp]\nhost = "mail.example.com"\nsecurity = "none"\n', "could be read on the way"),
        ('[smtp]\nhost = "mail.example.com"\n', "smtp.password: required, but missing"),
        ('[smtp]\nhost = "mail.example.com"\npassword = "hunter2"\n', "a secret in clear"),
    ],
)
def test_a_config_that_cannot_send_says_so(sample: Path, run, given: str, told: str) -> None:
    file = sample / "config" / "followups.toml"
    text = file.read_text(encoding="utf-8")
    if given.startswith("[sending]"):
        text = text.replace("[sending]\n", given, 1)
    else:
        text += given
    file.write_text(text, encoding="utf-8")
    said = run("--workspace", sample, "check")
    assert (said.code, told in said.err + said.out) == (2, True)
    assert "hunter2" not in said.out + said.err
