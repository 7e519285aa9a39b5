from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sheetcrm.core.schedule.noticing import Health, Told, notice

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
EVERY = timedelta(hours=6)
FAILED, LATER, WELL = Health.FAILED, Health.LATER, Health.WELL


def story(*runs):
    """What is said of runs: how each ended, why, and how many hours after the first."""
    told, said = Told(), []
    for health, reason, hours in runs:
        found, told = notice(told, health, reason, now=T0 + timedelta(hours=hours), every=EVERY)
        said.append(None if found is None else found.failed)
    return said


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([(WELL, "", 0), (WELL, "", 1)], [None, None]),
        ([(FAILED, "a", 0), (FAILED, "a", 1), (FAILED, "a", 5.9)], [True, None, None]),
        ([(FAILED, "a", 0), (FAILED, "a", 6), (FAILED, "a", 7)], [True, True, None]),
        ([(FAILED, "a", 0), (FAILED, "b", 1)], [True, True]),
        ([(FAILED, "a\nb", 0), (FAILED, "b", 1), (FAILED, "a", 2)], [True, None, None]),
        ([(FAILED, "a", 0), (FAILED, "b\na", 1), (FAILED, "a", 2)], [True, True, None]),
        ([(FAILED, "a", 0), (WELL, "", 1), (WELL, "", 2)], [True, False, None]),
        ([(FAILED, "a", 0), (WELL, "", 1), (FAILED, "a", 2)], [True, False, True]),
        ([(LATER, "a", 0), (LATER, "a", 5), (WELL, "", 6)], [None, None, None]),
        ([(LATER, "a", 0), (LATER, "a", 6), (LATER, "a", 7)], [None, True, None]),
        ([(LATER, "a", 0), (FAILED, "b", 1), (LATER, "a", 2)], [None, True, None]),
        ([(FAILED, "a", 0), (FAILED, "a", -3)], [True, True]),  # the clock was set back
    ],
)
def test_somebody_is_told_once_and_when_all_is_well_again(runs, said):
    assert story(*runs) == said


def test_since_when_it_goes_wrong():
    _, told = notice(Told(), LATER, "open", now=T0, every=EVERY)
    found, told = notice(told, FAILED, "gone", now=T0 + timedelta(hours=1), every=EVERY)
    assert found.since == T0
    found, told = notice(told, WELL, "", now=T0 + timedelta(hours=2), every=EVERY)
    assert (found.since, told) == (T0, Told())
