"""What cells show: number formats, dates, and the customs of a locale."""

from __future__ import annotations

import pytest

from tests.support.sheets_api.entered import entered
from tests.support.sheets_api.shown import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 1024, "0.0009765625"),  # recorded
        (2, "2"),
        (42.01, "42.01"),
        (1 / 3, "0.3333333333"),
        (0.1 + 0.2, "0.3"),
        (628123456789, "628123456789"),
        (-7, "-7"),
        (1e20, "1E+20"),
        (True, "TRUE"),
        (None, ""),
        ("text", "text"),
    ],
)
def test_without_a_format(value, text):
    assert shown(value, None, "en_US") == text


@pytest.mark.parametrize(
    ("kind", "pattern", "value", "texts"),
    [
        ("", "", 1234.5, ["1234.5", "1234,5", "1234,5"]),
        ("NUMBER", "#,##0.00", 1234567.891, ["1,234,567.89", "1.234.567,89", "1.234.567,89"]),
        ("NUMBER", "0", 2.5, ["3", "3", "3"]),
        ("NUMBER", "#,##0", 0, ["0", "0", "0"]),
        ("NUMBER", "0000", 42, ["0042", "0042", "0042"]),
        ("NUMBER", "0.0;(0.0);-", -3, ["(3.0)", "(3,0)", "(3,0)"]),
        ("NUMBER", "0.0;(0.0);nol", 0, ["nol", "nol", "nol"]),
        ("PERCENT", "0.0%", 0.125, ["12.5%", "12,5%", "12,5%"]),
        ("CURRENCY", "[$Rp-421]#,##0", 15000000, ["Rp15,000,000", "Rp15.000.000", "Rp15.000.000"]),
        ("CURRENCY", '"$"#,##0.00', 100.15, ["$100.15", "$100,15", "$100,15"]),
        ("SCIENTIFIC", "0.00E+00", 12345, ["1.23E+04", "1,23E+04", "1,23E+04"]),
        ("DATE", "", 46081, ["2/28/2026", "28/02/2026", "28/2/2026"]),
        ("DATE", "yyyy-mm-dd", 46081, ["2026-02-28", "2026-02-28", "2026-02-28"]),
        ("DATE", "d mmmm yyyy", 46081, ["28 February 2026", "28 Februari 2026", "28 febrero 2026"]),
        (
            "DATE_TIME",
            "yyyy-mm-dd hh:mm",
            46081.6875,
            ["2026-02-28 16:30", "2026-02-28 16:30", "2026-02-28 16:30"],
        ),
        ("TIME", "h:mm AM/PM", 0.6875, ["4:30 PM"]),
        ("TIME", "[h]:mm", 1.5, ["36:00", "36:00", "36:00"]),
        ("TEXT", "@", 7, ["7", "7", "7"]),
    ],
)
def test_with_a_format(kind, pattern, value, texts):
    """Documented; the separators are those of Unicode CLDR."""
    form = {"type": kind, "pattern": pattern} if kind else None
    locales = ("en_US", "id_ID", "es_ES")
    found = [shown(value, form, locale) for locale in locales[: len(texts)]]
    assert found == texts


@pytest.mark.parametrize(
    ("locale", "typed", "value", "kind"),
    [
        ("en_US", "1.5", 1.5, None),
        ("id_ID", "1,5", 1.5, None),
        ("es_ES", "1.234,5", 1234.5, "NUMBER"),
        ("id_ID", "1.5", "1.5", None),
        ("en_US", "3/4/2026", 46085, "DATE"),
        ("id_ID", "3/4/2026", 46115, "DATE"),
        ("es_ES", "4 de marzo", "4 de marzo", None),
        ("id_ID", "4 Maret 2026", 46085, "DATE"),
        ("id_ID", "Rp15.000", 15000, "CURRENCY"),
        ("en_US", "2026-03-04 16:30", 46085.6875, "DATE_TIME"),
        ("en_US", "4:30 pm", 0.6875, "TIME"),
        ("en_US", "(5)", -5, None),
        ("en_US", "1e3", 1000, "SCIENTIFIC"),
        ("en_US", "2/29/2026", "2/29/2026", None),
    ],
)
def test_what_typing_makes_of_a_text(locale, typed, value, kind):
    """Known of Sheets, not recorded."""
    entry = entered(typed, locale)
    assert entry.value == value
    assert (entry.format or {}).get("type") == kind


def test_display_values_through_the_api(sheet, book):
    with book.changing() as changed:
        changed.locale = "id_ID"
    tab = book.tab("Other")
    tab.set("A1", 1500000, format={"numberFormat": {"type": "CURRENCY", "pattern": "[$Rp]#,##0"}})
    tab.set("B1", 46081, format={"numberFormat": {"type": "DATE", "pattern": "dd/mm/yyyy"}})
    tab.set("C1", 0.5)
    assert sheet.values_get("Other")["values"] == [["Rp1.500.000", "28/02/2026", "0,5"]]
    raw = sheet.values_get("Other", params={"valueRenderOption": "UNFORMATTED_VALUE"})
    assert raw["values"] == [[1500000, 46081, 0.5]]
    fields = {"fields": "sheets.data.rowData.values.formattedValue", "ranges": "Other"}
    cells = sheet.client.spreadsheets_get(sheet.id, fields)["sheets"][0]["data"][0]["rowData"][0]
    assert [cell["formattedValue"] for cell in cells["values"]] == [
        "Rp1.500.000",
        "28/02/2026",
        "0,5",
    ]
