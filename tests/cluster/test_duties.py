"""What is to be done regularly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sheetcrm.cluster import duties
from sheetcrm.cluster.database import rows
from sheetcrm.cluster.duties import LONGEST_PAUSE, SHORTEST_PAUSE, Duty, Planned

LEADS, WEB = (Duty(workspace="acme", kind="sync", name=name) for name in ("leads", "web"))


def planned(duty, schedule="0 0 1 1 *"):
    return Planned(duty=duty, schedule=schedule, zone="UTC")


@pytest.fixture
def acme(connection):
    connection.execute("INSERT INTO workspaces (name, signature, fault) VALUES ('acme', '', '')")
    duties.keep(connection, "acme", [planned(LEADS), planned(WEB)])
    return connection


def seconds_until_due(connection, duty):
    [(seconds,)] = rows(
        connection,
        "SELECT extract(epoch FROM due_at - now())::float FROM duties WHERE name = %s",
        duty.name,
    )
    return seconds


def test_what_is_new_is_due_at_once_and_then_when_its_schedule_says_so(acme):
    assert set(duties.claim(acme)) == {LEADS, WEB}
    assert duties.claim(acme) == []
    assert seconds_until_due(acme, LEADS) > 3600


def test_two_that_claim_at_once_share(acme, shared):
    with shared.connected() as other, acme.transaction(), other.transaction():
        mine, theirs = duties.claim(acme), duties.claim(other)
    assert set(mine) == {LEADS, WEB}
    assert theirs == []


def test_a_claim_that_is_taken_back_never_was(acme):
    with acme.transaction(force_rollback=True):
        assert duties.claim(acme)
    assert set(duties.claim(acme)) == {LEADS, WEB}


def test_what_passes_is_tried_again_soon_and_ever_more_seldom(acme):
    duties.claim(acme)
    pauses = []
    for _ in range(9):
        duties.failed(acme, LEADS, "the workbook is open", passing=True)
        pauses.append(round(seconds_until_due(acme, LEADS)))
    assert pauses[:3] == [SHORTEST_PAUSE, 2 * SHORTEST_PAUSE, 4 * SHORTEST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    duties.begun(acme, LEADS, "us")
    duties.done(acme, LEADS, "us", "5 leads")
    duties.failed(acme, LEADS, "again", passing=True)
    assert round(seconds_until_due(acme, LEADS)) == SHORTEST_PAUSE


def test_what_needs_a_person_waits_for_its_schedule(acme):
    duties.claim(acme)
    duties.failed(acme, LEADS, "no such tab", passing=False)
    assert seconds_until_due(acme, LEADS) > 3600


def test_but_not_every_minute(acme):
    duties.keep(acme, "acme", [planned(LEADS, "* * * * *")])
    duties.claim(acme)
    for _ in range(5):
        duties.failed(acme, LEADS, "no such tab", passing=False)
    assert seconds_until_due(acme, LEADS) > 400


def test_a_changed_config_lets_what_failed_be_due(acme):
    duties.claim(acme)
    duties.failed(acme, LEADS, "no such tab", passing=False)
    duties.keep(acme, "acme", [planned(LEADS), planned(WEB)])
    assert duties.claim(acme) == [LEADS]


def test_what_is_no_longer_in_the_config_is_gone(acme):
    duties.keep(acme, "acme", [planned(WEB)])
    assert duties.claim(acme) == [WEB]


def test_one_that_lost_its_turn_notes_no_end(acme):
    duties.begun(acme, LEADS, "one")
    duties.begun(acme, LEADS, "other")
    duties.done(acme, LEADS, "one", "late")
    assert rows(acme, "SELECT ended_at, said FROM duties WHERE name = 'leads'") == [(None, "")]


def test_sooner_but_never_later(acme):
    duties.claim(acme)
    [(now,)] = rows(acme, "SELECT now()")
    duties.due_by(acme, LEADS, now + timedelta(seconds=90))
    duties.due_by(acme, LEADS, now + timedelta(days=400))
    assert 80 < seconds_until_due(acme, LEADS) <= 90
    duties.due_by(acme, LEADS, now - timedelta(seconds=1))
    assert duties.claim(acme) == [LEADS]
