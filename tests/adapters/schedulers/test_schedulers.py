"""What every scheduler does, and what each does in its own way."""

from __future__ import annotations

import plistlib
from dataclasses import replace
from pathlib import Path

import pytest

from sheetcrm.adapters.schedulers import KINDS, kind_here, kinds_here, scheduler
from sheetcrm.core.schedule.crontab import LOG
from sheetcrm.core.schedule.zones import Here
from sheetcrm.errors import UsageError

OTHERS = b"MAILTO=ana@example.com\n# caf\xe9, in Latin-1\n0 5 * * * backup --date \\%F\n"


@pytest.mark.parametrize("kind", KINDS)
def test_the_contract(kind, system, work, changed):
    found = scheduler(kind)
    assert found.installed(work.workspace) == ""
    assert found.install(work).done
    assert found.installed(work.workspace) == found.text(work)
    found.install(work)
    assert found.installed(work.workspace) == found.text(work)
    assert found.install(changed).done
    assert found.installed(work.workspace) == found.text(changed) != found.text(work)
    assert found.installed(f"{work.workspace} 2") == ""
    assert found.remove(f"{work.workspace} 2").done == ()
    assert found.remove(work.workspace).done
    assert found.installed(work.workspace) == ""
    assert found.remove(work.workspace).done == ()


@pytest.mark.parametrize("kind", KINDS)
def test_texts_can_be_seen_on_every_computer(kind, work, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", work.workspace)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert work.workspace.rpartition("/")[2] in scheduler(kind).text(work)
    assert scheduler(kind).installed(work.workspace) == ""
    assert scheduler(kind).notes(work) is not None
    with pytest.raises(UsageError, match="this computer has no"):
        scheduler(kind).install(work)
    assert scheduler(kind).installed(work.workspace) == ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "systemd"])
def test_the_logs_folder_is_made_or_asked_for(kind, system, work):
    log = Path(work.workspace) / LOG
    assert any(str(log.parent) in note for note in scheduler(kind).notes(work))
    scheduler(kind).install(work)
    assert log.parent.is_dir()
    assert not any(str(log.parent) in note for note in scheduler(kind).notes(work))


def test_cron_keeps_other_lines_to_the_byte(system, work, changed):
    table = system / "table"
    table.write_bytes(OTHERS)
    cron = scheduler("cron")
    assert cron.install(work).done == (f"crontab: added the lines of {work.workspace}",)
    assert table.read_bytes().startswith(OTHERS)
    table.write_bytes(table.read_bytes() + b"@daily tidy\n")
    assert cron.install(changed).done == (f"crontab: changed the lines of {work.workspace}",)
    assert cron.install(changed).done == ()
    cron.remove(work.workspace)
    assert table.read_bytes() == OTHERS + b"@daily tidy\n"


def test_cron_takes_away_a_crontab_in_which_nothing_else_stands(system, work):
    scheduler("cron").install(work)
    scheduler("cron").remove(work.workspace)
    assert not (system / "table").exists()


def test_cron_goes_by_its_own_clock_unless_it_knows_zones(system, work):
    away = replace(work, here=Here(zone="Etc/UTC", ahead=420))
    cron = scheduler("cron")
    assert "0-45/15 1-11 * * 1-5 " in cron.text(away)
    assert "on this computer's clock (Etc/UTC)" in cron.notes(away)[0]
    (system / "cronie").touch()
    assert "\nCRON_TZ=Asia/Jakarta\n*/15 8-18 * * 1-5 " in cron.text(away)
    assert not any("clock" in note for note in cron.notes(away))


def test_cron_that_may_not_be_used(system, work, monkeypatch):
    program = system.parent / "bin" / "crontab"
    program.write_text("#!/bin/sh\necho 'You (ana) are not allowed to use this' >&2; exit 1\n")
    with pytest.raises(UsageError, match=r"cannot be read: You \(ana\) are not allowed"):
        scheduler("cron").install(work)


def test_systemd(system, work, changed):
    systemd = scheduler("systemd")
    change = systemd.install(work)
    folder = Path.home() / ".config" / "systemd" / "user"
    assert change.done == tuple(
        f"wrote {folder / name}" for name in (f"{work.name}.service", f"{work.name}.timer")
    )
    assert (system / "enabled").read_text() == f"{work.name}.timer"
    assert "enable-linger" in systemd.notes(work)[0]
    (system / "lingers").touch()
    assert systemd.notes(work) == ()
    assert systemd.install(work).done == ()
    systemd.install(changed)
    assert f"systemctl --user restart {work.name}.timer" in (system / "calls").read_text()
    systemd.remove(work.workspace)
    assert not list(folder.iterdir())
    assert not (system / "enabled").exists()


def test_systemd_that_cannot_be_reached_changes_nothing(system, work, changed):
    systemd = scheduler("systemd")
    (system / "nobus").touch()
    with pytest.raises(UsageError, match="Failed to connect to bus") as caught:
        systemd.install(work)
    assert "--kind cron" in caught.value.hint
    assert systemd.installed(work.workspace) == ""
    (system / "nobus").unlink()
    systemd.install(work)
    (system / "nobus").touch()
    with pytest.raises(UsageError):
        systemd.install(changed)
    assert systemd.installed(work.workspace) == systemd.text(work)


def test_launchd(system, work, changed):
    launchd = scheduler("launchd")
    launchd.install(work)
    path = Path.home() / "Library" / "LaunchAgents" / f"{work.name}.plist"
    assert (system / "loaded").read_text() == str(path)
    assert plistlib.loads(path.read_bytes())["Label"] == work.name
    assert launchd.install(work).done == ()
    launchd.install(changed)
    (system / "loaded").unlink()
    assert launchd.install(changed).done != ()  # it was there, but not loaded
    (system / "loaded").unlink()
    (system / "nodesktop").touch()
    with pytest.raises(UsageError, match="Bootstrap failed"):
        launchd.install(work)
    assert launchd.installed(work.workspace) == launchd.text(changed)


def test_what_this_computer_has(system, monkeypatch):
    assert kinds_here()[0] == "cron"
    for platform, first in (("darwin", "launchd"), ("win32", "windows")):
        monkeypatch.setattr("sys.platform", platform)
        assert kind_here() == first
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("PATH", "/nowhere")
    if not Path("/run/systemd/system").is_dir():
        with pytest.raises(UsageError, match="neither cron nor systemd"):
            kind_here()
