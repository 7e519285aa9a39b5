"""Who is told how runs end: a real page, a real mail server, a file of figures."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest

from tests.support.called_page import Page
from tests.support.smtp_server import SmtpServer


@pytest.fixture
def page():
    with Page() as page:
        yield page


@pytest.fixture
def mails():
    """What a mail server has taken, and its port."""
    taken = []
    with SmtpServer(taken=taken.append) as server:
        yield server.port, taken


def configure(root, text):
    (root / "config" / "more.toml").write_text(text, encoding="utf-8")


def break_rules(root):
    """A rule that names what no sheet has; gives what mends it."""
    path = root / "config" / "stages.toml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("[@Score]>=40", "[@Scoer]>=40"), encoding="utf-8")
    return lambda: path.write_text(before, encoding="utf-8")


def test_a_page_is_called_when_a_run_begins_and_ends(sample, run, page):
    configure(sample, f'[notify]\nurl = "{page.url}/"\n')
    for _ in range(3):  # one that works, one that finds nothing, one that is left out
        assert run("--workspace", sample, "run").code == 0
    assert [path for path, _ in page.calls] == ["/uuid-1234/start", "/uuid-1234"] * 3
    mend = break_rules(sample)
    assert run("--workspace", sample, "run").code == 2
    assert page.calls[-1] == ("/uuid-1234/fail", "1 problem in the configuration")
    mend()
    (sample / ".~lock.leads.xlsx#").write_text(",Ana,pc,,;")
    assert run("--workspace", sample, "sync").code == 0
    (sample / "leads.xlsx").unlink()
    assert run("--workspace", sample, "run").code == 1
    assert page.calls[-1][0] == "/uuid-1234/fail"
    assert "leads.xlsx" in page.calls[-1][1]


@pytest.mark.parametrize("wrong", ["answer", "nobody"])
def test_a_page_that_fails_fails_no_run_and_its_address_is_told_to_nobody(sample, run, page, wrong):
    page.answer = 500
    url = page.url if wrong == "answer" else "http://127.0.0.1:1/uuid-1234"
    configure(sample, f'[notify]\nurl = "{url}"\n[logging]\nfile = "var/run.log"\n')
    said = run("--workspace", sample, "run")
    assert (said.code, said.out, said.err) == (0, "", "")
    log = (sample / "var" / "run.log").read_text(encoding="utf-8")
    assert "notice fails" in log
    assert "uuid" not in log


def test_a_mail_when_it_fails_and_one_when_it_is_well_again(sample, run, mails):
    port, taken = mails
    configure(
        sample,
        f"""
[notify]
email = "boss@example.com"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
""",
    )
    assert run("--workspace", sample, "run").code == 0
    assert taken == []
    book = (sample / "leads.xlsx").read_bytes()
    (sample / "leads.xlsx").unlink()
    for _ in range(3):
        assert run("--workspace", sample, "run").code == 1
    (first,) = taken
    assert (first.sender, first.recipients) == ("halo@example.com", ("boss@example.com",))
    message = message_from_bytes(first.data, policy=policy.default)
    assert message["Subject"] == "sheetcrm: runs fail in demo"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "leads.xlsx" in message.get_content()
    (sample / "leads.xlsx").write_bytes(book)
    for _ in range(3):
        assert run("--workspace", sample, "run").code == 0
    _, second = taken
    assert b"runs are well again" in second.data


def test_figures_for_prometheus(sample, run):
    configure(sample, '[notify]\nmetrics = "var/figures/sheetcrm.prom"\n')
    found = []
    for _ in range(3):
        assert run("--workspace", sample, "run").code == 0
        found.append((sample / "var" / "figures" / "sheetcrm.prom").read_text(encoding="utf-8"))
    assert [path.name for path in (sample / "var" / "figures").iterdir()] == ["sheetcrm.prom"]
    for text in found:
        lines = text.splitlines()
        sample_line = re.compile(r'sheetcrm_\w+\{workspace="demo"(,\w+="\w+")?\} [0-9.e+-]+')
        assert all(line.startswith("# ") or sample_line.fullmatch(line) for line in lines)
        assert 'sheetcrm_leads{workspace="demo"} 60' in lines
        assert re.search(r'sheetcrm_messages\{workspace="demo",state="draft"\} 2\d', text)
    assert 'sheetcrm_last_run_outcome{workspace="demo",outcome="ok"} 1' in found[0]
    assert 'sheetcrm_last_run_edits{workspace="demo"} 0' not in found[0]
    assert 'sheetcrm_last_run_edits{workspace="demo"} 0' in found[2]
    break_rules(sample)
    assert run("--workspace", sample, "run").code == 2
    text = (sample / "var" / "figures" / "sheetcrm.prom").read_text(encoding="utf-8")
    assert 'sheetcrm_last_run_outcome{workspace="demo",outcome="failed"} 1' in text
    assert 'sheetcrm_leads{workspace="demo"} 60' in text


def test_a_log_tells_of_every_phase(sample, run, capsys):
    said = run("--workspace", sample, "run", "--log", "-")
    assert said.code == 0
    begun, phase, ended = said.err.splitlines()
    assert ('"event": "run begins"' in begun, '"phase": "sync"' in phase) == (True, True)
    run_id = re.search(r'"run": "([\w-]+)"', begun)[1]
    assert run_id in phase
    assert run_id in ended
    assert "60" in phase
    said = run("--workspace", sample, "run", "--log", "-", "--log-format", "text")
    assert said.err.splitlines()[0].split()[2:5] == ["info", "run", "begins"]
    configure(sample, '[logging]\nfile = "-"\n')
    assert '"event": "run begins"' in run("--workspace", sample, "run").err
    assert not (sample / "-").exists()


def test_wrong_settings_are_told_with_their_place(sample, run):
    configure(sample, '[notify]\nemail = "nobody"\nevery = "soon"\nurl = "hc-ping.com"\n')
    said = run("--workspace", sample, "run")
    assert said.code == 2
    for key in ("notify.email", "notify.every", "notify.url"):
        assert re.search(rf"config/more.toml:\d: {key}: ", said.err), said.err
    configure(sample, '[notify]\nemail = "boss@example.com"\n')
    assert "no server that sends mails" in run("--workspace", sample, "run").err
