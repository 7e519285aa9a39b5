"""When a source is due next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.cluster.schedules import following

QUARTERS = "*/15 8-18 * * 1-5"


def due(schedule, zone, now, key="acme/leads"):
    return following(schedule, zone, key, datetime.fromisoformat(now)).isoformat()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T08:07:00+07:00", "2026-11-20T01:15:00+00:00"),
        ("2026-11-20T08:15:00+07:00", "2026-11-20T01:30:00+00:00"),
        ("2026-11-20T18:50:00+07:00", "2026-11-23T01:00:00+00:00"),  # Friday evening → Monday
    ],
)
def test_it_is_meant_in_the_workspaces_zone(now, expected):
    assert due(QUARTERS, "Asia/Jakarta", now) == expected


def test_the_hour_that_a_clock_jumps_over_comes_right_after_it():
    assert due("30 2 * * *", "Europe/Madrid", "2026-03-29T01:00:00+01:00").startswith(
        "2026-03-29T01:00"
    )
    assert due("30 2 * * *", "Europe/Madrid", "2026-03-29T03:00:00+02:00").startswith(
        "2026-03-30T00:30"
    )


def test_sources_have_minutes_of_their_own():
    now = datetime(2026, 11, 20, tzinfo=UTC)
    found = {following("H/15 * * * *", "UTC", f"acme/{i}", now).minute for i in range(200)}
    assert found == set(range(1, 16))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.sampled_from(
        ["Asia/Jakarta", "Europe/Madrid", "America/Mexico_City", "Australia/Lord_Howe"]
    ),
    st.sampled_from([QUARTERS, "H/15 * * * *", "0 7 * * *", "* * * * *", "H H 1 * *"]),
)
def test_it_is_always_later_and_never_skipped(moment, zone, schedule):
    now = moment.replace(tzinfo=UTC)
    first = following(schedule, zone, "k", now)
    assert first > now
    between = now + (first - now) / 2
    assert following(schedule, zone, "k", between) == first
    assert following(schedule, zone, "k", first) > first
    assert first - now <= timedelta(days=40)
