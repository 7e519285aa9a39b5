"""`sheetcrm doctor`: each thing that may go wrong is told, and nothing is changed by looking."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sheetcrm.bootstrap import open_workspace
from sheetcrm.cli.main import main
from tests.cli.test_notices import configure
from tests.support.smtp_server import SmtpServer


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A sample workspace that has been synced."""
    root = tmp_path_factory.mktemp("synced") / "demo"
    assert main(["init", "--sample", str(root)]) == 0
    assert main(["--workspace", str(root), "run"]) == 0
    return root


@pytest.fixture
def sample(synced, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(synced, tmp_path / "demo"))


@pytest.fixture
def ask(sample, run, monkeypatch, tmp_path):
    """The doctor's findings: topic → those that are not ok, with their state; and the exit code."""
    monkeypatch.setenv("PATH", str(tmp_path))  # no crontab, no systemctl

    def asked():
        said = run("--workspace", sample, "doctor", "--json")
        found = {}
        for one in json.loads(said.out):
            found.setdefault(one["topic"], []).append((one["state"], one["text"], one["hint"]))
        return found, said.code

    return asked


def state_of(found, topic):
    return {state for state, _, _ in found.get(topic, ())}


def files(root):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in {".db-shm", ".db-wal"}
    }


def test_a_workspace_that_is_well(ask, sample, run):
    before = files(sample)
    found, code = ask()
    assert code == 0
    for topic in ("versions", "config", "source leads", "ledger", "clock", "runs", "disk", "lock"):
        assert state_of(found, topic) == {"ok"}, found[topic]
    assert state_of(found, "schedule") == {"look"}
    assert [text for _, text, _ in found["notices"]] == [
        "nobody is told when runs fail, nor when workers do"
    ]
    assert files(sample) == before
    shown = run("--workspace", sample, "doctor").out
    assert "60 leads" in shown
    assert "→ sheetcrm backup" in shown


def test_nothing_was_ever_done(sample, run):
    shutil.rmtree(sample / "var")
    said = run("--workspace", sample, "doctor", "--json")
    found = {one["topic"]: one["state"] for one in json.loads(said.out)}
    assert (said.code, found["ledger"], found["runs"]) == (0, "look", "look")
    assert not (sample / "var" / "ledger.db").exists()


def break_config(root):
    (root / "config" / "more.toml").write_text("[mvoes]\nback = 1\n")


def break_rule(root):
    path = root / "config" / "stages.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[@Score]>=40", "[@Scoer]>=40"))


def lose_workbook(root):
    (root / "leads.xlsx").unlink()


def close_workbook(root):
    (root / "leads.xlsx").chmod(0o444)


def damage_ledger(root):
    path = root / "var" / "ledger.db"
    bytes_ = bytearray(path.read_bytes())
    bytes_[len(bytes_) // 2 :] = b"\x55" * (len(bytes_) - len(bytes_) // 2)
    path.write_bytes(bytes_)


def set_clock_back(root):
    with open_workspace(root, exclusive=True) as opened:
        later = opened.clock.now() + timedelta(hours=1)
        opened.ledger.finish_run(
            opened.ledger.start_run("run", later), at=later, outcome="ok", counts={}
        )


def fail_twice(root):
    with open_workspace(root, exclusive=True) as opened:
        for _ in range(2):
            now = opened.clock.now()
            key = opened.ledger.start_run("run", now)
            opened.ledger.finish_run(key, at=now, outcome="failed", counts={})


@pytest.mark.parametrize(
    ("harm", "topic", "words"),
    [
        (break_config, "config", "mvoes"),
        (break_rule, "rules", "Scoer"),
        (lose_workbook, "source leads", "leads.xlsx"),
        (close_workbook, "source leads", "marked read-only"),
        (damage_ledger, "ledger", "damaged|malformed|integrity|page|btree"),
        (set_clock_back, "clock", "set back"),
        (fail_twice, "runs", "2 failed in a row"),
    ],
)
def test_what_is_wrong_is_told(ask, sample, harm, topic, words):
    harm(sample)
    found, code = ask()
    assert code == 1
    told = [text for topics in found.values() for state, text, _ in topics if state == "wrong"]
    assert any(re.search(words, text, re.IGNORECASE) for text in told), found
    assert "wrong" in state_of(found, topic)


def test_what_is_to_be_looked_at(ask, sample):
    assert state_of(ask()[0], "secrets") == {"ok"}, "init makes private folders"
    (sample / "secrets").chmod(0o755)
    key = sample / "secrets" / "mail-password"
    key.write_text("x")
    key.chmod(0o644)
    with open_workspace(sample, exclusive=True) as opened:
        opened.ledger.start_run("run", opened.clock.now())
        found, code = ask()
    assert code == 0
    assert state_of(found, "lock") == {"look"}
    assert state_of(found, "runs") == {"look"}
    if sys.platform != "win32":
        assert any(hint == f"chmod 600 '{key}'" for _, _, hint in found["secrets"])
    key.chmod(0o600)
    assert not any("mail-password" in text for _, text, _ in ask()[0]["secrets"])


@pytest.mark.parametrize(("password", "state"), [("right", "ok"), ("other", "wrong")])
def test_it_logs_in_to_the_mail_server_and_sends_nothing(ask, sample, password, state):
    config = sample / "config" / "followups.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[sending]\n", '[sending]\nvia = "smtp"\n'), encoding="utf-8")
    (sample / "password").write_text("right")
    with SmtpServer(users={"halo": password}) as server:
        configure(
            sample,
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
            'user = "halo"\npassword = "${file:password}"\n',
        )
        found, _ = ask()
        assert server.messages == []
    assert state in state_of(found, "sending"), found["sending"]


@pytest.mark.parametrize(("password", "state"), [("right", "ok"), ("other", "wrong")])
def test_whether_somebody_would_learn_of_failures(ask, sample, password, state):
    (sample / "password").write_text("right")
    (sample / "blocked").write_text("")
    with SmtpServer(users={"halo": password}) as server:
        configure(
            sample,
            '[notify]\nemail = "boss@example.com"\nmetrics = "blocked/sheetcrm.prom"\n'
            '[logging]\nfile = "var/log/x.log"\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
            'user = "halo"\npassword = "${file:password}"\n',
        )
        found, code = ask()
        assert server.messages == []
    assert code == (state == "wrong")
    assert state_of(found, "notices") == {"look", state}
    assert ["blocked" in text for _, text, _ in found["notices"]] == [True, False]
