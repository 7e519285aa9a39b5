"""`sheetcrm schedule`: what a person sees, and what is then in the crontab."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.adapters.schedulers.conftest import system  # noqa: F401  a fixture
from tests.cli.test_commands import cells as leads_of


def test_it_shows_what_it_would_write_and_changes_nothing(sample, run, system):  # noqa: F811
    said = run("--workspace", sample, "schedule", "--cron", "0 8 * * 1-5", "--kind", "systemd")
    assert said.code == 0, said.err
    assert "OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 08:00:00 Asia/Jakarta\n" in said.out
    assert f"ExecStart={sys.executable} -m sheetcrm --workspace {sample} run" in said.out
    assert "→ next: " in said.err
    assert "08:00 Asia/Jakarta" in said.err
    assert "nothing was changed; to do it: add --install" in said.err
    assert not (system / "calls").exists() or "enable" not in (system / "calls").read_text()


def test_install_look_remove(sample, run, system):  # noqa: F811
    said = run("--workspace", sample, "schedule", "--every", "15m", "--install")
    assert (said.code, said.err.count("no cron runs")) in ((0, 0), (0, 1)), said.err
    assert f"crontab: added the lines of {sample}" in said.out
    assert "look: crontab -l" in said.out
    table = (system / "table").read_text()
    assert f"{sys.executable} -m sheetcrm --workspace {sample} run --deadline 10m" in table
    said = run("--workspace", sample, "schedule", "--every", "15m", "--install")
    assert "nothing to do: it is as it should be" in said.out
    said = run("--workspace", sample, "schedule", "--every", "15m")
    assert said.out == table
    assert "this is installed" in said.err
    found = json.loads(run("--workspace", sample, "schedule", "--json").out)
    assert found["installed"] == table != found["text"]
    assert len(found["next"]) == 3
    said = run("--workspace", sample, "schedule", "--remove")
    assert f"crontab: took out the lines of {sample}" in said.out
    assert not (system / "table").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="two of them are on Linux only")
def test_two_of_them_at_once_are_told_and_removed_together(sample, run, system, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sheetcrm.adapters.schedulers.kinds_here", lambda: ("cron", "systemd"))
    assert run("--workspace", sample, "schedule", "--install").code == 0
    said = run("--workspace", sample, "schedule", "--install", "--kind", "systemd")
    assert "cron and systemd start this workspace; one is enough" in said.err
    said = run("--workspace", sample, "schedule", "--remove")
    assert "crontab: took out" in said.out
    assert ".timer" in said.out
    said = run("--workspace", sample, "schedule", "--remove")
    assert "nothing to do" in said.out


def test_what_is_gone_can_still_be_removed(sample, run, system):  # noqa: F811
    assert run("--workspace", sample, "schedule", "--install").code == 0
    shutil.rmtree(sample)
    assert run("--workspace", sample, "schedule", "--remove").code == 0
    assert not (system / "table").exists()


def test_a_variable_that_cron_will_not_have(sample, run, system, monkeypatch):  # noqa: F811
    config = sample / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('tab = "Leads"', 'tab = "${LEADS_TAB}"', 1), encoding="utf-8")
    monkeypatch.setenv("LEADS_TAB", "Leads")
    said = run("--workspace", sample, "schedule")
    assert "the config reads ${LEADS_TAB}, which a scheduled run does not have" in said.err
    assert "LEADS_TAB" not in said.out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--install", "--remove"), "exclude each other"),
        (("--every", "1h", "--cron", "* * * * *"), "exclude each other"),
        (("--every", "7m"), "does not go into an hour or a day evenly"),
        (("--cron", "61 * * * *"), 'its minute "61" is not within 0 and 59'),
        (("--deadline", "soon"), "is no time"),
        (("--kind", "at"), "is not one of"),
    ],
)
def test_what_cannot_be_is_said(sample, run, system, options, says):  # noqa: F811
    said = run("--workspace", sample, "schedule", *options)
    assert said.code == 2
    assert says in said.err
    assert said.out == ""


PRIVATE = """\
set -e
mount -t tmpfs none /var/spool/cron
mount -t tmpfs none /run
mkdir /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
printf '%s\\n' 'MAILTO=""' '0 5 1 1 * true' | crontab -
crontab -l >before
$SHEETCRM schedule --every 1m --install
$SHEETCRM schedule --every 1m --install
crontab -l >between
/usr/sbin/cron -f & cron=$!
for second in $(seq 200); do [ "$WORK/leads.xlsx" -nt between ] && break; sleep 1; done
kill $cron
until $SHEETCRM run; do sleep 1; done
$SHEETCRM schedule --remove
crontab -l >after
"""


@pytest.mark.slow
@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("cron", path="/usr/sbin") or not shutil.which("unshare"),
    reason="needs Debian's cron, and root for a spool that is not this computer's",
)
def test_a_real_cron_starts_it(tmp_path, sample):
    work = sample.rename(tmp_path / "50% off, it's mine")
    program = tmp_path / "sheetcrm"
    words = shlex.join((sys.executable, "-m", "sheetcrm", "--workspace", str(work)))
    program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    result = subprocess.run(
        ["unshare", "--mount", "sh", "-c", PRIVATE],
        cwd=tmp_path,
        env={**os.environ, "SHEETCRM": str(program), "WORK": str(work)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    before, between, after = (
        tmp_path.joinpath(n).read_text() for n in ("before", "between", "after")
    )
    assert between.startswith(before)
    assert between.count(" run --deadline 10m") == 1
    assert after == before
    assert (work / "var" / "log" / "scheduled.log").read_text(encoding="utf-8") == ""
    found = subprocess.run([program, "runs", "--json"], capture_output=True, check=True)
    assert len(json.loads(found.stdout)) >= 2
    assert "Score" in leads_of(work / "leads.xlsx")
