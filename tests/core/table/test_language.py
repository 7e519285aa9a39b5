from __future__ import annotations

import pytest

from sheetcrm.core.table.language import language_code, language_of_country


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("id", "id"),
        ("Bahasa Indonesia", "id"),
        ("INDONESIAN", "id"),
        ("español", "es"),
        ("Spanyol", "es"),
        ("es-MX", "es-MX"),
        ("es_mx", "es-MX"),
        ("English", "en"),
        ("Inggris", "en"),
        ("pt", "pt"),
        ("", ""),
        ("whatever she likes", ""),
        ("日本語", ""),
    ],
)
def test_words_for_languages(text, code):
    assert language_code(text) == code


@pytest.mark.parametrize(
    ("country", "code"),
    [("ID", "id"), ("ES", "es"), ("mx", "es"), ("US", "en"), ("AU", "en"), ("", ""), ("ZZ", "")],
)
def test_a_countrys_first_official_language(country, code):
    assert language_of_country(country) == code
