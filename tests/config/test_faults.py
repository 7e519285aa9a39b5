"""Each fault says where it is, what is wrong and, where we know it, what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = '[[source]]\nname = "s"\nexcel = "l.xlsx"\n'


def cases():
    """The blocks of faults.txt: a text, and what is wrong with it."""
    text = Path(__file__).with_name("faults.txt").read_text(encoding="utf-8")
    lines = text.split("\n", 2)[2].splitlines()
    written, told = [], []
    for line in [*lines, ""]:
        if line.startswith("!! "):
            told.append(line.removeprefix("!! "))
        elif told:
            yield pytest.param("\n".join(written), told, id=re.sub(r"\W+", "-", told[0])[:60])
            written, told = [], []
        else:
            written.append(line)


@pytest.mark.parametrize(("text", "told"), list(cases()))
def test_what_people_are_told(faults, text, told):
    assert faults(text) == told


def test_numbers_beyond_all_measure(faults):
    told = "config/x.toml:2: parameters.x: must be an ordinary number"
    assert faults(f"[parameters]\nx = {'9' * 400}") == [told]
    assert faults("[parameters]\nx = inf") == [told]
    assert faults(f"x = {'9' * 5000}")[0].startswith("config/x.toml:")


def test_nested_too_deeply(faults):
    assert faults("a = " + "[" * 5000) == ["config/x.toml: lists or tables nested too deeply"]


def test_not_utf_8(faults):
    told = ["config/x.toml:2: not UTF-8 — save it as UTF-8 text"]
    assert faults({"a.toml": SOURCE, "x.toml": b"a = 1\nb = '\xff'"}) == told


def test_all_faults_of_all_files_at_once_in_their_order(faults):
    found = faults(
        {
            "b.toml": "[[stage]]\nnam = 'A'\n",
            "a.toml": "[workspace]\ncountry = 5\n[moves]\nback = 1\n",
            "c.toml": "when = =1",
        }
    )
    assert [fault.split(" ")[0] for fault in found] == [
        "config/a.toml:2:",
        "config/a.toml:4:",
        "config/b.toml:1:",
        "config/b.toml:2:",
        "config/c.toml:1:",
    ]


def test_nothing_is_called_missing_while_a_file_cannot_be_read(faults):
    files = {"a.toml": "[write]\nframework.BANT = 'B'", "b.toml": "[[source]\n"}
    assert [fault.split(" ")[0] for fault in faults(files)] == ["config/b.toml:1:"]


def test_no_source(faults):
    told = 'required, but missing — write [[source]], name = "…", excel = "….xlsx"'
    assert faults({"a.toml": "[[stage]]\nname = 'A'"}) == [f"config: source: {told}"]
