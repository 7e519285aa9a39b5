"""The launch agent: to the letter, well-formed, and the same moments as the expression."""

from __future__ import annotations

import plistlib
from datetime import datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.schedule.launchd import agent, intervals
from sheetcrm.core.schedule.times import parse_times, upcoming
from sheetcrm.core.schedule.zones import Here
from sheetcrm.errors import UsageError
from tests.core.schedule.jobs import ENVIRONMENT, job


def test_golden():
    found = plistlib.loads(agent(job("30 8 * * 1,2")).encode())
    log = "/home/ana/my leads/var/log/scheduled.log"
    assert found == {
        "Label": job().name,
        "ProgramArguments": [
            *("/opt/crm/bin/python", "-m", "sheetcrm"),
            *("--workspace", "/home/ana/my leads", "run", "--deadline", "10m"),
        ],
        "EnvironmentVariables": ENVIRONMENT,
        "StartCalendarInterval": [
            {"Weekday": 1, "Hour": 8, "Minute": 30},
            {"Weekday": 2, "Hour": 8, "Minute": 30},
        ],
        "StandardOutPath": log,
        "StandardErrorPath": log,
        "ProcessType": "Background",
    }


def test_signs_of_xml_in_a_folder_and_the_computers_own_clock():
    odd = job("0 6 * * *", workspace="/srv/<A&B>", here=Here(zone="Etc/UTC", ahead=420))
    found = plistlib.loads(agent(odd).encode())
    assert "/srv/<A&B>" in found["ProgramArguments"]
    assert found["StartCalendarInterval"] == [{"Hour": 23, "Minute": 0}]


def test_what_launchd_cannot_say():
    with pytest.raises(UsageError, match="entries"):
        intervals(parse_times("*/2 8-18 * * 1-6"))
    with pytest.raises(UsageError, match="both days of the month and weekdays"):
        intervals(parse_times("0 8 */2 * 1"))


def starts(entries, after):
    """As launchd.plist(5) says: what an entry does not name may be anything."""
    moment = after
    while True:
        moment += timedelta(minutes=1)
        now = {
            "Month": moment.month,
            "Day": moment.day,
            "Weekday": moment.isoweekday() % 7,
            "Hour": moment.hour,
            "Minute": moment.minute,
        }
        if any(all(now[key] == value for key, value in entry.items()) for entry in entries):
            yield moment


@settings(max_examples=12)
@given(
    st.sampled_from(["0", "*/20", "5,50"]),
    st.sampled_from(["*", "8-10", "0,23"]),
    st.sampled_from([("*", "*"), ("*", "1-5"), ("24,25", "*"), ("24", "0")]),
)
def test_the_same_moments(minute, hour, days):
    times = parse_times(f"{minute} {hour} {days[0]} * {days[1]}")
    after = datetime(2026, 11, 22, 10, 20)
    ours = list(islice(upcoming((times,), after), 8))
    assert list(islice(starts(intervals(times), after), 8)) == ours
