"""The container's clock, with a sheetcrm that only writes down that it was called."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "run-every"


@pytest.fixture
def place(tmp_path):
    program = tmp_path / "sheetcrm"
    program.write_text(
        f'#!/bin/sh\necho "begins $*" >>{tmp_path}/calls\n'
        f"echo 0 >{tmp_path}/sheetcrm-alive\nsleep $(cat {tmp_path}/seconds)\necho ends >>{tmp_path}/calls\n"
        f"exit $(cat {tmp_path}/code)\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    (tmp_path / "seconds").write_text("0")
    (tmp_path / "code").write_text("0")
    return tmp_path


def environment(place):
    return {**os.environ, "PATH": f"{place}:/usr/bin:/bin", "TMPDIR": str(place)}


def start(place, *words):
    return subprocess.Popen([SCRIPT, *words], env=environment(place))


def healthy(place):
    return (
        subprocess.run([SCRIPT, "--healthy"], env=environment(place), check=False).returncode == 0
    )


def wait_for(place, text):
    for _ in range(200):
        if (place / "calls").exists() and text in (place / "calls").read_text():
            return
        time.sleep(0.05)
    raise AssertionError(text)


def test_it_runs_at_once_and_stops_in_the_pause(place):
    process = start(place, "60", "--verbose")
    wait_for(place, "ends")
    time.sleep(0.2)
    assert healthy(place)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert (place / "calls").read_text() == "begins run --deadline 10m --verbose\nends\n"


def test_a_run_that_is_at_work_may_finish(place):
    (place / "seconds").write_text("1")
    process = start(place, "60")
    wait_for(place, "begins")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert (place / "calls").read_text().endswith("ends\n")


@pytest.mark.parametrize(
    ("code", "is_healthy"), [(0, True), (1, True), (75, True), (2, False), (3, False), (127, False)]
)
def test_a_run_that_ended_well_renews_the_promise(place, code, is_healthy):
    (place / "code").write_text(str(code))
    process = start(place, "60")
    wait_for(place, "ends")
    time.sleep(0.2)
    assert healthy(place) == is_healthy
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def test_a_command_of_its_own_has_no_promise_to_keep(place):
    assert healthy(place)


@pytest.mark.parametrize("minutes", ["", "soon", "0", "1.5"])
def test_what_is_no_number_of_minutes(place, minutes):
    result = subprocess.run(
        [SCRIPT, minutes], env=environment(place), capture_output=True, check=False
    )
    assert result.returncode == 2
    assert b"run-every 60" in result.stderr
