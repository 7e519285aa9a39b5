"""The task of Windows: well-formed, in the schema's order, and the same moments."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import islice
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sheetcrm.core.schedule.times import upcoming
from sheetcrm.core.schedule.windows import NAMESPACE, task
from sheetcrm.core.schedule.zones import Here
from sheetcrm.errors import UsageError
from tests.core.schedule.jobs import job

FOLDER = r"C:\Users\Ana\my leads & more"
DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]


def read(found):
    head, _, body = task(found).partition("\n")
    assert head == '<?xml version="1.0" encoding="UTF-16"?>'
    return ET.fromstring(body)


def part(root, *path):
    return root.find("/".join(f"{{{NAMESPACE}}}{name}" for name in path))


def test_golden():
    root = read(job("*/15 8-18 * * 1-5", workspace=FOLDER))
    assert [child.tag.partition("}")[2] for child in root] == [
        *("RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"),
    ]
    (trigger,) = part(root, "Triggers")
    assert [(e.tag.partition("}")[2], (e.text or "").strip()) for e in trigger.iter()][1:6] == [
        ("Repetition", ""),
        ("Interval", "PT15M"),
        ("Duration", "PT646M"),
        ("StartBoundary", "2026-01-01T08:00:00"),
        ("Enabled", "true"),
    ]
    days = part(trigger, "ScheduleByWeek", "DaysOfWeek")
    assert [day.tag.partition("}")[2] for day in days] == DAYS[1:6]
    assert part(root, "Settings", "ExecutionTimeLimit").text == "PT900S"
    assert part(root, "Settings", "MultipleInstancesPolicy").text == "IgnoreNew"
    assert part(root, "Actions", "Exec", "Command").text == "cmd.exe"
    log = rf"{FOLDER}\var\log\scheduled.log"
    assert part(root, "Actions", "Exec", "Arguments").text == (
        '/d /c ""/opt/crm/bin/python" "-X" "utf8" "-m" "sheetcrm" "--workspace" '
        f'"{FOLDER}" "run" "--deadline" "10m" >> "{log}" 2>&1"'
    )


def test_what_windows_cannot_say():
    for odd in ("C:\\100%", 'C:\\"x"', "C:\\wow!"):
        with pytest.raises(UsageError, match="would not leave"):
            task(job(workspace=odd))
    with pytest.raises(UsageError, match="triggers"):
        task(job("1,2,4,7,11,16,22,29 1,2,4,7,11,16,22 * * *"))
    with pytest.raises(UsageError, match="both days of the month and weekdays"):
        task(job("0 8 */2 * 1"))


def starts(root, after):
    """As Microsoft describes a calendar trigger: days, and from the first start on repetitions."""
    moment = after
    while True:
        moment += timedelta(minutes=1)
        if any(begins(trigger, moment) for trigger in part(root, "Triggers")):
            yield moment


def begins(trigger, moment):
    named = {e.tag.partition("}")[2] for e in trigger.iter()}
    dates = {e.text for e in trigger.iter() if e.tag.endswith("}Day")}
    if "DaysOfWeek" in named and DAYS[moment.isoweekday() % 7] not in named:
        return False
    if "Months" in named and f"{moment:%B}" not in named:
        return False
    if dates and str(moment.day) not in dates:
        return False
    first = part(trigger, "StartBoundary").text[11:16]
    since = 60 * moment.hour + moment.minute - 60 * int(first[:2]) - int(first[3:])
    numbers = [int(re.sub(r"\D", "", e.text)) for e in trigger.iter() if (e.text or "")[:2] == "PT"]
    interval, duration = numbers or (1, 1)
    return 0 <= since < duration and since % interval == 0


@settings(max_examples=12)
@given(
    st.sampled_from(["0", "*/20", "5,50"]),
    st.sampled_from(["*", "8-10", "0,23"]),
    st.sampled_from(["* * *", "* * 1-5", "24,25 * *", "24 * 0", "* 11 *", "* 11 1-5"]),
    st.sampled_from([0, 60, -45]),
)
def test_the_same_moments(minute, hour, days, ahead):
    found = job(f"{minute} {hour} {days}", here=Here(zone="", ahead=ahead), workspace=FOLDER)
    assume(ahead == 0 or days in {"* * *", "* * 1-5"})  # other days cannot move
    root = read(found)
    away = timedelta(minutes=ahead if found.zone else 0)
    after = datetime(2026, 11, 22, 10, 20)
    ours = list(islice(upcoming((found.times,), after), 8))
    assert [at + away for at in islice(starts(root, after - away), 8)] == ours
