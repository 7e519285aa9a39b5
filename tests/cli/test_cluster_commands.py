"""`sheetcrm worker` and `sheetcrm jobs` as a user sees them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from sheetcrm.cli.main import cli
from sheetcrm.cluster import duties, handing
from sheetcrm.cluster.database import rows, shared
from sheetcrm.cluster.duties import Duty, Planned
from sheetcrm.cluster.tables import prepare
from sheetcrm.errors import UsageError


@pytest.fixture
def acme(database):
    """Three jobs: one failed, two wait."""
    place = shared(database)
    with place.connected() as connection:
        prepare(place, connection)
        connection.execute("INSERT INTO workspaces VALUES ('acme', '', '')")
        connection.execute("INSERT INTO workspaces VALUES ('toko', '', 'config/x.toml:1: wrong')")
        found = [Duty(workspace="acme", kind="sync", name=name) for name in ("expo", "web", "x_y")]
        duties.keep(
            connection,
            "acme",
            [Planned(duty=duty, schedule="0 7 * * *", zone="Asia/Jakarta") for duty in found],
        )
        handing.hand_out(connection)
        connection.execute("DELETE FROM procrastinate_jobs WHERE queueing_lock LIKE '%expo'")
        duties.failed(connection, found[0], "the workbook is open in Excel", passing=True)
        yield connection


@pytest.fixture
def jobs(database):
    def run(*arguments):
        return CliRunner().invoke(
            cli, ["jobs", *arguments, "--database", database], standalone_mode=False
        )

    return run


def test_what_waits_and_what_failed(acme, jobs):
    result = jobs()
    assert result.return_value == 0
    assert "0 running · 2 waiting · 1 failed · 0 planned" in result.stdout
    assert "the workbook is open in Excel" in result.stdout
    assert "toko: config/x.toml:1: wrong" in result.stderr
    assert "acme/web" in result.stdout


def test_json(acme, jobs):
    found = json.loads(jobs("--json").stdout)
    by_id = {job["id"]: job for job in found["jobs"]}
    assert by_id["acme/expo"]["state"] == "failed"
    assert by_id["acme/expo"]["failures"] == 1
    assert by_id["acme/web"]["state"] == "waiting"
    assert found["workspaces_with_faults"][0]["workspace"] == "toko"
    assert [job["id"] for job in json.loads(jobs("acme/e*", "--json").stdout)["jobs"]] == [
        "acme/expo"
    ]


def test_retry(acme, jobs):
    assert jobs("acme/expo", "--retry").stdout == "1 job due now\n"
    assert rows(acme, "SELECT failures FROM duties WHERE name = 'expo'") == [(0,)]
    assert "0 running · 3 waiting · 0 failed" in jobs().stdout


def test_cancel(acme, jobs):
    assert jobs("acme/x_y", "--cancel").stdout == "1 job out of the queue\n"
    left = rows(acme, "SELECT queueing_lock FROM procrastinate_jobs")
    assert left == [("sync acme/web",)]


def test_one_that_does_not_wait_cannot_be_cancelled(acme, jobs):
    result = jobs("acme/expo", "--cancel")
    assert (result.return_value, "it does not wait in the queue" in result.stderr) == (1, True)


@pytest.mark.parametrize("asked", ["--retry", "--cancel"])
def test_no_such_job(acme, jobs, asked):
    error = jobs("acme/nothing", asked).exception
    assert isinstance(error, UsageError)
    assert (error.message, error.hint) == ("no such job", "sheetcrm jobs --all lists them")
    assert isinstance(jobs("--retry").exception, UsageError)


def test_without_a_database_it_says_which_option_there_is():
    error = CliRunner().invoke(cli, ["jobs"]).exception
    assert isinstance(error, UsageError)
    assert "SHEETCRM_DATABASE" in error.hint


@pytest.mark.parametrize("command", [["worker"], ["jobs"]])
def test_without_the_extra_it_says_what_to_install(command, tmp_path):
    code = (
        "import sys\n"
        "sys.modules['procrastinate'] = None\n"
        "from sheetcrm.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "--database", "postgresql://h/d"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'sheetcrm[cluster]'" in done.stderr
