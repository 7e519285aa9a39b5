"""Crontab expressions: what they mean, what is none, and distances."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.schedule.times import every_so_often, listed, parse_times, upcoming
from sheetcrm.errors import UsageError


@pytest.mark.parametrize(
    ("text", "minutes", "hours", "weekdays"),
    [
        ("*/15 8-18 * * 1-5", (0, 15, 30, 45), tuple(range(8, 19)), (1, 2, 3, 4, 5)),
        ("5,35 */6 * * *", (5, 35), (0, 6, 12, 18), tuple(range(7))),
        ("0 9-17/4 * * mon,Fri", (0,), (9, 13, 17), (1, 5)),
        ("0 0 * * 5-7", (0,), (0,), (0, 5, 6)),
        ("@daily", (0,), (0,), tuple(range(7))),
        ("@Hourly", (0,), tuple(range(24)), tuple(range(7))),
    ],
)
def test_what_an_expression_means(text, minutes, hours, weekdays):
    times = parse_times(text)
    assert (times.minute.values, times.hour.values) == (minutes, hours)
    assert times.weekday.values == weekdays


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has 0 parts, not five"),
        ("* * * *", "it has 4 parts, not five"),
        ("@reboot", "it has 1 parts, not five"),
        ("60 * * * *", 'its minute "60" is not within 0 and 59'),
        ("* 24 * * *", 'its hour "24" is not within 0 and 23'),
        ("* * 0 * *", 'its day of the month "0" is not within 1 and 31'),
        ("* * * foo *", 'its month "foo" is not within 1 and 12'),
        ("* * * * 8", 'its weekday "8" is not within 0 and 7'),
        ("* * * * fri-mon", 'its weekday "fri-mon" ends before it begins'),
        ("5/10 * * * *", 'its minute "5/10" cannot be understood'),
        ("*/0 * * * *", 'its minute "*/0" cannot be understood'),
        ("1,,2 * * * *", 'its minute "1,,2" cannot be understood'),
        ("-1 * * * *", 'its minute "-1" cannot be understood'),
        ("٣ * * * *", 'its minute "٣" cannot be understood'),
        ("0 0 30 2 *", "no such month has a day 30"),
        ("0 0 31 4,6,9,11 *", "no such month has a day 31"),
    ],
)
def test_what_is_none_is_refused_with_the_part_that_is_wrong(text, says):
    with pytest.raises(UsageError, match="is no crontab expression") as caught:
        parse_times(text)
    assert says in caught.value.message
    assert "*/15 8-18 * * 1-5" in caught.value.hint


@pytest.mark.parametrize("text", ["0 0 29 2 *", "0 0 31 4,5 *", "0 0 30 2 fri"])
def test_a_day_that_comes_some_time_is_none_that_never_comes(text):
    assert next(upcoming((parse_times(text),), datetime(2026, 3, 1)))


def test_either_a_day_of_the_month_or_a_weekday_will_do():
    both = parse_times("0 12 13 * 5")
    days = (datetime(2026, 11, 9), datetime(2026, 11, 6), datetime(2026, 12, 13))
    assert [both.on(day) for day in days] == [False, True, True]
    starred = parse_times("0 12 */2 * 5")  # cron takes a * at the beginning for no restriction
    assert [starred.on(datetime(2026, 11, day)) for day in (6, 13, 15)] == [False, True, False]


def test_upcoming():
    times = (parse_times("30 8,17 * * 1-5"),)
    friday = datetime(2026, 11, 20, 12, 0)
    assert [f"{at:%a %H:%M}" for at in islice(upcoming(times, friday), 3)] == [
        "Fri 17:30",
        "Mon 08:30",
        "Mon 17:30",
    ]


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("1m", "* * * * *"),
        ("15m", "7-59/15 * * * *"),
        ("30 min", "7-59/30 * * * *"),
        ("60m", "37 * * * *"),
        ("1h", "37 * * * *"),
        ("6 hours", "37 5-23/6 * * *"),
        ("24h", "37 6 * * *"),
        ("1d", "37 6 * * *"),
    ],
)
def test_a_distance_as_times_of_the_clock(text, expression):
    assert every_so_often(text, 337).expression == expression


@pytest.mark.parametrize("text", ["7m", "0m", "90m", "5h", "2d", "soon", "", "-5m", "m"])
def test_a_distance_that_does_not_come_out_even_is_refused(text):
    with pytest.raises(UsageError) as caught:
        every_so_often(text, 0)
    assert "--cron" in caught.value.hint


@settings(max_examples=60)
@given(st.sampled_from(["5m", "10m", "20m", "1h", "2h", "3h", "8h"]), st.integers(0, 1439))
def test_a_distance_is_the_same_all_day_long(text, offset):
    times = every_so_often(text, offset)
    starts = list(islice(upcoming((times,), datetime(2026, 11, 22)), 300))
    gaps = {later - sooner for sooner, later in pairwise(starts)}
    assert gaps == {timedelta(minutes=int(text[:-1]) * (60 if text.endswith("h") else 1))}


@given(st.sets(st.integers(0, 59), min_size=1))
def test_values_are_listed_so_that_they_are_read_again(values):
    text = listed(tuple(sorted(values)), 0, 59)
    assert parse_times(f"{text} * * * *").minute.values == tuple(sorted(values))
