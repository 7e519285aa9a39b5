"""The files of config/ are one tree."""

from __future__ import annotations

import os

import pytest

from sheetcrm.config import load
from sheetcrm.errors import ConfigError

STAGE = "[[stage]]\nname = 'A'\n"
SOURCE = '[[source]]\nname = "s"\nexcel = "leads.xlsx"\n'


@pytest.mark.parametrize("make", ["nothing", "file", "empty", "other"])
def test_no_config(tmp_path, make):
    folder = tmp_path / "config"
    if make == "file":
        folder.write_text("")
    elif make != "nothing":
        folder.mkdir()
    if make == "other":
        (folder / "notes.txt").write_text("x")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert caught.value.hint == "make a workspace with: sheetcrm init"
    assert str(tmp_path) in str(caught.value.faults[0])


def test_entries_of_several_files_follow_each_other_with_their_places(loaded):
    config = loaded(
        {
            "1.toml": SOURCE + "[[stage]]\nname = 'A'\n[[stage]]\nname = 'B'\nwhen = '=1'\n",
            "2.toml": "[[stage]]\nname = 'C'\nwhen = '=2'\n[workspace]\ncountry = 'MX'\n",
            "3.toml": "[workspace]\nlanguage = 'es'\n",
        }
    )
    assert [stage.name for stage in config.qualification.stages] == ["A", "B", "C"]
    assert (config.locale.country, config.locale.language) == ("MX", "es")
    assert config.places["stage[2].when"] == ("config/1.toml", 8)
    assert config.places["stage[3].when"] == ("config/2.toml", 3)
    assert config.places["workspace"] == ("config/2.toml", 4)
    assert config.places["workspace.language"] == ("config/3.toml", 2)


def test_a_key_in_two_files_names_both(faults):
    files = {
        "1.toml": SOURCE + "[workspace]\ncountry = 'ID'\n",
        "3.toml": STAGE,
        "2.toml": "[workspace]\n\ncountry = 'MX'\nlanguage = 5\n",
    }
    twice = "given twice, first at config/1.toml:5 — keep one of them"
    assert faults(files) == [
        f"config/2.toml:3: workspace.country: {twice}",
        'config/2.toml:4: workspace.language: expected text, got a number — between quotes: "5"',
    ]


def test_an_entry_in_two_files_names_both(faults):
    score = "[[score]]\nname = 'Fit'\nrule = [{ name = 'r', points = 1 }]\n"
    assert faults({"1.toml": SOURCE + score, "2.toml": score, "3.toml": STAGE}) == [
        'config/2.toml:2: score[2].name: "Fit" is given twice, first at config/1.toml:5'
    ]


def test_windows_line_ends_and_byte_order_mark(loaded):
    text = ("\ufeff" + SOURCE + "[[stage]]\nname = 'A'\n").replace("\n", "\r\n")
    config = loaded({"1.toml": text})
    assert config.places["stage[1].name"] == ("config/1.toml", 5)


@pytest.mark.skipif(os.name == "nt", reason="no such links there")
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "a.toml").mkdir()
    (tmp_path / "config" / "b.toml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert [str(fault) for fault in caught.value.faults] == [
        "config/a.toml: cannot be read: Is a directory",
        "config/b.toml: cannot be read: No such file or directory",
    ]
