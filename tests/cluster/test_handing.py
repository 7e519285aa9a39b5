"""From what is due to jobs of the queue."""

from __future__ import annotations

import threading

import pytest

from sheetcrm.cluster import duties, handing
from sheetcrm.cluster.database import rows
from sheetcrm.cluster.duties import Duty, Planned
from sheetcrm.cluster.handing import hand_out


def fill(connection, **counts):
    for workspace, count in counts.items():
        connection.execute(
            "INSERT INTO workspaces (name, signature, fault) VALUES (%s, '', '')", (workspace,)
        )
        found = [Duty(workspace=workspace, kind="sync", name=f"s{i}") for i in range(count)]
        duties.keep(
            connection,
            workspace,
            [Planned(duty=duty, schedule="0 0 1 1 *", zone="UTC") for duty in found],
        )


def waiting(connection):
    query = "SELECT queueing_lock, lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    return rows(connection, query)


def test_a_job_for_each_with_the_lock_of_its_workspace(connection):
    fill(connection, acme=2)
    assert hand_out(connection) == 2
    assert sorted(waiting(connection)) == [("sync acme/s0", "acme"), ("sync acme/s1", "acme")]
    assert hand_out(connection) == 0


def test_what_waits_already_is_not_put_in_twice(connection):
    fill(connection, acme=2)
    hand_out(connection)
    connection.execute("UPDATE duties SET due_at = now()")
    assert hand_out(connection) == 0
    assert len(waiting(connection)) == 2
    assert hand_out(connection) == 0  # they are due when their schedule says so, all the same


def test_what_is_at_work_may_wait_for_another_turn(connection):
    fill(connection, acme=1)
    hand_out(connection)
    connection.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    connection.execute("UPDATE duties SET due_at = now()")
    assert hand_out(connection) == 1


def test_a_big_workspace_keeps_nobody_waiting(connection):
    fill(connection, big=5, small=1, tiny=1)
    hand_out(connection)
    assert {lock for _, lock in waiting(connection)[:3]} == {"big", "small", "tiny"}


def test_due_later_and_in_the_queue_or_neither(connection, monkeypatch):
    fill(connection, acme=2)

    def cut(*_, **__):
        raise ZeroDivisionError

    with monkeypatch.context() as cutting:
        cutting.setattr(handing._manager, "batch_defer_jobs", cut)
        with pytest.raises(ZeroDivisionError):
            hand_out(connection)
    assert hand_out(connection) == 2


def test_somebody_puts_one_in_at_the_same_moment(connection, shared):
    fill(connection, acme=3)
    started = threading.Event()
    handed = []

    def hand() -> None:
        with shared.connected() as other:
            started.set()
            handed.append(hand_out(other))

    with connection.transaction():  # seen by the other one only when it is too late to look
        assert handing._enqueued(
            connection, handing.job(Duty(workspace="acme", kind="sync", name="s1"))
        )
        thread = threading.Thread(target=hand)
        thread.start()
        started.wait()
        thread.join(timeout=1)
        assert thread.is_alive()  # it waits for us
    thread.join()
    assert handed == [2]
    assert len(waiting(connection)) == 3
