from __future__ import annotations

import os

import pytest

from sheetcrm.adapters.inputs import Inputs, unchanged


@pytest.fixture
def taken(tmp_path, monkeypatch):
    """A workspace's files, and their state."""
    (tmp_path / "templates" / "welcome").mkdir(parents=True)
    (tmp_path / "outbox").mkdir()
    for name in ("leads.xlsx", "templates/welcome/01.md", "outbox/1.eml"):
        (tmp_path / name).write_text("as it was", encoding="utf-8")
    monkeypatch.setenv("CITY", "Jakarta")
    inputs = Inputs(
        files=(str(tmp_path / "leads.xlsx"), str(tmp_path / "not there.csv")),
        folders=(str(tmp_path / "templates"), str(tmp_path / "no folder")),
        listed=(str(tmp_path / "outbox"),),
        variables=("CITY", "NOWHERE"),
    )
    return inputs.taken()


def same_time_and_size(path):
    """Change what is in a file so that nobody sees it from outside."""
    before = path.stat()
    path.write_text("as it is!", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def touched(path):
    os.utime(path, ns=(1, 1))


CHANGES = {
    "another value": lambda root, _: same_time_and_size(root / "leads.xlsx"),
    "saved again": lambda root, _: touched(root / "leads.xlsx"),
    "gone": lambda root, _: (root / "leads.xlsx").unlink(),
    "there now": lambda root, _: (root / "not there.csv").touch(),
    "a template": lambda root, _: same_time_and_size(root / "templates/welcome/01.md"),
    "one more": lambda root, _: (root / "templates/welcome/01.id.md").touch(),
    "a folder": lambda root, _: ((root / "no folder").mkdir(), (root / "no folder/a").touch()),
    "a draft": lambda root, _: (root / "outbox/1.eml").unlink(),
    "a variable": lambda _, patch: patch.setenv("CITY", "Bogor"),
    "another": lambda _, patch: patch.setenv("NOWHERE", ""),
}


def test_nothing_has_changed(taken, tmp_path):
    assert unchanged(taken)
    (tmp_path / "outbox" / "1.eml").read_bytes()
    assert unchanged(taken)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_change_is_seen(taken, tmp_path, monkeypatch, change):
    change(tmp_path, monkeypatch)
    assert not unchanged(taken)


def test_another_sheetcrm_reads_anew(taken, monkeypatch):
    monkeypatch.setattr("sheetcrm.__version__", "99.0")
    assert not unchanged(taken)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 7}'])
def test_what_cannot_be_read_counts_as_changed(text):
    assert not unchanged(text)


def test_values_of_the_environment_are_not_told(taken):
    assert "Jakarta" not in taken
