"""This computer's clock, and whether sheetcrm is found without a shell's settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sheetcrm.adapters.schedulers.here import environment, here, program, prove
from sheetcrm.errors import UsageError
from tests.core.schedule.jobs import job

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Asia/Jakarta"))


def linked(folder, zone):
    (folder / "localtime").symlink_to(f"/usr/share/zoneinfo/{zone}")
    return here(NOW, folder)


def test_the_zone_of_a_link(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "America/Lima")  # no scheduler reads this one
    found = linked(tmp_path, "Asia/Kolkata")
    assert (found.zone, found.ahead, found.changes) == ("Asia/Kolkata", 90, None)


def test_a_clock_that_is_put_forward_in_spring(tmp_path):
    found = linked(tmp_path, "Europe/Madrid")
    assert (found.ahead, found.changes) == (360, date(2027, 3, 28))


def test_the_zone_of_a_file(tmp_path):
    (tmp_path / "timezone").write_text("Asia/Makassar\n")
    assert here(NOW, tmp_path).ahead == -60
    (tmp_path / "timezone").write_text("no zone\n")
    assert here(NOW, tmp_path).zone == "Etc/UTC"
    import tzdata

    data = Path(tzdata.__file__).parent / "zoneinfo" / "Asia" / "Tokyo"
    (tmp_path / "localtime").write_bytes(data.read_bytes())
    found = here(NOW, tmp_path)
    assert (found.zone, found.ahead) == ("", -120)


def test_sheetcrm_answers_in_the_jobs_environment(monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/elsewhere")
    assert set(environment()) == {"PATH", "LANG", "PYTHONUTF8", "XDG_STATE_HOME"}
    work = replace(job(), program=program(), environment=environment())
    prove(work)
    with pytest.raises(UsageError, match=r"would not find sheetcrm: .*No module named"):
        prove(replace(work, program=(*program()[:2], "sheetcrm_that_is_nowhere")))
