"""What docs/qualification.md shows is a config that sheetcrm takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sheetcrm.config import load

TEXT = Path(__file__).parents[2].joinpath("docs", "qualification.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
AROUND = """
[[source]]
name = "s"
excel = "leads.xlsx"
[parameters]
min_budget = 5
target_cities = ["Jakarta"]
"""
SCORES = "".join(
    f"[[score]]\nname = '{name}'\nmax = 50\n[[score.rule]]\nname = 'r'\npoints = 1\n"
    for name in ("Fit", "Engagement")
)
STAGES = "[[stage]]\nname = 'New'\n" + "".join(
    f"[[stage]]\nname = '{name}'\nwhen = '=[@A]'\n" for name in ("MQL", "SQL", "Disqualified")
)


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.split("\n")[0])
def test_every_example_is_understood(write, text):
    around = AROUND + STAGES + (SCORES if "[[score.rule]]" in text or "[grade]" in text else "")
    config = load(write({"x.toml": around + text}))
    assert config.sources


def test_there_are_examples():
    assert len(BLOCKS) >= 4
