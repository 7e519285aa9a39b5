"""Draw the sample workbook, ``sheetcrm/sample/leads.xlsx``: ``python tools/make_sample.py``.

The same leads always give the same bytes (on one version of zlib): the workbook has a fixed
creation date, and every formula cell carries its value, as if Excel had saved it.
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from statistics import mean
from typing import TypeAlias

import logo
from sample_leads import CITIES, HEADERS, LEADS, STATUSES, Cell
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Formats: TypeAlias = dict[str, Format]

TARGET = Path(__file__).parents[1] / "sheetcrm" / "sample" / "leads.xlsx"
SAVED = datetime(2026, 11, 20, 16, 30)  # noqa: DTZ001 — a workbook's dates have no zone

HEADER_ROW = 3  #: from 0: two title rows and a blank one stand above
LAST_ROW = HEADER_ROW + len(LEADS)
SPARE_ROW = 499  #: validation and colours reach down to here, for leads to come

INK, TEAL, PALE = "#1F2D33", "#0F4C5C", "#E4EEF0"
STATUS_COLOURS = {
    "New": ("#E8EDF2", "#44546A"),
    "Contacted": ("#DCEBFA", "#1F5F99"),
    "Interested": ("#FFF2CC", "#7F6000"),
    "Quote sent": ("#FCE4D0", "#9C4A06"),
    "Not now": ("#EAE3F3", "#5B3F8C"),
    "Not interested": ("#F4D9D9", "#9C1F1F"),
    "Won": ("#DDF0DD", "#1E6B34"),
}
# Header → width in characters and the format of its cells.
COLUMNS = {
    "Name": (23, "strong"),
    "Company": (25, "text"),
    "Role": (16, "text"),
    "Email": (34, "text"),
    "Phone": (18, "digits"),
    "City": (17, "text"),
    "Country": (11, "text"),
    "Interest": (18, "text"),
    "Need": (37, "text"),
    "Budget": (17, "rupiah"),
    "Timeline": (10, "days"),
    "Last contact": (20, "date"),
    "Last activity": (13, "text"),
    "Status": (14, "middle"),
    "Purchases": (11, "middle"),
    "Lost reason": (25, "text"),
    "Follow up on": (17, "date"),
    "Language": (10, "middle"),
    "Replied": (9, "middle"),
    "Owner": (9, "text"),
    "Saving / year": (16, "rupiah"),
    "Notes": (40, "text"),
}
UNKNOWN = "–"  # not "": XlsxWriter takes an empty value for one that is not calculated yet
BUDGET = "Leads[[#This Row],[Budget]]"  # as Excel saves what people type as [@Budget]
SAVING = f'=IF(ISNUMBER({BUDGET}),ROUND({BUDGET}*12%,-5),"{UNKNOWN}")'


def main(arguments: Sequence[str]) -> int:
    """Write the workbook to the path given, or to its place in the package."""
    target = Path(arguments[0]) if arguments else TARGET
    with Workbook(str(target), _OPTIONS) as book:
        book.set_size(2400, 1400)
        book.set_properties({"title": "Leads", "author": "Surya Atap", "created": SAVED})
        formats = _formats(book)
        leads, cities, dashboard = map(book.add_worksheet, ("Leads", "Cities", "Dashboard"))
        _draw_leads(book, leads, formats)
        _draw_cities(cities, formats)
        _draw_dashboard(book, dashboard, formats)
    print(f"{target}: {len(LEADS)} leads, {len(CITIES)} cities")
    return 0


_OPTIONS = {
    "strings_to_formulas": False,  # a lead may be named "=1+1"
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": "Arial", "font_size": 10, "font_color": INK},
}


def _formats(book: Workbook) -> Formats:
    line = {"bottom": 1, "bottom_color": "#D5DEE2", "valign": "vcenter"}
    kinds = {
        "text": {},
        "strong": {"bold": True},
        "middle": {"align": "center"},
        "digits": {"num_format": "0", "align": "left"},
        "days": {"num_format": '0 "days"', "align": "right"},
        "date": {"num_format": "dd mmm yyyy", "align": "left", "indent": 1},
        "rupiah": {"num_format": '"Rp" #,##0', "align": "right"},
    }
    formats = {name: book.add_format(line | more) for name, more in kinds.items()}
    head = line | {"bold": True, "font_color": "#FFFFFF", "bg_color": TEAL}
    for name, more in kinds.items():
        placed = {key: more[key] for key in ("align", "indent") if key in more}
        formats[f"{name} header"] = book.add_format(head | placed)
    formats["title"] = book.add_format(
        {"bold": True, "font_size": 18, "font_color": TEAL, "valign": "vcenter"}
    )
    formats["note"] = book.add_format({"italic": True, "font_color": "#5F7178", "valign": "top"})
    formats["figure"] = book.add_format(
        {"bold": True, "font_size": 14, "num_format": "#,##0", "align": "right"} | line
    )
    formats["overdue"] = book.add_format({"font_color": "#C00000", "bold": True})
    return formats


def _draw_leads(book: Workbook, sheet: Worksheet, formats: Formats) -> None:
    """The tab of leads: title, table, colours, list of statuses, hidden notes, page setup."""
    _draw_title(sheet, formats)
    _draw_table(sheet, formats)
    _colour_statuses(book, sheet, formats)
    status = HEADERS.index("Status")
    sheet.data_validation(
        HEADER_ROW + 1, status, SPARE_ROW, status,
        {
            "validate": "list", "source": list(STATUSES),
            "error_title": "Status", "error_message": "Please pick one from the list.",
        },
    )  # fmt: skip
    sheet.write_comment(
        HEADER_ROW, HEADERS.index("Budget"),
        "Rupiah, please. If the lead names another currency, type it as they wrote it.",
        {"author": "", "x_scale": 1.6},
    )  # fmt: skip
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    _set_page(sheet)


def _draw_title(sheet: Worksheet, formats: Formats) -> None:
    sheet.set_row(0, 30)
    sheet.set_row(1, 24)
    sheet.set_row(HEADER_ROW, 26)
    sheet.write_string(0, 1, "Surya Atap · leads", formats["title"])
    sheet.write_string(
        1, 1, "Solar roofs, EV chargers and batteries. One row for each person.",
        formats["note"],
    )  # fmt: skip
    image = {
        "image_data": io.BytesIO(logo.png()),
        "x_offset": 8, "y_offset": 4, "x_scale": 0.66, "y_scale": 0.66,
        "description": "Logo of Surya Atap: a sun over a roof", "object_position": 3,
    }  # fmt: skip
    sheet.insert_image(0, 0, "logo.png", image)


def _draw_table(sheet: Worksheet, formats: Formats) -> None:
    for place, header in enumerate(HEADERS):
        width, kind = COLUMNS[header]
        sheet.set_column(place, place, width, None, {"hidden": header == "Notes"})
        for row, lead in enumerate(_rows(), start=HEADER_ROW + 1):
            _write(sheet, row, place, lead[place], formats[kind])
    columns = [
        {"header": header, "header_format": formats[f"{COLUMNS[header][1]} header"]}
        for header in HEADERS
    ]
    columns[HEADERS.index("Saving / year")] |= {"formula": SAVING}
    # The table would write a 0 as the value of every formula, so our own cells come after it.
    sheet.add_table(
        HEADER_ROW, 0, LAST_ROW, len(HEADERS) - 1,
        {"name": "Leads", "style": "Table Style Medium 7", "columns": columns},
    )  # fmt: skip
    _write_savings(sheet, formats["rupiah"])
    for row in range(HEADER_ROW + 1, LAST_ROW + 1):
        sheet.set_row(row, 18)


def _rows() -> list[tuple[Cell, ...]]:
    """The leads with an empty place for the formula column."""
    place = HEADERS.index("Saving / year")
    return [(*lead[:place], None, *lead[place:]) for lead in LEADS]


def _write(sheet: Worksheet, row: int, column: int, value: Cell, style: Format) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, style)
        case date():
            sheet.write_datetime(row, column, value, style)
        case int():
            sheet.write_number(row, column, value, style)
        case str():
            sheet.write_string(row, column, value, style)


def _write_savings(sheet: Worksheet, style: Format) -> None:
    """What the roof saves in a year: 12 % of the budget, where that is a number."""
    source, place = HEADERS.index("Budget"), HEADERS.index("Saving / year")
    for row, lead in enumerate(_rows(), start=HEADER_ROW + 1):
        budget = lead[source]
        value = (
            (budget * 12 + 5_000_000) // 10_000_000 * 100_000 if type(budget) is int else UNKNOWN
        )
        sheet.write_formula(row, place, SAVING, style, value)


def _colour_statuses(book: Workbook, sheet: Worksheet, formats: Formats) -> None:
    """A colour for each status, and red for a promised follow-up that is overdue."""
    first, status = HEADER_ROW + 1, HEADERS.index("Status")
    for name, (fill, ink) in STATUS_COLOURS.items():
        style = book.add_format({"bg_color": fill, "font_color": ink})
        rule = {"type": "cell", "criteria": "==", "value": f'"{name}"', "format": style}
        sheet.conditional_format(first, status, SPARE_ROW, status, rule)
    promised = HEADERS.index("Follow up on")
    cell = f"${xl_col_to_name(promised)}{first + 1}"
    rule = {
        "type": "formula",
        "criteria": f"=AND(ISNUMBER({cell}),{cell}<TODAY())",
        "format": formats["overdue"],
    }
    sheet.conditional_format(first, promised, SPARE_ROW, promised, rule)


def _set_page(sheet: Worksheet, *, paper: int = 8) -> None:
    """Landscape, one page wide; paper 8 is A3, 9 is A4."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.hide_gridlines(2)
    if sheet.get_name() == "Leads":
        sheet.repeat_rows(HEADER_ROW)


def _draw_cities(sheet: Worksheet, formats: Formats) -> None:
    """The lookup table that rules may use as ``Cities[Points]``."""
    headers = {"City": "strong", "Points": "middle", "Region": "text"}
    for row, city in enumerate(CITIES, start=1):
        for column, (value, kind) in enumerate(zip(city, headers.values(), strict=True)):
            _write(sheet, row, column, value, formats[kind])
    columns = [
        {"header": header, "header_format": formats[f"{kind} header"]}
        for header, kind in headers.items()
    ]
    sheet.add_table(
        0, 0, len(CITIES), len(headers) - 1,
        {"name": "Cities", "style": "Table Style Medium 7", "columns": columns},
    )  # fmt: skip
    sheet.set_column("A:A", 24)
    sheet.set_column("B:B", 10)
    sheet.set_column("C:C", 16)
    sheet.freeze_panes(1, 0)
    _set_page(sheet, paper=9)


def _draw_dashboard(book: Workbook, sheet: Worksheet, formats: Formats) -> None:
    """Three figures, leads per status, and a chart of them."""
    sheet.set_column("A:A", 22)
    sheet.set_column("B:B", 18)
    sheet.set_column("C:C", 4)
    sheet.set_row(0, 32)
    sheet.write_string("A1", "Where our leads stand", formats["title"])
    _write_figures(sheet, formats)
    _write_counts(sheet, formats)
    sheet.insert_chart("D3", _chart(book))
    _set_page(sheet, paper=9)


def _write_figures(sheet: Worksheet, formats: Formats) -> None:
    budgets = [value for lead in LEADS if type(value := lead[HEADERS.index("Budget")]) is int]
    figures = (
        ("Leads", "=ROWS(Leads[Name])", len(LEADS)),
        ("Budget, in rupiah", "=SUM(Leads[Budget])", sum(budgets)),
        ("Average budget", "=ROUND(AVERAGE(Leads[Budget]),-6)", round(mean(budgets), -6)),
    )
    for row, (label, formula, value) in enumerate(figures, start=2):
        sheet.set_row(row, 24)
        sheet.write_string(row, 0, label, formats["text"])
        sheet.write_formula(row, 1, formula, formats["figure"], value)


def _write_counts(sheet: Worksheet, formats: Formats) -> None:
    counts = Counter(lead[HEADERS.index("Status")] for lead in LEADS)
    sheet.write_string(6, 0, "Status", formats["text header"])
    sheet.write_string(6, 1, "Leads", formats["middle header"])
    for row, status in enumerate(STATUSES, start=7):
        sheet.write_string(row, 0, status, formats["text"])
        formula = f"=COUNTIF(Leads[Status],A{row + 1})"
        sheet.write_formula(row, 1, formula, formats["middle"], counts[status])


def _chart(book: Workbook) -> object:
    chart = book.add_chart({"type": "bar"})
    first, last = 7, 6 + len(STATUSES)
    font = {"name": "Arial", "size": 10, "color": INK}
    chart.add_series(
        {
            "name": "Leads per status",
            "categories": ["Dashboard", first, 0, last, 0],
            "values": ["Dashboard", first, 1, last, 1],
            "fill": {"color": TEAL},
            "data_labels": {"value": True, "font": font},
            "gap": 45,
        }
    )
    chart.set_title({"name": "Leads per status", "name_font": font | {"size": 13}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_y_axis({"reverse": True, "line": {"none": True}, "num_font": font})
    chart.set_chartarea({"border": {"color": PALE}})
    chart.set_size({"width": 620, "height": 380})
    return chart


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
