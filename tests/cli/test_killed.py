"""kill -9 at any moment of a real `sheetcrm sync`: the file is the old or the new one, whole.

SHEETCRM_KILLS says how often; `make crash` does it 200 times.
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

from sheetcrm.adapters.excel import write_cells
from tests.cli.test_commands import cells

KILLS = int(os.environ.get("SHEETCRM_KILLS", "15"))
SYNC = [sys.executable, "-m", "sheetcrm", "sync"]


def change(root, number):
    """People edit budgets and cities, so that scores, stages and reasons of many leads change."""
    book = root / "leads.xlsx"
    found = list(cells(book))
    budget, city = (chr(ord("A") + found.index(name)) for name in ("Budget", "City"))
    edits = {}
    for row in range(5, 45):
        odd = (row + number) % 2
        edits[f"{budget}{row}"] = (900_000_000 if odd else 1_000_000) + number
        edits[f"{city}{row}"] = "Jakarta" if odd else "Medan"
    write_cells(book, "Leads", edits)


def twin_of(root, run):
    """What the workbook becomes where nobody is killed."""
    twin = root.with_name("twin")
    shutil.rmtree(twin, ignore_errors=True)
    shutil.copytree(root, twin)
    assert run("--workspace", twin, "sync").code == 0
    return (twin / "leads.xlsx").read_bytes()


def kill(root, dice, seconds):
    """Begin a sync and kill it at a random moment, every second time while it saves."""
    with subprocess.Popen(SYNC, cwd=root, stderr=subprocess.DEVNULL) as process:
        begun = time.monotonic()
        if dice.random() < 0.5:
            time.sleep(dice.uniform(0, seconds * 1.1))
        else:
            while not any(root.glob(".~sheetcrm-*")) and process.poll() is None:
                time.sleep(0.002)
                if time.monotonic() - begun > 60:
                    break
            time.sleep(dice.uniform(0, 0.05))
        process.kill()


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_file_or_the_new_one(sample, run):
    book, dice = sample / "leads.xlsx", random.Random(20261122)
    assert run("--workspace", sample, "sync").code == 0
    change(sample, 0)
    begun = time.monotonic()
    subprocess.run(SYNC, cwd=sample, check=True)
    seconds = time.monotonic() - begun
    outcomes = set()
    for number in range(1, KILLS + 1):
        change(sample, number)
        old, new = book.read_bytes(), twin_of(sample, run)
        assert old != new
        kill(sample, dice, seconds)
        found = book.read_bytes()
        assert found in {old, new}, number
        outcomes.add(found == new)

        said = run("--workspace", sample, "sync")
        assert (said.code, said.err) == (0, ""), number
        assert book.read_bytes() == new, number
        (result,) = json.loads(run("--workspace", sample, "plan", "--json").out)["sources"]
        plan = result["plan"]
        assert (plan["edits"], plan["overrides"], plan["drafts"]) == ([], [], []), number
        drafts = json.loads(run("--workspace", sample, "drafts", "--json").out)
        lying = {path.name for path in (sample / "var" / "outbox").rglob("*.eml")}
        assert lying == {draft["place"].rpartition("/")[2] for draft in drafts}, number
        assert not list(sample.rglob(".~sheetcrm-*")), number
        assert not list(sample.rglob("*.part")), number
    assert outcomes == {True, False} or KILLS < 10


@pytest.mark.slow
def test_a_restore_that_is_killed_is_known_to_the_next_run(sample, run):
    """Whichever of the two files is there then, its scores are ours and no person's."""
    book, dice = sample / "leads.xlsx", random.Random(7)
    assert run("--workspace", sample, "sync").code == 0
    (kept,) = json.loads(run("--workspace", sample, "restore", "--json").out)
    command = [sys.executable, "-m", "sheetcrm", "restore", "leads", kept["backup"]["run"], "--yes"]
    begun = time.monotonic()
    subprocess.run(command, cwd=sample, check=True, capture_output=True)
    seconds = time.monotonic() - begun
    for number in range(max(KILLS // 3, 3)):
        change(sample, number)
        assert run("--workspace", sample, "sync").code == 0
        before = book.read_bytes()
        with subprocess.Popen(command, cwd=sample, stdout=subprocess.DEVNULL) as process:
            time.sleep(dice.uniform(0.3, 1.1) * seconds)
            process.kill()
        assert book.read_bytes() in {
            before,
            (sample / "var" / "backups" / kept["backup"]["place"]).read_bytes(),
        }
        (result,) = json.loads(run("--workspace", sample, "plan", "--json").out)["sources"]
        assert result["plan"]["overrides"] == [], number
        assert run("--workspace", sample, "sync").code == 0
