"""The system's clock in a workspace's zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sheetcrm.adapters.clock import SystemClock
from sheetcrm.errors import UsageError


@pytest.mark.parametrize(
    ("timezone", "hours"), [("Asia/Jakarta", 7), ("Asia/Jayapura", 9), ("UTC", 0)]
)
def test_it_shows_the_time_in_its_zone(tmp_path: Path, timezone: str, hours: int) -> None:
    now = SystemClock(timezone).now()
    assert now.utcoffset() == timedelta(hours=hours)
    (tmp_path / "made now").touch()
    modified = datetime.fromtimestamp((tmp_path / "made now").stat().st_mtime, UTC)
    assert abs(now - modified) < timedelta(minutes=1)


def test_it_knows_summer_time() -> None:
    zone = SystemClock("Europe/Madrid").now().tzinfo
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)
    assert datetime(2026, 12, 1, tzinfo=zone).utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("timezone", ["Asia/Bandung", "", "../etc/passwd", "WIB", "Asia"])
def test_a_zone_that_there_is_not(timezone: str) -> None:
    with pytest.raises(UsageError) as caught:
        SystemClock(timezone)
    assert "Asia/Jakarta" in caught.value.hint
