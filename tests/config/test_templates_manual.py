"""What docs/templates.md and templates/README.md show is so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from sheetcrm.core.followup.filters import FILTERS
from sheetcrm.core.followup.header import KEYS
from sheetcrm.core.followup.render import SENDER_NAMES
from tests.core.followup.world import body_text, lead, say

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
SHORT = (ROOT / "templates" / "README.md").read_text(encoding="utf-8")
WHO = {
    "phone": "+6281234567890",
    "interests": ("solar", "EV", "baterai"),
    "values": {
        "budget": 75_000_000.0,
        "birthday": date(2026, 11, 24),
        "city": "Depok",
        "need": "a b",
    },
}


@pytest.mark.parametrize("text", [MANUAL, SHORT], ids=["manual", "short"])
def test_everything_that_there_is_is_named(text):
    names = [*KEYS, *FILTERS, *(f"sender.{name}" for name in SENDER_NAMES if text is MANUAL)]
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize(
    "example", re.findall(r"`(\{\{ .*? \}\})`", MANUAL.split("| write |")[1].split("\n\n")[0])
)
def test_every_example_can_be_rendered(example):
    said = body_text(say(example.replace("\\|", "|"), lead(**WHO)))
    row = next(line for line in MANUAL.splitlines() if example in line)
    shown = row.split("|")[-2].strip().split(" · ")[0].split(", ")[0]
    if "first eight" not in shown and "those words" not in shown:
        assert said.replace("\u00a0", " ").startswith(shown), row


def test_the_folders_of_trades_are_named():
    assert all(path.name in MANUAL for path in (ROOT / "examples" / "templates").iterdir())
