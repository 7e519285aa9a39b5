"""`whatif` and `backtest` as they are typed, on the sample workbook."""

from __future__ import annotations

import json
import shutil

import pytest

WON = '=[@Status]="Customer"'


def test_a_changed_file_takes_the_place_of_the_one_of_its_name(sample, run, tmp_path):
    text = (sample / "config" / "stages.toml").read_text(encoding="utf-8")
    changed = tmp_path / "stages.toml"
    changed.write_text(text.replace("[@Score]>=40", "[@Score]>=5"), encoding="utf-8")
    assert changed.read_text(encoding="utf-8") != text
    before = {p: p.read_bytes() for p in sample.rglob("*") if p.is_file()}
    said = run("--workspace", sample, "whatif", "--config", changed)
    assert said.code == 0, said.err
    assert "would be in another stage" in said.out
    assert "nothing was changed" in said.out
    assert {p: p.read_bytes() for p in sample.rglob("*") if p.is_file()} == before
    [found] = json.loads(run("--workspace", sample, "whatif", "--config", changed, "--json").out)
    assert sum(found["stages"].values()) == sum(found["new_stages"].values()) == found["leads"]
    assert found["moved"]


def test_a_folder_takes_the_place_of_all_files(sample, run, tmp_path):
    for folder in (tmp_path / "other", tmp_path / "whole" / "config"):
        shutil.copytree(sample / "config", folder)
        place = folder if folder.name == "other" else folder.parent
        said = run("--workspace", sample, "whatif", "--config", place)
        assert said.code == 0, said.err
        assert "nothing would be different" in said.out


def test_faults_are_shown_in_the_other_file(sample, run, tmp_path):
    broken = tmp_path / "scoring.toml"
    text = (sample / "config" / "scoring.toml").read_text(encoding="utf-8")
    broken.write_text(text + "\n[[scores]]\n", encoding="utf-8")
    said = run("--workspace", sample, "whatif", "--config", broken)
    assert said.code == 2
    assert f"{broken}:" in said.err
    strange = tmp_path / "new-rules.toml"
    strange.write_text(text, encoding="utf-8")
    said = run("--workspace", sample, "whatif", "--config", strange)
    assert said.code == 2
    assert "scoring.toml" in said.err
    said = run("--workspace", sample, "whatif", "--config", tmp_path / "none.toml")
    assert (said.code, "there is no such file" in said.err) == (2, True)


def test_a_backtest_says_how_few_there_are(sample, run):
    said = run("--workspace", sample, "backtest", "--won", WON)
    assert said.code == 2
    assert "fewer than 30 of either" in said.err


@pytest.fixture
def history(sample):
    """The sample's rules on more leads, in a CSV file, of whom it is known how they ended."""
    lines = ["Name,Email,City,Budget,Interest,Ended"]
    for number in range(200):
        rich = number % 2
        ended = "won" if (number % 5 == 0) != bool(rich) else "lost"
        budget = 90_000_000 if rich else 1_000_000
        lines.append(f"Lead {number},lead{number}@example.com,Jakarta,{budget},solar,{ended}")
    (sample / "history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    config = sample / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text}\n[[source]]\nname = "history"\ncsv = "history.csv"\n', "utf-8")
    return sample


def test_a_backtest_on_a_terminal_and_as_json(history, run):
    arguments = ("--workspace", history, "backtest", "--source", "history")
    ends = ("--won", '=[@Ended]="won"', "--lost", '=[@Ended]="lost"')
    said = run(*arguments, *ends)
    assert said.code == 0, said.err
    for part in ("AUC", "by score", "by stage", "by answer", "adds to AUC", "--half first"):
        assert part in said.out
    found = json.loads(run(*arguments, *ends, "--half", "second", "--json").out)
    assert found["half"] == "second"
    assert 0.5 < found["result"]["total"]["low"] < found["result"]["total"]["auc"]
    same = json.loads(
        run(*arguments, *ends, "--half", "second", "--json", "--config", history / "config").out
    )
    assert same == found
