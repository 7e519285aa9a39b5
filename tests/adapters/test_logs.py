from __future__ import annotations

import json
from pathlib import Path

import pytest

from sheetcrm.adapters.logs import OLD_ONES, RunLog


def log(path, *, shape="json", redact=False, megabytes=1):
    return RunLog(file=str(path), shape=shape, redact=redact, megabytes=megabytes)


def test_every_line_is_json_with_the_run_in_it(tmp_path):
    path = tmp_path / "log" / "run.log"
    ours = log(path, shape="")  # a file is no terminal
    ours.bind(run="20261122-093000-k3f")
    ours.note("phase ends", seconds=0.5, counts={"leads": 3}, left_out="")
    ours.note("fault", level="error", message="niña’s.xlsx\nis open")
    ours.close()
    first, second = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert {**first, "at": ""} == {
        "at": "",
        "level": "info",
        "event": "phase ends",
        "run": "20261122-093000-k3f",
        "seconds": 0.5,
        "counts": {"leads": 3},
    }
    assert (second["level"], second["message"]) == ("error", "niña’s.xlsx\nis open")


def test_lines_for_people(tmp_path):
    ours = log(tmp_path / "log", shape="text")
    ours.note("fault", level="error", message='"two"\nlines', seconds=1)
    ours.close()
    (line,) = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert line.split(" ", 2)[2] == 'error   fault message="\\"two\\"\\nlines" seconds=1'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ask sari.putri+a@mail.example.com, please", "ask …@…, please"),
        ("0812-3456-7890 or +62 812 345 678", "… or …"),
        ("“Budi Santoso” cannot be read", "“…” cannot be read"),
        ("Leads!D8 of leads.xlsx, 5000 leads", "Leads!D8 of leads.xlsx, 5000 leads"),
        (
            "run 20261122-093000-k3f of 2026-11-22 09:30",
            "run 20261122-093000-k3f of 2026-11-22 09:30",
        ),
    ],
)
def test_persons_stay_out_on_request(tmp_path, text, shown):
    ours = log(tmp_path / "log", redact=True)
    ours.note("fault", message=text, more=[{"text": text}])
    ours.close()
    line = json.loads((tmp_path / "log").read_text(encoding="utf-8"))
    assert line["message"] == line["more"][0]["text"] == shown
    ours = log(tmp_path / "plain")
    ours.note("fault", message=text)
    ours.close()
    assert json.loads((tmp_path / "plain").read_text(encoding="utf-8"))["message"] == text


def test_passwords_in_addresses_always_stay_out(tmp_path):
    ours = log(tmp_path / "log")
    ours.note("fault", message="postgresql://sales:hunter2@db.example/crm does not answer")
    ours.close()
    assert "hunter2" not in (tmp_path / "log").read_text()
    assert "postgresql://…@db.example/crm" in (tmp_path / "log").read_text()


def test_the_file_stays_small(tmp_path):
    ours = log(tmp_path / "run.log", megabytes=0.01)
    for number in range(1_000):
        ours.note("phase ends", number=number)
    ours.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + OLD_ONES
    assert max(path.stat().st_size for path in files) <= 10_000
    assert '"number": 999' in (tmp_path / "run.log").read_text()


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "file").touch()
    ours = log(tmp_path / "file" / "run.log")
    ours.note("run begins")
    ours.close()
    assert ours.fault


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_a_disk_that_is_full_stops_nobody_and_is_told():
    ours = log("/dev/full")
    assert ours.fault == ""
    ours.note("run begins")
    ours.close()
    assert ours.fault == "No space left on device"
