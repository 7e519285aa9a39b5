"""Units of systemd: to the letter, and held against systemd itself where it is."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.schedule.systemd import calendar, units
from sheetcrm.core.schedule.times import parse_times, upcoming
from tests.core.schedule.jobs import job

SERVICE = """\
[Unit]
Description=sheetcrm: /home/ana/my leads

[Service]
Type=oneshot
Environment=PATH=/opt/crm/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONUTF8=1
ExecStart=/opt/crm/bin/python -m sheetcrm --workspace "/home/ana/my leads" run --deadline 10m
# 75: try again later, which the next start does
SuccessExitStatus=75
TimeoutStartSec=900
UMask=0077
NoNewPrivileges=true
"""
TIMER = """\
[Unit]
Description=sheetcrm: /home/ana/my leads

[Timer]
OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 08..18:00..45/15:00 Asia/Jakarta
# once after the computer was off or asleep
Persistent=true

[Install]
WantedBy=timers.target
"""
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


def test_golden():
    found = units(job("*/15 8-18 * * 1-5"))
    assert list(found.values()) == [SERVICE, TIMER]
    service, timer = found
    assert service.startswith("sheetcrm-my-leads-")
    assert timer == service.replace(".service", ".timer")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("* * * * *", ("*-*-* *:*:00",)),
        ("5 * * * *", ("*-*-* *:05:00",)),
        ("0 0 1,15 */3 *", ("*-01..10/3-01,15 00:00:00",)),
        ("0 12 13 * 5", ("*-*-13 12:00:00", "Fri *-*-* 12:00:00")),
        ("0 8 * * 7", ("Sun *-*-* 08:00:00",)),
    ],
)
def test_calendar(text, found):
    assert calendar(parse_times(text), "") == found


def test_odd_folders_mean_themselves():
    text = next(iter(units(job(workspace='/srv/50% "o$f\\f')).values()))
    assert r'Description=sheetcrm: /srv/50%% "o$f\\f' in text
    assert r'--workspace "/srv/50%% \"o$$f\\f" run' in text


@pytest.mark.slow
@needs_systemd
@pytest.mark.parametrize("workspace", ["/home/ana/my leads", "/srv/50% \"o$f\\f 'x'", "/srv/ünï"])
def test_systemd_finds_no_fault(workspace, tmp_path):
    for name, text in units(job("*/15 8-18 * * 1-5", workspace=workspace)).items():
        real = text.replace("/opt/crm/bin/python -m", f"{shutil.which('python3')} -m")
        (tmp_path / name).write_text(real, encoding="utf-8")
    paths = sorted(tmp_path.iterdir())
    result = subprocess.run(
        ["systemd-analyze", "--user", "--man=no", "verify", *paths],
        capture_output=True,
        text=True,
        env={
            "PATH": "/usr/bin:/bin",
            "SYSTEMD_UNIT_PATH": f"{tmp_path}:",
            "XDG_RUNTIME_DIR": tmp_path,
        },
        check=False,
    )
    complaints = [line for line in result.stderr.splitlines() if "sheetcrm-" in line]
    assert complaints == [], result.stderr


def fields(least, most):
    return st.one_of(
        st.just("*"),
        st.integers(2, 9).map("*/{}".format),
        st.sets(st.integers(least, most), min_size=1, max_size=5).map(
            lambda values: ",".join(map(str, sorted(values)))
        ),
    )


@pytest.mark.slow
@needs_systemd
@settings(max_examples=60)
@given(fields(0, 59), fields(0, 23), fields(1, 28), fields(1, 12), fields(0, 6))
def test_systemd_means_the_same_moments(minute, hour, day, month, weekday):
    times = parse_times(f"{minute} {hour} {day} {month} {weekday}")
    after = datetime(2026, 11, 22, 10, 20)
    ours = list(islice(upcoming((times,), after), 12))
    ways = calendar(times, "UTC")
    theirs = {moment for way in ways for moment in elapses(way, after)}
    assert sorted(theirs)[: len(ours)] == ours


def elapses(way, after):
    result = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=12", f"--base-time=@{stamp(after)}", way],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
        check=True,
    )
    for line in result.stdout.splitlines():
        head, _, rest = line.partition(": ")
        if head.strip() in {"Next elapse", "Iter. #2"} or head.strip().startswith("Iter"):
            words = rest.split()
            if len(words) >= 3:
                yield datetime.fromisoformat(f"{words[1]} {words[2]}")


def stamp(moment):
    return int((moment - datetime(1970, 1, 1)) / timedelta(seconds=1))
