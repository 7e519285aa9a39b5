"""Sentences for the column of problems, in the team's language."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from datetime import date
from pathlib import Path

import pytest

import sheetcrm
from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.spoken import Spoken, either, said
from sheetcrm.core.table.translations import TRANSLATIONS
from sheetcrm.core.table.values import CellError

ROOT = Path(sheetcrm.__file__).parent
OWN = {"spoken.py", "translations.py"}
REASONS = {
    **dict.fromkeys(("LeadError", "TemplateError", "UnknownPictureError", "Blank"), 0),
    **dict.fromkeys(("SecurityError", "TemplateRuntimeError"), 0),
    **dict.fromkeys(("unreadable", "_problem"), 1),
}
"""What is called with a reason, and as which argument."""

TO_THE_TERMINAL = {"repeating.py", "mapping.py", "activities.py", "forgotten.py"}
"""What refuses there and then, and problems of no lead's row, which stand in no sheet."""


def test_all_that_is_said_is_translated_and_nothing_else() -> None:
    files = (path for room in ("core", "engine") for path in (ROOT / room).rglob("*.py"))
    code = "".join(path.read_text("utf-8") for path in files if path.name not in OWN)
    found = re.findall(r'Spoken\(\s*"([^"]+)"', code)
    assert len(found) == code.count("Spoken(")
    patterns = {"{} or {}", "{} · {}", *found}
    for known in TRANSLATIONS.values():
        assert patterns <= known.keys()
        assert [text for text in known.keys() - patterns if f'"{text}"' not in code] == []
    assert TRANSLATIONS["id"].keys() == TRANSLATIONS["es"].keys()


def reasons(call: ast.Call) -> ast.expr | None:
    """The text of a call that gives a reason for the column of problems."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "Problem":
        return next(keyword.value for keyword in call.keywords if keyword.arg == "message")
    place = REASONS.get(name)
    return call.args[place] if place is not None and len(call.args) > place else None


@pytest.mark.parametrize("room", ["core/table", "core/qualify", "core/followup"])
def test_every_reason_is_said_in_a_way_that_can_be_translated(room: str) -> None:
    for path in (ROOT / room).glob("*.py"):
        if path.name in TO_THE_TERMINAL:
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        for text in filter(None, map(reasons, calls)):
            where = f"{path.name}:{text.lineno}"
            assert not isinstance(text, ast.JoinedStr), where
            if isinstance(text, ast.Constant):
                assert text.value in TRANSLATIONS["es"], where


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


BROKEN = {
    FieldType.TEXT: [CellError("#N/A")],
    FieldType.LIST: [CellError("#N/A"), 7],
    FieldType.COUNTRY: ["Wakanda", 62, CellError("#REF!")],
    FieldType.YESNO: ["quizás", "kadang", 7, CellError("#N/A")],
    FieldType.DATE: ["nanti", "Marzo 2026", "2026-02-31", 1e9, True, "3/4/2026", "31/12/2026",
                     "12/31/2026", CellError("#VALUE!")],
    FieldType.NUMBER: ["ocho", "5-10", "< 5", "7 m2", "1.200", "1,5", CellError("#DIV/0!")],
    FieldType.MONEY: ["mahal", "5-10 jt", "> 5 jt", "5 jt / bulan", "US$ 1.200", "1.200",
                      date(2026, 1, 2), CellError("#DIV/0!")],
    FieldType.EMAIL: ["ana", "a@gmial.com", "a@b.com; c@d.com", "a @ gmail,com", 7],
    FieldType.PHONE: ["123", "nanti", "0812 3456 7890 / 0813 4567 8901", 6.28123e12, True],
}  # fmt: skip
ENGLISH = re.compile(
    r"\b(the|is|are|was|as|read|of|in|with|which|cannot|not|this|or|and|left out|number)\b"
)


@pytest.mark.parametrize("kind", FieldType)
def test_no_remark_on_a_cell_stays_english(kind: FieldType) -> None:
    """Whatever people type: only what they typed themselves is repeated as it is."""
    locale = Locale(language="id", country="ID", currency="IDR")
    for cell in BROKEN[kind]:
        together = clean_column([cell, *BROKEN[kind]], kind, locale).faults
        for _, message, _ in [*together, *clean_column([cell], kind, locale).faults]:
            assert ENGLISH.search(re.sub("“[^”]*”", "", message)), message
            for language in TRANSLATIONS:
                own = re.sub("“[^”]*”", "", said(message, language))
                assert not ENGLISH.search(own), own


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
