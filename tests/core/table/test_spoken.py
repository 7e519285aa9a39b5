"""Sentences for the column of problems, in the team's language."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path

import pytest

import sheetcrm
from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.spoken import TRANSLATIONS, Spoken, either, said

ROOT = Path(sheetcrm.__file__).parent


def test_all_that_is_said_is_translated_and_nothing_else() -> None:
    files = (path for room in ("core", "engine") for path in (ROOT / room).rglob("*.py"))
    code = "".join(path.read_text("utf-8") for path in files if path.name != "spoken.py")
    patterns = {"{} or {}", *re.findall(r'Spoken\(\s*"([^"]+)"', code)}
    assert len(patterns) == code.count("Spoken(") + 1
    for known in TRANSLATIONS.values():
        assert patterns <= known.keys()
        assert [text for text in known.keys() - patterns if f'"{text}"' not in code] == []
    assert TRANSLATIONS["id"].keys() == TRANSLATIONS["es"].keys()


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_a_place_for_every_part(language: str) -> None:
    for pattern, other in TRANSLATIONS[language].items():
        assert other.count("{}") == pattern.count("{}"), pattern


@pytest.mark.parametrize(
    ("cell", "kind", "english", "indonesian", "spanish"),
    [
        (
            "nanti",
            FieldType.DATE,
            "“nanti” cannot be read as a date",
            "“nanti” tidak terbaca sebagai tanggal",
            "“nanti” no se puede leer como fecha",
        ),
        (
            "$12,000.50",
            FieldType.MONEY,
            "“$12,000.50” is read as 12,000.5 (in USD, while the workspace counts in IDR)",
            "“$12,000.50” dibaca sebagai 12.000,5 (dalam USD, sedangkan ruang kerja memakai IDR)",
            "“$12,000.50” se lee como 12.000,5 (en USD; el espacio de trabajo usa IDR)",
        ),
        (
            "a@gmial.com",
            FieldType.EMAIL,
            "“a@gmial.com” is read as a@gmial.com (the domain gmial.com looks misspelt)",
            "“a@gmial.com” dibaca sebagai a@gmial.com (domain gmial.com tampaknya salah ketik)",
            "“a@gmial.com” se lee como a@gmial.com (el dominio gmial.com parece mal escrito)",
        ),
    ],
)
def test_a_cell_in_three_languages(
    cell: str, kind: FieldType, english: str, indonesian: str, spanish: str
) -> None:
    locale = Locale(language="id", country="ID", currency="IDR")
    [(_, message, _)] = clean_column([cell], kind, locale).faults
    assert message == said(message, "en") == said(message, "fr") == english
    assert said(message, "id") == indonesian
    assert said(message, "es") == said(message, "es-ES") == spanish


def test_marks_of_numbers_are_those_of_the_country_where_it_is_known() -> None:
    text = Spoken("{} is read as {} ({})", "“x”", 12_000, ("a limit read as an amount",))
    assert "12,000" in said(text, "es-MX")
    assert "12.000" in said(text, "es_ZZ")


def test_parts_within_parts() -> None:
    rows = Spoken("row {}", either(["7", "9", "12"]))
    text = Spoken("the id {} stands in {} too", "L-1{}", rows)
    assert text == "the id L-1{} stands in row 7 or 9 or 12 too"
    assert said(text, "es") == "el id L-1{} también está en la fila 7 o 9 o 12"


def test_it_is_a_text_that_may_be_copied_and_sent_to_another_process() -> None:
    text = Spoken("{} without a reason", "lost")
    assert {text: 1} == {"lost without a reason": 1}
    for other in (pickle.loads(pickle.dumps(text)), copy.deepcopy(text)):
        assert said(other, "id") == "lost tanpa alasan"
