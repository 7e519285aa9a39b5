"""A log that shells have open: it stays bounded, and every line stays where it can be read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sheetcrm.adapters.rotating import keep_bounded

RUN = """
import pathlib, sys
from sheetcrm.adapters.rotating import keep_bounded
print("before")
{broken}
keep_bounded(pathlib.Path("s.log"), 100, old_ones=3)
print("after")
print("wrong", file=sys.stderr)
"""
BROKEN = """
def refused(self, target):
    raise PermissionError(self) if self.exists() else FileNotFoundError(self)
pathlib.Path.replace = refused
"""


def run(folder: Path, broken: str = "") -> None:
    """A run as cron's shell starts it."""
    command = '"$0" -c "$1" >>s.log 2>&1'
    words = ["sh", "-c", command, sys.executable, RUN.format(broken=broken)]
    subprocess.run(words, cwd=folder, check=True)


def read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_a_small_one_is_left_alone(tmp_path: Path) -> None:
    run(tmp_path)
    assert read(tmp_path) == {"s.log": "before\nafter\nwrong\n"}


def test_a_big_one_is_put_aside_and_what_is_said_from_then_on_is_in_the_new_one(
    tmp_path: Path,
) -> None:
    log, old = tmp_path / "s.log", "line\n" * 30
    log.write_text(old)
    with log.open("a") as turned_away:  # another run that has the log open meanwhile
        run(tmp_path)
        turned_away.write("busy\n")
    assert read(tmp_path) == {"s.log": "after\nwrong\n", "s.log.1": f"{old}before\nbusy\n"}
    run(tmp_path)
    assert log.read_text() == "after\nwrong\nbefore\nafter\nwrong\n"


def test_where_nothing_that_is_open_can_be_renamed_it_is_copied_and_emptied(
    tmp_path: Path,
) -> None:
    (tmp_path / "s.log").write_text("line\n" * 30)
    run(tmp_path, BROKEN)
    assert read(tmp_path) == {"s.log": "after\nwrong\n", "s.log.1": "line\n" * 30 + "before\n"}


def test_only_so_many_old_ones_stay(tmp_path: Path) -> None:
    log = tmp_path / "s.log"
    for number in range(6):
        log.write_text(f"{number}" * 101)
        keep_bounded(log, 100, old_ones=3)
    assert {name: text[0] for name, text in read(tmp_path).items()} == {
        "s.log.1": "5",
        "s.log.2": "4",
        "s.log.3": "3",
    }


def test_where_it_cannot_be_written_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "s.log"
    keep_bounded(log, 100, old_ones=3)
    log.write_text("x" * 101)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    keep_bounded(log, 100, old_ones=3)
    assert read(tmp_path) == {"s.log": "x" * 101}
