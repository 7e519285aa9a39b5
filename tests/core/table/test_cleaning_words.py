from __future__ import annotations

from datetime import date

import pytest

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.values import CellError


def clean(cell, type_, aliases=None, **locale):
    cleaned = clean_column([cell], FieldType(type_), Locale(**locale), aliases or {})
    return cleaned.values[0]


YES = ["ya", "Iya", "y", "YES", "sí", "Si", "s", "✓", "✔️", "√", "x", "X", "v", "1", 1, 1.0, True, "true", "benar",
       "betul", "verdadero", "on", "ok", "done", "sudah", "☑", "✅", "Ya, lewat WA", "Sí (por correo)", "yes!"]  # fmt: skip
NO = ["tidak", "Tdk", "n", "no", "NO.", "gak", "nggak", "belum", "0", 0, 0.0, False, "false", "salah", "falso", "off",
      "aún no", "not yet", "tidak ada", "❌", "✗", "No, thanks"]  # fmt: skip
UNKNOWN = [None, "", " ", "-", "?", "n/a", "belum tahu", "tidak tahu", "no sé", "unknown", "TBD"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *((cell, True) for cell in YES),
        *((cell, False) for cell in NO),
        *((cell, None) for cell in UNKNOWN),
    ],
)
def test_yes_and_no(cell, expected):
    cleaned = clean_column([cell], FieldType.YESNO, Locale())
    assert cleaned.values[0] is expected
    assert cleaned.faults == []


def test_one_letter_means_what_the_workspace_speaks():
    assert clean("T", "yesno", language="id") is False
    assert clean("T", "yesno", language="en") is True


@pytest.mark.parametrize(
    "cell", ["maybe", 2, 0.5, "2", "besok", date(2025, 1, 1), CellError("#REF!")]
)
def test_neither_yes_nor_no(cell):
    cleaned = clean_column([cell], FieldType.YESNO, Locale())
    assert isinstance(cleaned.values[0], CellError)
    assert "yes or no" in cleaned.faults[0][1]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("solar; EV / baterai", "solar; EV; baterai"),
        ("panel & baterai", "panel; baterai"),
        ("solar + EV | AC", "solar; EV; AC"),
        ("- solar\n- baterai\r\n• AC", "solar; baterai; AC"),
        ("1. solar\n2. EV", "solar; EV"),
        ("solar, Solar , EV", "solar; EV"),
        ("1,5 kWp, EV", "1,5 kWp; EV"),
        ("24/7", "24/7"),
        ("R&D", "R&D"),
        ("atap (rumah, kantor); EV", "atap (rumah, kantor); EV"),
        ("solar, -, ?", "solar"),
        (5, "5"),
        ("n/a", None),
        (";;", None),
        (None, None),
    ],
)
def test_lists(cell, expected):
    assert clean(cell, "list") == expected


def test_spellings_become_their_value():
    cities = {"Jakarta": ("Jkt", "DKI Jakarta"), "Surabaya": ("Sby",)}
    column = [" jkt ", "DKI  JAKARTA", "jakarta", "SBY", "Bandung", None]
    cleaned = clean_column(column, FieldType.TEXT, Locale(), cities)
    assert cleaned.values == ["Jakarta", "Jakarta", "Jakarta", "Surabaya", "Bandung", None]
    products = {"solar": ("PLTS", "panel surya"), "rumah & kantor": ("keduanya",)}
    assert clean("Panel Surya / EV, plts", "list", products) == "solar; EV"
    assert clean("Rumah & Kantor", "list", products) == "rumah & kantor"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" Budi ", "Budi"),
        ("\u00a0Ana\u200b", "Ana"),
        ("Jose\u0301", "José"),
        ("  ", None),
        ("-", "-"),
        ("=1+1", "=1+1"),
        (5, 5),
        (True, True),
        (date(2025, 1, 2), date(2025, 1, 2)),
    ],
)
def test_text_keeps_what_it_is(cell, expected):
    assert clean(cell, "text") == expected
