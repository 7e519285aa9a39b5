"""From the sheet to real mailboxes and back: Postfix carries, Dovecot keeps, people answer."""

from __future__ import annotations

import email
import email.policy
import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests.support.mail_servers import PASSWORD, MailServers
from tests.support.outbox import at_once
from tests.support.real_mail import servers as servers  # noqa: PLC0414  a fixture

pytestmark = pytest.mark.slow

LEADS = {
    "quiet": "ana@lead.example",
    "reply": "budi@lead.example",
    "auto": "citra@lead.example",
    "link": "dewi@lead.example",
    "words": "elena@lead.example",
    "gone": "gone-1@bounce.example",
    "full": "full-1@bounce.example",
}
CONFIG = """
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
bounces = "bounce+{{token}}@surya.example"

[imap]
host = "127.0.0.1"
port = {imap}
security = "none"
password = "${{file:secrets/mail-password}}"
"""


@pytest.fixture
def root(tmp_path: Path, run, servers: MailServers) -> Path:
    """A workspace whose welcome is due for every lead."""
    folder = tmp_path / "team"
    assert run("init", folder).code == 0
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Leads"
    sheet.append(["Name", "Email", "City", "Interest", "Language"])
    for name, address in LEADS.items():
        sheet.append([name.title(), address, "Jakarta", "solar", "id"])
    cities = book.create_sheet("Cities")
    cities.append(["City", "Points"])
    cities.append(["Jakarta", 20])
    book.save(folder / "leads.xlsx")
    path = folder / "config" / "followups.toml"
    text = path.read_text(encoding="utf-8").replace("halo@example.com", "halo@surya.example")
    text = re.sub(r'(?m)^hours = "[^"]*"', 'hours = "00:00-24:00"\nvia = "smtp"', text)
    text = re.sub(r'(?m)^days = "[^"]*"', 'days = "mon-sun"', text)
    ports = {"smtp": servers.smtp, "imap": servers.imap}
    path.write_text(text + CONFIG.format(**ports), encoding="utf-8")
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "mail-password").write_text(PASSWORD)
    servers.inbox.clear()
    return folder


def answer(servers: MailServers, sender: str, body: str, *, to: str = "", **headers: str) -> None:
    """What a person's mail program makes of an answer to the mail that they got."""
    got = next(raw for address, raw in servers.inbox if address == sender)
    ours = email.message_from_bytes(got, policy=email.policy.default)
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = sender, to or str(ours["From"])
    mail["Message-ID"] = f"<{sender.partition('@')[0]}@lead.example>"
    thread = {"In-Reply-To": str(ours["Message-ID"]), "Subject": f"Re: {ours['Subject']}"}
    for name, value in (thread | {n.replace("_", "-"): v for n, v in headers.items()}).items():
        if value:
            mail[name] = value
    mail.set_content(body)
    servers.post(mail.as_bytes(policy=email.policy.SMTP), sender=sender, to="halo@surya.example")


def leave_by_mail(servers: MailServers, sender: str) -> None:
    """What a mail program does with the ``mailto:`` of List-Unsubscribe (RFC 2369)."""
    got = next(raw for address, raw in servers.inbox if address == sender)
    link = email.message_from_bytes(got, policy=email.policy.default)["List-Unsubscribe"]
    to, subject = re.search(r"<mailto:([^?]+)\?subject=([^>]+)>", link).groups()
    assert to == "halo@surya.example"
    answer(servers, sender, "", Subject=subject.replace("%20", " "), In_Reply_To="")


def states(root: Path, run) -> dict[str, str]:
    sheet = openpyxl.load_workbook(root / "leads.xlsx")["Leads"]
    rows = [[cell.value for cell in row] for row in sheet]
    email_at, status_at = rows[0].index("Email"), rows[0].index("Email status")
    by_address = {row[email_at]: row[status_at] for row in rows[1:]}
    return {name: by_address[address] for name, address in LEADS.items()}


def test_every_answer_stops_what_it_should(root: Path, run, servers: MailServers) -> None:
    def sheetcrm(*arguments: str):
        said = run("--workspace", root, *arguments)
        assert said.code == 0, said.err + said.out
        return said

    before = servers.delivered()
    sheetcrm("sync")
    sheetcrm("approve", "--all")
    at_once(root)
    assert json.loads(sheetcrm("send", "--yes", "--limit", "50", "--json").out)["counts"] == {
        "sent": len(LEADS),
        "waiting": 0,
    }
    people = [address for address in LEADS.values() if "@lead." in address]
    servers.wait(lambda: len(servers.inbox) == len(people), "mails to people")
    servers.wait(lambda: servers.delivered() == before + 2, "two bounces")
    answer(servers, LEADS["reply"], "Berapa harganya?")
    answer(servers, LEADS["auto"], "Saya sedang cuti.", Auto_Submitted="auto-replied")
    leave_by_mail(servers, LEADS["link"])
    answer(servers, LEADS["words"], "BERHENTI\n\nDikirim dari ponsel")
    servers.wait(lambda: servers.delivered() == before + 6, "four answers")

    heard = json.loads(sheetcrm("intake", "--json").out)
    assert heard["counts"] == {
        "mails": before + 6,
        "bounced": 1,
        "soft_bounce": 1,
        "replied": 1,
        "auto_reply": 1,
        "unsubscribed": 2,
    }
    assert json.loads(sheetcrm("intake", "--json").out)["counts"] == {"mails": 0}
    sheetcrm("sync")
    assert states(root, run) == {
        "quiet": "EMAIL_SENT",
        "reply": "RESPONDED",
        "auto": "EMAIL_SENT",
        "link": "UNSUBSCRIBED",
        "words": "UNSUBSCRIBED",
        "gone": "BOUNCED",
        "full": "EMAIL_SENT",
    }
    listed = sheetcrm("suppress", "--list").out
    silent = {name for name, address in LEADS.items() if address in listed}
    assert silent == {"link", "words", "gone"}
    assert json.loads(sheetcrm("inbox", "--json").out) == []
    sent = len(servers.inbox)
    sheetcrm("send", "--yes")
    assert len(servers.inbox) == sent


def test_refused_because_of_us_nothing_goes_any_more(root: Path, run, servers) -> None:
    book = openpyxl.load_workbook(root / "leads.xlsx")
    sheet = book["Leads"]
    sheet.delete_rows(2, sheet.max_row)
    for name in ("policy-1@bounce.example", "fajar@lead.example"):
        sheet.append([name, name, "Jakarta", "solar", "id"])
    book.save(root / "leads.xlsx")
    before = servers.delivered()
    assert run("--workspace", root, "sync").code == 0
    assert run("--workspace", root, "approve", "policy-1@bounce.example").code == 0
    at_once(root)
    assert run("--workspace", root, "send", "--yes").code == 0
    servers.wait(lambda: servers.delivered() == before + 1, "the bounce")
    assert run("--workspace", root, "approve", "--all").code == 0
    said = run("--workspace", root, "send", "--yes", "--json")
    assert json.loads(said.out)["attempts"] == []
    assert "5.7.1" in said.out
    assert servers.inbox == []
    assert run("--workspace", root, "resume").code == 0
