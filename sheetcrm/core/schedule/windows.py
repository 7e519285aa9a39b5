"""A task for Windows' Task Scheduler, as XML: Microsoft's [MS-TSCH], Task Scheduler Schema 1.2.

It goes by the computer's clock. A start that repeats through a part of the day is one trigger, as a
task has room for 48.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sheetcrm.core.schedule.job import Job
from sheetcrm.core.schedule.log import LOG
from sheetcrm.core.schedule.times import Times, progressions
from sheetcrm.core.schedule.zones import moved
from sheetcrm.errors import UsageError

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_MOST = 48
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SPECIAL = '%!"'  # what cmd.exe would not leave alone between quotes


def task(job: Job) -> str:
    """The XML that ``schtasks /Create /XML`` takes.

    Raises:
        UsageError: Windows cannot say this.
    """
    root = Element("Task", version="1.2", xmlns=NAMESPACE)
    _add(root, "RegistrationInfo", Description=f"sheetcrm run: {job.workspace}")
    triggers = SubElement(root, "Triggers")
    for times in moved(job.times, job.here) if job.zone else (job.times,):
        for days in _days(times):
            for first, last, step in _repetitions(times):
                triggers.append(_trigger(days, first, last, step))
    if len(triggers) > _MOST:
        raise UsageError(
            f'Windows would need {len(triggers)} triggers for "{job.times.expression}", '
            f"and allows {_MOST}",
            hint="choose times at one distance, such as */15 8-18",
        )
    _settings(root, job)
    actions = _add(root, "Actions")
    _add(actions, "Exec", Command="cmd.exe", Arguments=f'/d /c "{_command(job)}"')
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{tostring(root, encoding="unicode")}\n'


def _repetitions(times: Times) -> list[tuple[int, int, int]]:
    """First, last and distance of the starts of a day, in minutes, in as few as we can."""
    hourly = (
        tuple(60 * hour + minute for hour in times.hour.values) for minute in times.minute.values
    )
    ways = ([*progressions(times.of_day)], [run for each in hourly for run in progressions(each)])
    return min(ways, key=len)


def _trigger(days: Element, first: int, last: int, step: int) -> Element:
    trigger = Element("CalendarTrigger")
    if last > first:
        # a minute more, as a repetition at the very end of its duration may be left out
        _add(trigger, "Repetition", Interval=f"PT{step}M", Duration=f"PT{last - first + 1}M")
    SubElement(trigger, "StartBoundary").text = f"2026-01-01T{first // 60:02}:{first % 60:02}:00"
    SubElement(trigger, "Enabled").text = "true"
    trigger.append(days)
    return trigger


def _days(times: Times) -> Iterator[Element]:
    """The days on which a trigger begins; two where either will do."""
    dated = len(times.day.values) < 31
    named = len(times.weekday.values) < 7
    if dated and named and not times.either:
        raise UsageError(
            f'Windows cannot say "{times.expression}": both days of the month and weekdays',
            hint="give one of them",
        )
    if times.daily:
        yield _schedule("ScheduleByDay", DaysInterval="1")
    if dated or (not named and not times.every_date):
        month = _schedule("ScheduleByMonth")
        _names(month, "DaysOfMonth", "Day", times.day.values)
        _months(month, times)
        yield month
    if named and times.every_date:
        week = _schedule("ScheduleByWeek", WeeksInterval="1")
        _weekdays(week, times)
        yield week
    elif named:
        month = _schedule("ScheduleByMonthDayOfWeek")
        _names(month, "Weeks", "Week", (1, 2, 3, 4, "Last"))
        _weekdays(month, times)
        _months(month, times)
        yield month


def _schedule(tag: str, **values: str) -> Element:
    found = Element(tag)
    for name, value in values.items():
        SubElement(found, name).text = value
    return found


def _months(parent: Element, times: Times) -> None:
    months = SubElement(parent, "Months")
    for month in times.month.values:
        SubElement(months, _MONTHS[month - 1])


def _weekdays(parent: Element, times: Times) -> None:
    days = SubElement(parent, "DaysOfWeek")
    for day in times.weekday.values:
        SubElement(days, _DAYS[day])


def _names(parent: Element, tag: str, each: str, values: tuple[int | str, ...]) -> None:
    group = SubElement(parent, tag)
    for value in values:
        SubElement(group, each).text = str(value)


def _settings(root: Element, job: Job) -> None:
    principal = _add(_add(root, "Principals"), "Principal")
    SubElement(principal, "LogonType").text = "InteractiveToken"
    SubElement(principal, "RunLevel").text = "LeastPrivilege"
    _add(
        root,
        "Settings",
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        ExecutionTimeLimit=f"PT{job.patience}S",
    )


def _command(job: Job) -> str:
    """The command line for cmd.exe, which starts it and keeps what it says."""
    program, *arguments = job.command
    words = (program, "-X", "utf8", *arguments)
    log = rf"{job.workspace}\{LOG.replace('/', chr(92))}"
    for word in (*words, log):
        if set(word) & set(_SPECIAL):
            raise UsageError(
                f"Windows' command line would not leave {word} alone",
                hint=f"choose a folder without {' '.join(_SPECIAL)} in its name",
            )
    return f'{" ".join(map(_quoted, words))} >> "{log}" 2>&1'


def _quoted(word: str) -> str:
    """A word between quotes; a backslash before the last one would hide it."""
    slashes = len(word) - len(word.rstrip("\\"))
    return f'"{word}{chr(92) * slashes}"'


def _add(parent: Element, tag: str, **values: str) -> Element:
    found = SubElement(parent, tag)
    for name, value in values.items():
        SubElement(found, name).text = value
    return found
