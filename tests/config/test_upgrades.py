"""Configs of older versions: every one of them still loads after its upgrade."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.config import load
from sheetcrm.config.upgrades import (
    RULES,
    VERSION,
    Rule,
    known_keys,
    mark,
    new_keys,
    upgrade,
    version_of,
)
from sheetcrm.errors import ConfigError, UsageError

ROOT = Path(__file__).parents[2]
STARTERS = Path(__file__).parent / "released"
KEYS = ROOT / "sheetcrm" / "config" / "released"
RELEASED = sorted(path.stem for path in KEYS.glob("*.txt"))
STARTER = {p.name: p.read_bytes().decode() for p in sorted(ROOT.glob("config/*.toml"))}


def files(folder):
    return {path.name: path.read_bytes().decode() for path in sorted(folder.glob("*.toml"))}


def workspace(tmp_path, texts):
    (tmp_path / "config").mkdir()
    for name, text in texts.items():
        (tmp_path / "config" / name).write_bytes(text.encode())
    return tmp_path


def test_every_version_has_its_keys_and_its_starter():
    assert sorted(path.name for path in STARTERS.iterdir()) == RELEASED != []


@pytest.mark.parametrize("version", RELEASED)
def test_its_starter_loads_after_the_upgrade(tmp_path, version):
    before = files(STARTERS / version)
    assert version_of(before) == version
    found = upgrade(before)
    after = {**before, **found.texts}
    assert load(workspace(tmp_path, after))
    again = upgrade(after)
    assert (again.made_for, again.changes, again.texts) == (VERSION, (), {})


@pytest.mark.parametrize("version", RELEASED)
def test_what_became_of_each_of_its_keys_is_known(version):
    known = {key for key, _ in known_keys()}
    ruled = {rule.key for rule in RULES}
    old = (KEYS / f"{version}.txt").read_text(encoding="utf-8").split()
    assert [key for key in old if key not in known | ruled] == [], "add a Rule for these"


def test_the_starter_is_of_this_version():
    found = upgrade(STARTER)
    assert (found.made_for, found.changes, found.texts, found.new) == (VERSION, (), {}, ())


def test_the_keys_of_the_starter_are_among_the_known_ones():
    known = {key for key, _ in known_keys()}
    assert {"source.excel", "score.rule.when", "fields.*.aliases", "write.why"} <= known
    assert not any("[" in key for key in known)


def test_of_a_new_table_only_itself_is_told():
    new = dict(new_keys("0.0"))
    assert "activities" in new
    assert not [key for key in new if key.startswith("activities.")]
    assert "sender.address" not in new


OLD = """\
# Made for sheetcrm 0.0; and more
[sending]   # how fast
pace = 20   # a minute
"pace"."x" = 1
days = [
  "mon",  # the first
  "tue",
]           # all of them
[[source]]
name = "a"
look = { pace = 1, shade = "x", nice = true }
[[source]]
look = {shade = "y"}
sub.pace = 3
[old.pace]
x = 1

# about the next
[other]
pace = "pace"
"""


def changed(text, *rules):
    found = upgrade({"sheetcrm.toml": text}, rules)
    return found.texts["sheetcrm.toml"], [line.partition(": ")[2] for line in found.changes]


def lines(before, after):
    """Which lines are others now."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in new if line not in old]


def test_a_key_is_renamed_wherever_it_stands():
    text = OLD.replace('"pace"."x" = 1\n', "")
    new, said = changed(text, Rule(since="0.1", key="sending.pace", to="per_minute"))
    assert lines(text, new) == [
        "# Made for sheetcrm 0.1; and more",
        "per_minute = 20   # a minute",
    ]
    assert said == ["sending.pace is called per_minute since 0.1"]


def test_a_key_in_inline_tables_dotted_keys_and_headings():
    text = OLD.replace("pace = 20   # a minute\n", "")
    rules = (
        Rule(since="0.1", key="sending", to="post"),
        Rule(since="0.1", key="sending.pace", to="nothing_is_called_so_any_more"),
        Rule(since="0.1", key="post.pace", to="speed"),
        Rule(since="0.1", key="source.look.shade", to="tint"),
        Rule(since="0.1", key="source.*.pace", to="gait"),
        Rule(since="0.1", key="old.pace", to="new"),
    )
    new, said = changed(text, *rules)
    assert lines(text, new)[1:] == [
        "[post]   # how fast",
        'speed."x" = 1',
        'look = { gait = 1, tint = "x", nice = true }',
        'look = {tint = "y"}',
        "sub.gait = 3",
        "[old.new]",
    ]
    assert len(said) == 6
    assert tomllib.loads(new)["post"]["speed"] == {"x": 1}


def test_a_key_that_is_gone_becomes_a_comment_and_says_why():
    text = OLD.replace('"pace"."x" = 1\n', "")
    new, said = changed(text, Rule(since="0.1", key="sending.days", why="use [sending.week]"))
    assert lines(text, new)[1:] == [
        "# sending.days is gone since 0.1: use [sending.week]",
        "# days = [",
        '#   "mon",  # the first',
        '#   "tue",',
        "# ]           # all of them",
    ]
    assert said == ["sending.days is gone since 0.1: use [sending.week]"]
    assert tomllib.loads(new)["sending"] == {"pace": 20}


def test_what_is_gone_from_an_inline_table_is_cut_out():
    text = OLD.replace('"pace"."x" = 1\n', "")
    new, _ = changed(text, Rule(since="0.1", key="source.look.shade"))
    assert lines(text, new)[1:] == ["look = { pace = 1, nice = true }", "look = {}"]
    new, _ = changed(text, Rule(since="0.1", key="source.look.nice"))
    assert lines(text, new)[1:] == ['look = { pace = 1, shade = "x" }']


def test_a_table_that_is_gone_leaves_what_stands_below_it():
    text = OLD.replace('"pace"."x" = 1\n', "")
    new, _ = changed(text, Rule(since="0.1", key="old"))
    assert "# old is gone since 0.1\n# [old.pace]\n# x = 1\n\n# about the next\n[other]\n" in new
    assert "old" not in tomllib.loads(new)


def test_a_key_by_both_of_its_names_is_left_to_a_person():
    text = "[sending]\npace = 1\nper_minute = 2\n"
    with pytest.raises(UsageError, match=r"has both sending\.per_minute and what it was called"):
        changed(text, Rule(since="0.1", key="sending.pace", to="per_minute"))


def test_rules_of_versions_before_the_mark_are_done():
    assert (
        upgrade({"sheetcrm.toml": OLD.replace("0.0", VERSION)}, [Rule(since="0.1", key="x")]).texts
        == {}
    )


def test_line_breaks_and_a_byte_order_mark_stay():
    text = "\ufeff[a]\r\nold = 1\r\n"
    new, _ = changed(text, Rule(since="0.1", key="a.old", to="new"))
    first, rest = new.split("\r\n", 1)
    assert first.startswith("\ufeff# Made for sheetcrm ")
    assert rest == "[a]\r\nnew = 1\r\n"
    gone, _ = changed(text, Rule(since="0.1", key="a.old"))
    assert gone.endswith("[a]\r\n# a.old is gone since 0.1\r\n# old = 1\r\n")


def test_a_config_of_a_newer_version_says_so(tmp_path):
    newer = {**STARTER, "sheetcrm.toml": mark(STARTER["sheetcrm.toml"]).replace(VERSION, "99.0")}
    with pytest.raises(UsageError, match=re.escape("made for sheetcrm 99.0")):
        upgrade(newer)
    newer["stages.toml"] += "\n[hologram]\n"
    with pytest.raises(ConfigError) as caught:
        load(workspace(tmp_path, newer))
    assert "made for sheetcrm 99.0" in caught.value.hint


def test_a_fault_that_an_upgrade_mends_says_so(tmp_path, monkeypatch):
    rule = Rule(since="0.1", key="sending.pace", to="per_minute")
    monkeypatch.setattr("sheetcrm.config.upgrades.upgrade.__defaults__", ((rule,),))
    texts = files(STARTERS / "0.0")
    texts["followups.toml"] = texts["followups.toml"].replace("per_minute", "pace")
    with pytest.raises(ConfigError) as caught:
        load(workspace(tmp_path, texts))
    assert "sheetcrm upgrade-config" in caught.value.hint


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_renamed_the_rest_keeps_its_bytes(data):
    name = data.draw(st.sampled_from(sorted(STARTER)))
    keys = sorted({key for key, _ in known_keys() if key.count(".")})
    key = data.draw(st.sampled_from(keys))
    text = STARTER[name].replace(f"sheetcrm {VERSION}", "sheetcrm 0.0")
    found = upgrade({name: text}, [Rule(since="0.1", key=key, to="renamed_to_this")])
    new = found.texts.get(name, text)
    back = new.replace("renamed_to_this", key.rpartition(".")[2])
    assert mark(back) == mark(text)
    assert ("renamed_to_this" in new) == bool(found.changes)
    tomllib.loads(new)
