"""`sheetcrm upgrade-config`: after an update."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

OLD = Path(__file__).parents[1] / "config" / "released" / "0.0"


@pytest.fixture
def old(sample):
    shutil.copytree(OLD, sample / "config", dirs_exist_ok=True)
    return sample


def test_a_new_workspace_has_nothing_to_do(sample, run):
    said = run("--workspace", sample, "upgrade-config", "--write")
    assert (said.code, said.out) == (0, "nothing to do: your config is one of sheetcrm 0.1\n")
    assert not list((sample / "config").glob("*.bak*"))


def test_it_shows_and_then_writes(old, run):
    file = old / "config" / "sheetcrm.toml"
    before = file.read_bytes()
    said = run("--workspace", old, "upgrade-config")
    assert said.code == 0
    assert "+# Made for sheetcrm 0.1" in said.out
    assert "  activities: Tabs of visits, calls, demos" in said.out
    assert "sheetcrm upgrade-config --write" in said.out
    assert file.read_bytes() == before
    said = run("--workspace", old, "upgrade-config", "--write")
    assert "the old one is kept:" in said.out
    first, _, rest = file.read_bytes().partition(b"\n")
    assert (first[:23], rest) == (b"# Made for sheetcrm 0.1", before)
    assert (old / "config" / "sheetcrm.toml.bak").read_bytes() == before
    assert "nothing to do" in run("--workspace", old, "upgrade-config").out
    assert run("--workspace", old, "check").code == 0


def test_no_copy_is_ever_written_over(old, run):
    (old / "config" / "sheetcrm.toml.bak").write_text("mine")
    found = json.loads(run("--workspace", old, "upgrade-config", "--write", "--json").out)
    assert found["kept"]["sheetcrm.toml"].endswith("sheetcrm.toml.bak2")
    assert found["upgrade"]["made_for"] == "0.0"
    assert (old / "config" / "sheetcrm.toml.bak").read_text() == "mine"


def test_what_is_no_toml_is_left_to_check(old, run):
    (old / "config" / "stages.toml").write_text("[broken")
    said = run("--workspace", old, "upgrade-config", "--write")
    assert said.code == 2
    assert "config/stages.toml cannot be read" in said.err
    assert "sheetcrm check" in said.err
