"""What docs/qualification.md and docs/followups.md show is a config that sheetcrm takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.qualification import SIDES
from sheetcrm.config import load

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page):
    text = DOCS.joinpath(page).read_text(encoding="utf-8")
    return re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


BLOCKS = blocks("qualification.md")
FOLLOWUPS = blocks("followups.md")
SENDER = "[sender]\naddress = 'halo@example.com'\n"
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
IMAP = "[imap]\nhost = 'imap.example.com'\npassword = '${file:secrets/mail-password}'\n"
STAGES = "[[stage]]\nname = 'New'\n" + "".join(
    f"[[stage]]\nname = '{name}'\nwhen = '=[@A]'\n" for name in ("MQL", "SQL", "Disqualified")
)


@pytest.mark.parametrize("text", BLOCKS, ids=lambda text: text.split("\n")[0])
def test_every_example_is_understood(write, text):
    around = AROUND + STAGES + (SCORES if "[[score.rule]]" in text or "[grade]" in text else "")
    config = load(write({"x.toml": around + text}))
    assert config.sources


@pytest.mark.parametrize("text", FOLLOWUPS, ids=lambda text: text.split("\n")[0])
def test_every_example_of_follow_ups_is_understood(write, tmp_path, text):
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "mail-password").write_text("rahasia", encoding="utf-8")
    sender = "" if "[sender]" in text else SENDER
    imap = IMAP if '"imap-drafts"' in text and "[imap]" not in text else ""
    assert load(write({"x.toml": AROUND + STAGES + sender + imap + text})).sources


@pytest.mark.parametrize("side", SIDES)
def test_the_rules_of_the_benchmark_are_understood(write, side):
    files = {f"{name}.toml": text for name, text in SIDES[side].items()}
    assert load(write(files)).sources


def test_there_are_examples():
    assert len(BLOCKS) >= 4
    assert len(FOLLOWUPS) >= 5
