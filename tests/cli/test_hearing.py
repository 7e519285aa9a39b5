"""Answers that arrive by IMAP, as a user sees them."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest

from tests.core.hearing import mails
from tests.support.imap_server import ImapServer

CONFIG = """
[imap]
host = "127.0.0.1"
port = {port}
security = "none"
password = "${{file:secrets/mail-password}}"
"""


@pytest.fixture
def server():
    with ImapServer() as running:
        yield running


@pytest.fixture
def synced(sample: Path, run, server) -> Path:
    with (sample / "config" / "followups.toml").open("a", encoding="utf-8") as file:
        file.write(CONFIG.format(port=server.port))
    (sample / "secrets").mkdir(exist_ok=True)
    (sample / "secrets" / "mail-password").write_text("rahasia\n")
    assert run("--workspace", sample, "sync").code == 0
    return sample


def first(root: Path) -> dict:
    with sqlite3.connect(root / "var" / "ledger.db") as ledger:
        ledger.row_factory = sqlite3.Row
        found = dict(ledger.execute("SELECT * FROM messages ORDER BY id LIMIT 1").fetchone())
    ledger.close()
    return found


def test_from_the_mailbox_to_the_sheet(synced: Path, run, server) -> None:
    message = first(synced)
    thread = {"In_Reply_To": message["message_id"], "From": message["person"]}
    server.folders["INBOX"].add(mails.mail("Berapa harganya?", **thread))
    said = run("--workspace", synced, "intake")
    assert (said.code, said.out, said.err) == (0, "", "")  # nobody is looking
    assert first(synced)["state"] == "replied"
    said = run("--workspace", synced, "intake", "--verbose")
    assert "0 new mails" in said.out
    found = json.loads(run("--workspace", synced, "intake", "--json").out)
    assert found == {"counts": {"mails": 0}, "news": [], "paused": ""}
    assert run("--workspace", synced, "sync").code == 0
    said = run("--workspace", synced, "explain", message["person"])
    assert "replied: Berapa harganya?" in said.out
    sheet = openpyxl.load_workbook(synced / "leads.xlsx")["Leads"]
    assert "RESPONDED" in [cell.value for row in sheet for cell in row]


def test_mails_that_name_thousands_of_messages(synced: Path, run, server) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    tokens = [f"{a}{b}" * 8 for a in letters for b in letters]
    for start in range(0, 900, 30):
        chain = " ".join(f"<sc.{one}@x.example>" for one in tokens[start : start + 30])
        server.folders["INBOX"].add(mails.mail("Hm", References=chain, From=f"a{start}@x.example"))
    said = run("--workspace", synced, "intake", "--json")
    assert json.loads(said.out)["counts"] == {"mails": 30}


def test_what_is_not_sure_waits_for_a_word(synced: Path, run, server) -> None:
    person = first(synced)["person"]
    server.folders["INBOX"].add(mails.mail("Halo, buka?", From=person, Subject="Hai"))
    said = run("--workspace", synced, "intake", "--verbose")
    assert "to be looked at" in said.out
    assert "1 wait for you: sheetcrm inbox" in said.out
    [mail] = json.loads(run("--workspace", synced, "inbox", "--json").out)
    said = run("--workspace", synced, "inbox")
    assert mail["id"] in said.out
    assert "Halo, buka?" in said.out
    assert run("--workspace", synced, "inbox", mail["id"]).code == 2
    assert run("--workspace", synced, "inbox", mail["id"], "--as", "reply").code == 0
    assert first(synced)["state"] == "replied"
    assert "no mail waits" in run("--workspace", synced, "inbox").out


def test_refused_because_of_us(synced: Path, run, server) -> None:
    raw = mails.bounce("5.7.1", message_id=first(synced)["message_id"])
    server.folders["INBOX"].add(raw)
    said = run("--workspace", synced, "intake")
    assert said.code == 1
    assert "sending is paused" in said.err


def test_a_mailbox_that_cannot_be_read(synced: Path, run, server) -> None:
    server.refuses = "NO [UNAVAILABLE] later"
    assert run("--workspace", synced, "intake").code == 75
    server.users = {}
    said = run("--workspace", synced, "intake")
    assert said.code == 1
    assert "refuses the login of halo@example.com" in said.err
    assert "rahasia" not in said.err


def test_a_workspace_without_a_mailbox(sample: Path, run) -> None:
    said = run("--workspace", sample, "intake")
    assert said.code == 2
    assert "[imap]" in said.err


@pytest.fixture
def in_mailbox(synced: Path) -> Path:
    """A workspace whose drafts lie in the mailbox; nothing was synced with it before."""
    path = synced / "config" / "followups.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[sending]\n", '[sending]\nvia = "imap-drafts"\n'), encoding="utf-8"
    )
    for ledger in (synced / "var").glob("ledger.db*"):
        ledger.unlink()
    return synced


@pytest.mark.slow
def test_drafts_in_the_mailbox_are_made_once(in_mailbox: Path, run, server) -> None:
    drafts = server.folders["Drafts"]
    assert run("--workspace", in_mailbox, "sync").code == 0
    count = len(drafts.mails)
    assert count > 10
    assert all("\\Draft" in mail.flags for mail in drafts.mails)
    sent, deleted = drafts.mails[:2]
    drafts.mails = drafts.mails[2:]
    server.folders["Sent"].mails.append(sent)
    for _ in range(2):
        assert run("--workspace", in_mailbox, "sync").code == 0
        assert len(drafts.mails) == count - 2
    assert deleted not in drafts.mails
    said = run("--workspace", in_mailbox, "drafts")
    assert f"{count - 2} drafts wait in imap:halo@example.com" in said.out
    assert run("--workspace", in_mailbox, "drafts", "--renew").code == 0
    assert drafts.mails == []
    assert run("--workspace", in_mailbox, "sync").code == 0
    assert len(drafts.mails) == count - 2


def test_a_mailbox_that_is_away_costs_only_the_drafts(in_mailbox: Path, run, server) -> None:
    server.refuses = "NO [UNAVAILABLE] later"
    said = run("--workspace", in_mailbox, "sync")
    assert said.code != 0
    sheet = openpyxl.load_workbook(in_mailbox / "leads.xlsx")["Leads"]
    assert "MQL" in [cell.value for row in sheet for cell in row]
    server.refuses = ""
    assert run("--workspace", in_mailbox, "sync").code == 0
    assert len(server.folders["Drafts"].mails) > 10


def test_suppressing_listing_importing_and_exporting(synced: Path, run, tmp_path) -> None:
    person = first(synced)["person"]
    said = run("--workspace", synced, "suppress", person, "@rival.example", "--reason", "rang us")
    assert (said.code, said.out.splitlines()[0]) == (0, "2 suppressed")
    assert "1 messages that wait" in said.out
    listed = run("--workspace", synced, "suppress", "--list").out
    assert person in listed
    assert "rang us" in listed
    target = tmp_path / "list.csv"
    assert run("--workspace", synced, "suppress", "--export", target).code == 0
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    assert [row["address"] for row in rows] == [person, "*@rival.example"]
    assert run("--workspace", synced, "suppress", person, "--remove").code == 2
    said = run("--workspace", synced, "suppress", person, "--remove", "--reason", "wants it")
    assert "1 may be written to again" in said.out
    target.write_bytes(target.read_bytes() + b"nonsense,,\r\n")
    said = run("--workspace", synced, "suppress", "--import", target)
    assert said.code == 1
    assert "1 suppressed, 1 already were" in said.out
    assert "line 4: no address" in said.err


@pytest.mark.parametrize(
    "arguments", [(), ("--list", "--export", "x"), ("a@b.example", "--list"), ("--remove",)]
)
def test_one_thing_at_a_time(sample: Path, run, arguments) -> None:
    assert run("--workspace", sample, "suppress", *arguments).code == 2
