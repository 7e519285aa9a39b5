"""What the workspaces want done, as their configs say."""

from __future__ import annotations

import shutil

from sheetcrm.cluster.database import rows
from sheetcrm.cluster.fleet import fleet
from sheetcrm.cluster.jobs import faults
from sheetcrm.cluster.survey import survey


def known(connection):
    query = "SELECT workspace || '/' || name, schedule, zone FROM duties ORDER BY 1"
    return rows(connection, query)


def test_every_source_becomes_a_duty(connection, make):
    found = fleet(str(make("acme", "toko", sources=2)))
    assert survey(connection, found) == 2
    names = ["acme/s0000", "acme/s0001", "toko/s0000", "toko/s0001"]
    assert known(connection) == [(name, "0 0 1 1 *", "Asia/Jakarta") for name in names]
    assert survey(connection, found) == 0


def test_a_changed_config_is_read_again(connection, make):
    folder = make("acme")
    survey(connection, fleet(str(folder)))
    config = folder / "acme" / "config" / "sheetcrm.toml"
    config.write_text(
        config.read_text().replace('csv = "s0000.csv"', 'csv = "s0000.csv"\nschedule = "1 2 * * *"')
    )
    assert survey(connection, fleet(str(folder))) == 1
    assert known(connection) == [("acme/s0000", "1 2 * * *", "Asia/Jakarta")]
    config.write_text(config.read_text().replace('"1 2 * * *"', '"never"'))
    survey(connection, fleet(str(folder)))
    assert known(connection) == []


def test_a_broken_config_is_told_and_what_was_known_stays(connection, make):
    folder = make("acme", "toko")
    survey(connection, fleet(str(folder)))
    config = folder / "acme" / "config" / "sheetcrm.toml"
    config.write_text(config.read_text() + "\nzzz = 1\n")
    assert survey(connection, fleet(str(folder))) == 1
    [fault] = faults(connection)
    assert fault.workspace == "acme"
    assert "zzz" in fault.message
    assert len(known(connection)) == 2


def test_a_ledger_that_is_a_file_is_refused(connection, make):
    folder = make("acme")
    config = folder / "acme" / "config" / "sheetcrm.toml"
    config.write_text(config.read_text().replace("ledger = ", 'ledger = "var/l.db" # '))
    survey(connection, fleet(str(folder)))
    assert "its ledger is a file" in faults(connection)[0].message
    assert known(connection) == []


def test_a_folder_that_is_away_is_forgotten_after_a_day(connection, make):
    folder = make("acme", "toko")
    survey(connection, fleet(str(folder)))
    shutil.rmtree(folder / "acme")
    survey(connection, fleet(str(folder)))
    assert len(known(connection)) == 2
    connection.execute("UPDATE workspaces SET seen_at = now() - interval '2 days'")
    survey(connection, fleet(str(folder)))
    assert [name for name, _, _ in known(connection)] == ["toko/s0000"]


def test_where_nothing_is_seen_nothing_is_forgotten(connection, make):
    folder = make("acme")
    survey(connection, fleet(str(folder)))
    connection.execute("UPDATE workspaces SET seen_at = now() - interval '2 days'")
    shutil.rmtree(folder / "acme")  # as where a disk is not mounted
    survey(connection, fleet(str(folder)))
    assert len(known(connection)) == 1


def test_it_stops_when_it_shall(connection, make):
    assert survey(connection, fleet(str(make("acme"))), lambda: True) == 0
    assert known(connection) == []
