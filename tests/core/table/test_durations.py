from __future__ import annotations

from datetime import timedelta

import pytest

from sheetcrm.core.table.durations import read_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172_800), (" 1H 5 m ", 3900)],
)
def test_times_that_people_write(text, seconds):
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "10", "0m", "-5m", "m", "1h and a half", "5m5m", "9" * 30 + "d"]
)
def test_what_is_none(text):
    assert read_duration(text) is None
