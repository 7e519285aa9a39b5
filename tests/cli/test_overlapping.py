"""Many runs of one workspace at once, and a third of them killed: as if there had been one.

SHEETCRM_OVERLAPS says how many in the slow tier.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time

import pytest

from sheetcrm.bootstrap import at_work
from tests.cli.test_killed import change

MANY = int(os.environ.get("SHEETCRM_OVERLAPS", "60"))
RUN = [sys.executable, "-m", "sheetcrm", "run", "--deadline", "10m"]


def overlap(root, count, dice, *, seconds):
    """Start that many at once and kill every third at some moment; the others' exit codes."""
    begun = time.monotonic()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    runs = [subprocess.Popen(RUN, cwd=root, **quiet) for _ in range(count)]
    doomed = runs[::3]
    for process, moment in zip(
        doomed, sorted(dice.uniform(0, seconds) for _ in doomed), strict=True
    ):
        time.sleep(max(begun + moment - time.monotonic(), 0))
        process.kill()
    codes = [process.wait(timeout=300) for process in runs]
    return [code for process, code in zip(runs, codes, strict=True) if process not in doomed]


def as_if_alone(root, run):
    """What the workbook becomes where nobody else is at work, and how many drafts there are."""
    twin = root.with_name("twin")
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(root, twin)
    assert run("--workspace", twin, "sync").code == 0
    drafts = json.loads(run("--workspace", twin, "drafts", "--json").out)
    return (twin / "leads.xlsx").read_bytes(), {draft["key"] for draft in drafts}


def check_one_result(root, run, count, seed):
    dice = random.Random(seed)
    change(root, seed)
    book, keys = as_if_alone(root, run)
    codes = overlap(root, count, dice, seconds=count / 20 + 2)
    assert set(codes) <= {0, 75}

    said = run("--workspace", root, "run")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert (root / "leads.xlsx").read_bytes() == book
    drafts = json.loads(run("--workspace", root, "drafts", "--json").out)
    assert {draft["key"] for draft in drafts} == keys
    assert len({draft["person"] for draft in drafts}) == len(drafts) == len(keys)
    lying = {path.name for path in (root / "var" / "outbox").rglob("*.eml")}
    assert lying == {draft["place"].rpartition("/")[2] for draft in drafts}
    left = [*root.rglob(".~sheetcrm-*"), *root.rglob("*.part"), *root.rglob("*.json")]
    assert left == []
    assert at_work(root) is None


def test_some_runs_at_once(sample, run):
    check_one_result(sample, run, 9, seed=1)


@pytest.mark.slow
def test_two_hundred_runs_at_once_and_again(sample, run):
    check_one_result(sample, run, MANY, seed=2)
    check_one_result(sample, run, 30, seed=3)
