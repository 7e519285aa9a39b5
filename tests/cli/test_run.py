"""`sheetcrm run` and `sheetcrm runs`, as cron and a person use them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

from tests.cli.test_commands import cells

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
    said = run("--workspace", sample, "run", "--verbose").out
    assert "nothing has changed" in said or "60 leads" in said  # a day may have begun somewhere


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
