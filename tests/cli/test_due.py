"""What people see of the days to come and of holds."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def synced(sample, run):
    assert run("--workspace", sample, "sync").code == 0
    return sample


def test_the_days_to_come(synced, run):
    said = run("--workspace", synced, "due")
    assert said.code == 0
    assert " of 200" in said.out
    assert "welcome 2" in said.out
    assert "1 held" in said.out
    assert max(map(len, said.out.splitlines())) <= 120
    report = json.loads(run("--workspace", synced, "due", "--json").out)
    assert sum(report["days"].values()) == len(report["messages"])
    assert {"day", "lead", "sequence", "step", "template", "why"} <= report["messages"][0].keys()
    nothing = run("--workspace", synced, "due", "--days", "0", "--source", "nope")
    assert nothing.code == 2


def test_a_hold_and_its_end(synced, run):
    assert "nobody is on hold" in run("--workspace", synced, "hold").out
    done = run("--workspace", synced, "hold", "Chloé Martin", "--until", "2099-01-05")
    assert (done.code, "2099-01-05" in done.out) == (0, True)
    (one,) = json.loads(run("--workspace", synced, "hold", "--json").out)
    assert one["name"] == "Chloé Martin"
    assert run("--workspace", synced, "unhold", one["address"]).code == 0
    assert run("--workspace", synced, "unhold", one["address"]).code == 2
    assert run("--workspace", synced, "hold", "--reason", "x").code == 2
