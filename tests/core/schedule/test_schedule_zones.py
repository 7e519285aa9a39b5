"""Times of a workspace's zone on a computer that stands in another one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.schedule.times import parse_times, upcoming
from sheetcrm.core.schedule.zones import Here, moved
from sheetcrm.errors import UsageError
from tests.core.schedule.jobs import job

JAKARTA = Here(zone="Etc/UTC", ahead=420)


def expressions(text, here=JAKARTA):
    return [times.expression for times in moved(parse_times(text), here)]


def test_hours_move():
    assert expressions("*/15 8-18 * * *") == ["0-45/15 1-11 * * *"]
    assert expressions("0 9 1 * *") == ["0 2 1 * *"]
    assert expressions("0 9 * * 1-5", Here(zone="Asia/Kolkata", ahead=90)) == ["30 7 * * 1-5"]


def test_what_falls_on_another_day_gets_a_line_of_its_own():
    assert expressions("0 6,8 * * 1-5") == ["0 23 * * 0-4", "0 1 * * 1-5"]
    assert expressions("0 20 * * 6", Here(zone="Asia/Tokyo", ahead=-540)) == ["0 5 * * 0"]


def test_days_of_the_month_cannot_move():
    with pytest.raises(UsageError, match="falls on another day on this computer"):
        expressions("0 6 1 * *")


@settings(max_examples=100)
@given(
    st.sets(st.integers(0, 23), min_size=1, max_size=4),
    st.sets(st.sampled_from([0, 10, 15, 30, 59]), min_size=1, max_size=2),
    st.sets(st.integers(0, 6), min_size=1, max_size=6),
    st.integers(-14 * 4, 14 * 4).map(lambda quarters: 15 * quarters),
)
def test_they_are_the_same_moments(hours, minutes, weekdays, ahead):
    fields = (",".join(map(str, sorted(each))) for each in (minutes, hours, weekdays))
    minute, hour, weekday = fields
    times = parse_times(f"{minute} {hour} * * {weekday}")
    there = datetime(2026, 11, 22, 3, 7)
    away = timedelta(minutes=ahead)
    local = moved(times, Here(zone="", ahead=ahead))
    ours = list(islice(upcoming((times,), there), 40))
    theirs = list(islice(upcoming(local, there - away), 40))
    assert [at + away for at in theirs] == ours


def test_whether_a_zone_matters():
    assert job(every="15m").zone == ""
    assert job(every="6h").zone == ""
    assert job("*/10 * * * *").zone == ""
    assert job(every="1d").zone == "Asia/Jakarta"
    assert job("0 8,20 * * *").zone == "Asia/Jakarta"


def test_a_person_is_told_whose_clock_counts_and_until_when():
    assert job("0 8 * * *").said_here() == ()
    assert job(every="1h", here=JAKARTA).said_here() == ()
    (said,) = job("0 8 * * *", here=JAKARTA).said_here()
    assert said == (
        "“0 8 * * *” in Asia/Jakarta is written as it is on this computer's clock (Etc/UTC)"
    )
    summer = Here(zone="Europe/Madrid", ahead=360, changes=date(2027, 3, 28))
    _, until = job("0 8 * * *", here=summer).said_here()
    assert until == "from 2027-03-28 on that is another hour: install it again then"
