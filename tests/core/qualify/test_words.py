from __future__ import annotations

import pytest

from sheetcrm.core.qualify.words import in_running_text, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Target city", "target city"),
        ("Target City", "target city"),
        ("BANT", "BANT"),
        ("CEO asked", "CEO asked"),
        ("Asked the CEO", "asked the CEO"),
        ("Has WhatsApp", "has WhatsApp"),
        ("WhatsApp works", "WhatsApp works"),
        ("Lives in Jakarta", "lives in Jakarta"),
        ("Árbol Ñandú", "árbol ñandú"),
        ("50 kWp or more", "50 kWp or more"),
        ("", ""),
    ],
)
def test_names_in_running_text(name, expected):
    assert in_running_text(name) == expected


@pytest.mark.parametrize(
    ("language", "value", "signed", "expected"),
    [
        ("en", 62.0, False, "62"),
        ("en", 62.5, True, "+62.5"),
        ("en", -8, True, "−8"),
        ("en", -8, False, "−8"),
        ("en", 0, False, "0"),
        ("en", 0, True, "0"),
        ("en", 100, False, "100"),
        ("en", 50_000_000, False, "50,000,000"),
        ("id", 50_000_000.25, False, "50.000.000,25"),
        ("es", 12.25, False, "12,25"),
        ("es-MX", 12.25, False, "12.25"),
        ("es_MX", 12.25, False, "12.25"),
        ("es-XX", 12.25, False, "12,25"),
        ("xx", 12.25, False, "12.25"),
        ("", 9999.5, False, "9999.5"),
    ],
)
def test_numbers(language, value, signed, expected):
    assert words(language).number(value, signed=signed) == expected


def test_lists():
    assert words("en").enumerate([]) == ""
    assert words("en").enumerate(["a"]) == "a"
    assert words("id").enumerate(["a", "b"]) == "a dan b"
    assert words("es").enumerate(["a", "b", "c"]) == "a, b y c"


@pytest.mark.parametrize("language", ["id", "es"])
def test_every_word_is_translated(language):
    english, other = words("en"), words(language)
    same = [name for name in english.__slots__ if getattr(english, name) == getattr(other, name)]
    assert same in ([], ["no"])  # "no" is Spanish too
    for name in english.__slots__:
        assert getattr(english, name).count("{}") == getattr(other, name).count("{}")
