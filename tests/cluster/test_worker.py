"""A worker as a process, from the command line, on a real PostgreSQL."""

from __future__ import annotations

import csv
import json
import signal
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.cluster.jobs import State, lines, retry
from tests.support.called_page import Page
from tests.support.smtp_server import SmtpServer
from tests.support.workers import stopped, until, with_mail, workers


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def all_done(connection, count):
    found = lines(connection)
    return len(found) == count and all(line.state is State.PLANNED for line in found)


def test_it_syncs_every_source_and_ends_when_asked(make, connection, database, log):
    folder = make("acme", "toko", sources=2)
    with workers(1, "--workspaces", str(folder), "--database", database, log=log) as [worker]:
        until(lambda: all_done(connection, 4), log=log)
        assert stopped(worker) == 0
    assert [line.said for line in lines(connection)] == ["5 leads, 10 cells, 5 moves"] * 4
    for name in ("acme", "toko"):
        with (folder / name / "s0001.csv").open() as file:
            assert [row["Stage"] for row in csv.DictReader(file)] == ["Contact"] * 2 + ["MQL"] * 3
        ledger = open_ledger(f"{database}?schema={name}")
        assert [run.outcome for run in ledger.runs()] == ["ok", "ok"]
        ledger.close()
    told = log.read_text()
    assert "acme/s0000: 5 leads, 10 cells, 5 moves" in told
    assert "Traceback" not in told


def test_what_fails_is_told_and_tried_again_when_it_is_mended(make, connection, database, log):
    folder = make("acme")
    table = folder / "acme" / "s0000.csv"
    table.rename(folder / "away.csv")
    arguments = ("--workspaces", str(folder / "acme"), "--database", database, "--queues", "sync")
    with Page() as page, ExitStack() as held:
        (folder / "acme" / "config" / "notify.toml").write_text(f'[notify]\nurl = "{page.url}"\n')
        [worker] = held.enter_context(workers(1, *arguments, log=log))
        until(lambda: page.calls != [], log=log)
        assert page.calls[0][0] == "/uuid-1234/fail"
        [line] = lines(connection, "acme/s*")
        assert line.state is State.FAILED
        assert "s0000.csv" in line.said
        (folder / "away.csv").rename(table)
        retry(connection, "*")
        until(lambda: all_done(connection, 2), log=log)
        assert stopped(worker) == 0
        assert page.calls[-1][0] == "/uuid-1234"
    assert [line.failures for line in lines(connection)] == [0, 0]


@pytest.mark.slow
def test_several_in_one_go(make, connection, database, log):
    folder = make("acme", "toko", "casa")
    arguments = ("--workspaces", str(folder), "--database", database, "--concurrency", "2")
    with workers(1, *arguments, "--json", log=log) as [parent]:
        until(lambda: all_done(connection, 3), log=log)
        until(lambda: log.read_text().count("at work on everything") == 2, log=log)
        assert stopped(parent) == 0
    told = [json.loads(line) for line in log.read_text().splitlines()]
    done = {line["job"]: line["failed"] for line in told if "job" in line}
    assert done == {"acme/s0000": False, "toko/s0000": False, "casa/s0000": False}


@pytest.mark.slow
def test_a_second_signal_ends_it_at_once(make, connection, database, log):
    folder = make("acme", leads=20_000)
    with workers(1, "--workspaces", str(folder), "--database", database, log=log) as [worker]:
        until(lambda: [line.state for line in lines(connection)] == [State.RUNNING], log=log)
        worker.send_signal(signal.SIGTERM)
        until(lambda: "once more to stop" in log.read_text(), log=log)
        worker.send_signal(signal.SIGTERM)  # systemd tells the whole group, and so does the parent
        time.sleep(1.1)
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=5) == 128 + signal.SIGTERM
    assert lines(connection)[0].state is State.RUNNING  # until somebody takes it over


@pytest.mark.slow
def test_mails_go_out_once_and_no_more_than_the_account_may(make, connection, database, log):
    """Two workers, of which each sees only its own part of what is sent, and a shared account."""
    folder = make("acme", "branch", "toko", leads=12)
    taken = []
    with SmtpServer(taken=taken.append) as server:
        for name, account in (("acme", "acme"), ("branch", "acme"), ("toko", "toko")):
            with_mail(folder / name, server.port, account=account, per_day=4, per_minute=100)
        arguments = ("--workspaces", str(folder), "--database", database)
        with workers(2, *arguments, log=log) as crew:
            until(lambda: all_done(connection, 6), log=log)
            for _ in range(3):  # the first time, one message is sent, so that somebody looks
                retry(connection, "*@example.com")
                until(lambda: all_done(connection, 6), log=log)
            # One that found the account in use looks again.
            until(lambda: all("waiting" in said for said in of_mails(connection)), log=log)
            assert [stopped(worker) for worker in crew] == [0, 0]
    senders = Counter(message.sender for message in taken)
    assert senders == {"acme@example.com": 4, "toko@example.com": 4}
    [line] = [line for line in lines(connection, "toko/*") if line.kind == "mail"]
    assert "6 waiting" in line.said
    assert len(of_mails(connection)) == 3


def of_mails(connection):
    return [
        line.said
        for name in ("acme/*", "branch/*", "toko/*")
        for line in lines(connection, name)
        if line.kind == "mail"
    ]
