"""`sheetcrm run` and `sheetcrm runs`, as cron and a person use them."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys

import openpyxl
import pytest

from tests.cli.test_commands import cells
from tests.support.outbox import at_once
from tests.support.smtp_server import SmtpServer

HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from sheetcrm.bootstrap import open_workspace\n"
    "with open_workspace(Path(sys.argv[1]), exclusive=True) as opened:\n"
    "    opened.claim('leads')\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


def holding(root):
    """Another process that is at work on a workspace's source."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"held\n"
    return other


def end(other):
    other.kill()
    other.communicate()


def test_it_does_what_sync_does_and_is_silent_in_cron(sample, run):
    said = run("--workspace", sample, "run", "--deadline", "10m")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert all(stage for stage in cells(sample / "leads.xlsx")["Stage"])
    told = json.loads(run("--workspace", sample, "run", "--json").out)
    assert (told["outcome"], told["exit_code"]) == ("ok", 0)
    assert [phase["name"] for phase in told["phases"]] == ["sync"]
    assert told["phases"][0]["sync"]["counts"]["cells"] == 0
    log = sample / "var" / "log" / "scheduled.log"
    log.parent.mkdir()
    log.write_text("what cron let it say\n" * 50_000)
    said = run("--workspace", sample, "run", "--verbose").out
    assert [path.name for path in log.parent.iterdir()] == ["scheduled.log.1"]
    assert "nothing has changed" in said or "60 leads" in said  # a day may have begun somewhere


@pytest.mark.parametrize("by", ["option", "config"])
def test_a_log_that_cannot_be_written_is_said_once_and_stops_nothing(sample, run, by):
    file = sample / "leads.xlsx" / "x.log"
    asked = ["--log", str(file)] if by == "option" else []
    if by == "config":
        with (sample / "config" / "sheetcrm.toml").open("a", encoding="utf-8") as config:
            config.write('\n[logging]\nfile = "leads.xlsx/x.log"\n')
    said = run("--workspace", sample, "run", *asked)
    assert (said.code, said.out) == (0, "")
    assert (
        said.err.split()
        == (
            f"the log {file} cannot be written: its folder is a file; the run goes on without it"
        ).split()
    )
    assert all(stage for stage in cells(sample / "leads.xlsx")["Stage"])


def test_a_clock_that_was_set_back_is_said_and_noted(sample, run):
    assert run("--workspace", sample, "run").code == 0
    with sqlite3.connect(sample / "var" / "ledger.db") as ledger:
        ledger.execute("UPDATE runs SET finished = '2099-01-01T00:00:00+00:00'")
    ledger.close()
    log = sample / "run.log"
    said = run("--workspace", sample, "run", "--log", str(log))
    assert (said.code, said.out) == (0, "")
    warning = "the clock was set back: the ledger knows of 2099-01-01 07:00 WIB"
    assert said.err.startswith(f"{warning}\n→ set the clock right")
    noted = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [one["message"] for one in noted if one["level"] == "warning"] == [warning]
    assert warning in run("--workspace", sample, "runs", "last").out


def test_runs_tell_what_was_done_and_what_was_cut_off(sample, run):
    assert "no run yet" in run("--workspace", sample, "runs").out
    run("--workspace", sample, "run")
    run("--workspace", sample, "sync")
    listed = json.loads(run("--workspace", sample, "runs", "--json").out)
    assert [(one["kind"], one["outcome"]) for one in listed] == [("sync", "ok"), ("run", "ok")]
    assert listed[1]["details"]["versions"]["python"]
    shown = run("--workspace", sample, "runs", listed[1]["id"]).out
    assert "sync · " in shown
    assert "60 leads" in shown
    assert listed[1]["details"]["phases"][0]["run"] in shown
    assert run("--workspace", sample, "runs", "1", "--json").out.count('"kind"') == 1
    wrong = run("--workspace", sample, "runs", "2020-01")
    assert (wrong.code, "no run" in wrong.err) == (2, True)
    assert run("--workspace", sample, "runs", "0").code == 2
    second = listed[1]["id"].rpartition("-")[0]  # its phase began in the same second, perhaps
    if not listed[0]["id"].startswith(second):
        assert run("--workspace", sample, "runs", second).out == shown
    wrong = run("--workspace", sample, "runs", listed[0]["id"][:8])
    assert (wrong.code, "2 runs have ids that begin with" in wrong.err) == (2, True)
    from sheetcrm.bootstrap import open_workspace

    with open_workspace(sample, exclusive=True) as opened:
        opened.ledger.start_run("run", opened.clock.now())
        assert "at work" in run("--workspace", sample, "runs").out
    assert "cut off" in run("--workspace", sample, "runs").out
    assert "at work" not in run("--workspace", sample, "runs").out


def test_a_second_run_says_who_is_at_work(sample, run):
    other = holding(sample)
    try:
        said = run("--workspace", sample, "run")
    finally:
        end(other)
    assert (said.code, said.out) == (75, "")
    assert f"process {other.pid}" in said.err
    assert run("--workspace", sample, "run").code == 0


def test_two_workspaces_on_one_workbook_take_turns(sample, run, tmp_path):
    twin = tmp_path / "twin"
    shutil.copytree(sample, twin)
    config = twin / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"leads.xlsx"', '"../demo/leads.xlsx"'), encoding="utf-8")
    before = (sample / "leads.xlsx").read_bytes()
    other = holding(sample)
    try:
        said = run("--workspace", twin, "run")
    finally:
        end(other)
    assert said.code == 75
    assert "another workspace" in said.err
    assert str(sample) in said.err
    assert (sample / "leads.xlsx").read_bytes() == before
    assert run("--workspace", twin, "run").code == 0
    assert (sample / "leads.xlsx").read_bytes() != before


def test_a_wrong_config_ends_it_before_anything_is_begun(sample, run):
    stages = sample / "config" / "stages.toml"
    stages.write_text(stages.read_text(encoding="utf-8").replace("[@Score]>=40", "[@Scoer]>=40"))
    said = run("--workspace", sample, "run")
    assert (said.code, said.out) == (2, "")
    assert "Scoer" in said.err
    assert "did you mean" in said.err
    (kept,) = json.loads(run("--workspace", sample, "runs", "--json").out)
    assert kept["outcome"] == "failed"


def test_a_time_that_is_none(sample, run):
    said = run("--workspace", sample, "run", "--deadline", "soon")
    assert said.code == 2
    assert "10m" in said.err


def test_what_went_wrong_is_still_known_later(sample, run):
    (sample / "leads.xlsx").rename(sample / "elsewhere.xlsx")
    assert run("--workspace", sample, "run").code == 1
    assert run("--workspace", sample, "sync").code == 1
    for run_id in [
        one["id"] for one in json.loads(run("--workspace", sample, "runs", "--json").out)
    ]:
        shown = run("--workspace", sample, "runs", run_id).out
        assert "leads.xlsx" in shown
        assert "failed" in shown


LEADS = ("ana", "budi", "citra")
MAIL = """
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


@pytest.fixture
def team(tmp_path, run):
    """A workspace that sends by itself, and whose welcome is due for every lead."""
    root = tmp_path / "team"
    assert run("init", root).code == 0
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Leads"
    sheet.append(["Name", "Email", "City", "Interest", "Language"])
    for name in LEADS:
        sheet.append([name.title(), f"{name}@example.com", "Jakarta", "solar", "id"])
    cities = book.create_sheet("Cities")
    cities.append(["City", "Points"])
    cities.append(["Jakarta", 20])
    book.save(root / "leads.xlsx")
    path = root / "config" / "followups.toml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r'(?m)^hours = "[^"]*"', 'hours = "00:00-24:00"\nvia = "smtp"', text)
    text = re.sub(r'(?m)^days = "[^"]*"', 'days = "mon-sun"', text)
    path.write_text(text, encoding="utf-8")
    return root


def phases(said):
    return [(phase["name"], phase["outcome"]) for phase in json.loads(said.out)["phases"]]


def statuses(root):
    return set(cells(root / "leads.xlsx")["Email status"])


def test_with_a_mail_server_it_sends_what_was_approved_and_writes_what_became_of_it(team, run):
    with SmtpServer() as server:
        (team / "config" / "mail.toml").write_text(MAIL.format(port=server.port))
        first = run("--workspace", team, "run", "--json")
        assert phases(first) == [("sync", "ok"), ("send", "ok")]
        assert (statuses(team), server.messages) == ({"DRAFT"}, [])
        assert run("--workspace", team, "approve", "--all", "--by", "Ana").code == 0
        at_once(team)
        found = [phases(run("--workspace", team, "run", "--json")) for _ in range(4)]
        assert [name for name, _ in found[0]] == ["sync", "send", "statuses"]
        assert statuses(team) == {"EMAIL_SENT"}
        assert found[-1] == [("sync", "idle"), ("send", "ok")]
        assert {taken.recipients for taken in server.messages} == {
            (f"{name}@example.com",) for name in LEADS
        }
        assert len(server.messages) == len(LEADS)


def test_a_mail_server_that_is_away_leaves_the_sheets_alone_and_says_so(team, run):
    (team / "config" / "mail.toml").write_text(MAIL.format(port=1))
    assert run("--workspace", team, "run").code == 0  # nothing was approved, so nobody is asked
    assert run("--workspace", team, "approve", "--all", "--by", "Ana").code == 0
    at_once(team)
    said = run("--workspace", team, "run")
    assert (said.code, said.out) == (75, "")
    assert "send · " in said.err
    found = json.loads(run("--workspace", team, "runs", "last", "--json").out)
    assert found[0]["outcome"] == "later"
    assert [phase["outcome"] for phase in found[0]["details"]["phases"]] == ["ok", "later"]


def test_what_the_rules_are_made_of_is_looked_at_wherever_it_lies(sample, run, monkeypatch):
    path = sample / "config" / "followups.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('name = "Surya Atap"', 'name = "${TEAM}"').replace(
            "Jl. Contoh 1, Jakarta", "${file:address.txt}"
        ),
        encoding="utf-8",
    )

    def leaves_it_out():
        return json.loads(run("--workspace", sample, "run", "--json").out)["outcome"] == "idle"

    monkeypatch.setenv("TEAM", "Surya")
    (sample / "address.txt").write_text("Jl. Contoh 2")
    assert any(leaves_it_out() for _ in range(4))
    (sample / "address.txt").write_text("Jl. Contoh 3")
    assert not leaves_it_out()
    assert any(leaves_it_out() for _ in range(3))
    monkeypatch.setenv("TEAM", "Surya Atap")
    assert not leaves_it_out()
