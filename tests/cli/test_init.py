"""`sheetcrm init` for a team in some country."""

from __future__ import annotations

import json
import os

from sheetcrm.config import load
from sheetcrm.core.table.fields import Locale

MEXICO = Locale(country="MX", currency="MXN", language="es", timezone="America/Mexico_City")


def test_the_config_is_of_the_country(tmp_path, run):
    said = run("init", tmp_path / "mx", "--country", "méxico", "--templates", "property")
    assert said.code == 0
    assert "for MX: America/Mexico_City · es · MXN" in said.out
    assert load(tmp_path / "mx", environ=os.environ).locale == MEXICO
    assert run("init", tmp_path / "id").code == 0
    ours, theirs = (
        (tmp_path / name / "config" / "sheetcrm.toml").read_text(encoding="utf-8").splitlines()
        for name in ("id", "mx")
    )
    assert sum(a != b for a, b in zip(ours, theirs, strict=True)) == 4
    assert load(tmp_path / "id", environ=os.environ).locale == Locale()


def test_json_has_it(tmp_path, run):
    said = run("init", tmp_path / "es", "--country", "ES", "--json")
    assert json.loads(said.out)["locale"]["timezone"] == "Europe/Madrid"


def test_where_it_cannot_be_nothing_is_copied(tmp_path, run):
    said = run("init", tmp_path / "x", "--country", "Mexco")
    assert (said.code, "did you mean México?" in said.err) == (2, True)
    said = run("init", tmp_path / "x", "--country", "MX", "--sample")
    assert (said.code, "leave out" in said.err) == (2, True)
    assert not (tmp_path / "x").exists()
