"""Workbooks with what floats above the cells: charts, pictures, shapes, notes, controls."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from tests.adapters.excel.excel_books import dot
from tests.oracles.leads import LAST, Builder, register, workbook

BOOKS: dict[str, Builder] = {}

_VALUES = f"=Prospek!$C$2:$C${LAST + 1}"
_NAMES = f"=Prospek!$A$2:$A${LAST + 1}"
CHARTS = [
    ("area", ""), ("area", "stacked"), ("area", "percent_stacked"), ("bar", ""),
    ("bar", "stacked"), ("bar", "percent_stacked"), ("column", ""), ("column", "stacked"),
    ("column", "percent_stacked"), ("line", ""), ("line", "stacked"), ("line", "percent_stacked"),
    ("pie", ""), ("doughnut", ""), ("scatter", ""), ("scatter", "straight_with_markers"),
    ("scatter", "straight"), ("scatter", "smooth_with_markers"), ("scatter", "smooth"),
    ("radar", ""), ("radar", "with_markers"), ("radar", "filled"),
]  # fmt: skip


def _chart(book, kind: str, subtype: str = ""):
    chart = book.add_chart({"type": kind, **({"subtype": subtype} if subtype else {})})
    labels = {"value": True, "category": True, "custom": [{"value": "=Prospek!$A$2"}]}
    chart.add_series(
        {"name": "=Prospek!$C$1", "categories": _NAMES, "values": _VALUES, "data_labels": labels}
    )
    chart.set_title({"name": "Anggaran & niat"})
    return chart


@register(BOOKS)
def charts(path: Path) -> Path:
    with workbook(path) as (book, sheet, other):
        for place, (kind, subtype) in enumerate(CHARTS):
            to = sheet if place % 2 else other
            to.insert_chart(20 + place * 16, 8, _chart(book, kind, subtype))
    return path


@register(BOOKS)
def chart_details(path: Path) -> Path:
    with workbook(path) as (book, sheet, _):
        column, line = _chart(book, "column"), _chart(book, "line")
        line.add_series({
            "values": _VALUES, "y2_axis": True, "trendline": {"type": "linear"},
            "y_error_bars": {"type": "standard_error"}, "marker": {"type": "diamond"},
        })  # fmt: skip
        column.combine(line)
        column.set_x_axis({"date_axis": True, "num_format": "dd/mm", "label_position": "low"})
        column.set_y_axis({"log_base": 10, "major_gridlines": {"visible": True}})
        column.set_table({"show_keys": True})
        column.set_chartarea({"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "red"}})
        column.set_plotarea({"gradient": {"colors": ["#FFEFD1", "#F0EBD5"]}})
        sheet.insert_chart("I2", column, {"object_position": 3, "decorative": True})
        stock = book.add_chart({"type": "stock"})
        for _ in range(3):
            stock.add_series({"categories": f"=Prospek!$D$2:$D${LAST + 1}", "values": _VALUES})
        stock.set_high_low_lines()
        sheet.insert_chart("I40", stock)
    return path


@register(BOOKS)
def chartsheets(path: Path) -> Path:
    with workbook(path) as (book, _, __):
        for name in ("Diagram", "Otro"):
            tab = book.add_chartsheet(name)
            tab.set_chart(_chart(book, "pie"))
            tab.set_landscape()
    return path


@register(BOOKS)
def chartsheet_before_the_leads(path: Path) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        book.add_chartsheet("Diagram").set_chart(_chart(book, "column"))
        sheet = book.add_worksheet("Prospek")
        sheet.write_row(0, 0, ["Nama", "Kota", "Anggaran"])
        for row in range(1, LAST + 1):
            sheet.write_row(row, 0, [f"Orang {row}", "Bandung", row * 10])
        sheet.activate()
    return path


@register(BOOKS)
def sparklines(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        for row, kind in enumerate(["line", "column", "win_loss"], 1):
            options = {"range": f"C2:C{LAST + 1}", "type": kind, "markers": True, "axis": True}
            sheet.add_sparkline(row, 15, options)
        places = {"location": ["Q2", "Q3", "Q4"], "range": ["B2:C2", "B3:C3", "B4:C4"]}
        sheet.add_sparkline("Q2", places)
    return path


@register(BOOKS)
def pictures(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        for row in range(3):
            options = {
                "image_data": BytesIO(dot()), "object_position": row + 1, "x_scale": 20,
                "url": "https://example.com/", "tip": "klik", "description": "titik",
            }  # fmt: skip
            sheet.insert_image(row * 5 + 2, 9, f"dot{row}.png", options)
        sheet.set_background(BytesIO(dot()))
        other.embed_image("D4", "dot.png", {"image_data": BytesIO(dot())})
    return path


@register(BOOKS)
def pictures_in_cells_of_the_leads(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        sheet.write("F1", "Foto")
        for row in range(1, LAST + 1):
            sheet.embed_image(row, 5, "dot.png", {"image_data": BytesIO(dot())})
    return path


@register(BOOKS)
def header_pictures(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        picture = {"image_left": "dot.png", "image_data_left": BytesIO(dot())}
        sheet.set_header('&L&G&C&"Arial,Bold"Prospek &D', picture)
        sheet.set_footer(
            "&R&G&CHalaman &P / &N", {"image_right": "dot.png", "image_data_right": BytesIO(dot())}
        )
    return path


@register(BOOKS)
def shapes(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        sheet.insert_textbox(
            "I3", "Hubungi <dulu>\nyang panas", {"gradient": {"colors": ["red", "blue"]}}
        )
        sheet.insert_textbox(
            "I12", "", {"textlink": "=$A$2", "rotation": 45, "url": "internal:Prospek!A1"}
        )
    return path


@register(BOOKS)
def controls(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        sheet.insert_button("I3", {"macro": "say_hello", "caption": "Tekan", "width": 80})
        sheet.write("F1", "Sudah")
        for row in range(1, LAST + 1):
            sheet.insert_checkbox(row, 5, bool(row % 2))
    return path


@register(BOOKS)
def notes(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        sheet.set_comments_author("Rina")
        for row in range(1, LAST + 1):
            sheet.write_comment(
                row, 0, f"ditelepon {row}×", {"visible": row == 2, "color": "#FFEE99"}
            )
        sheet.show_comments()
        other.write_comment("A1", "x" * 2000)
    return path


@register(BOOKS)
def macros(path: Path) -> Path:
    with workbook(path.with_suffix(".xlsm")) as (book, sheet, _):
        book.set_vba_name("ThisWorkbook")
        sheet.set_vba_name("Sheet1")
        book.add_vba_project(BytesIO(vba_project()), True)
        sheet.insert_button("I3", {"macro": "say_hello"})
    return path.with_suffix(".xlsm")


@register(BOOKS)
def signed_macros(path: Path) -> Path:
    """The signature is of the macros only, and stays true."""
    with workbook(path.with_suffix(".xlsm")) as (book, _, __):
        book.add_signed_vba_project(BytesIO(vba_project()), BytesIO(b"\x30\x82" * 50), True, True)
    return path.with_suffix(".xlsm")


def vba_project() -> bytes:
    """Bytes in the place of macros: nothing that reads only the sheets looks into them."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20


def has_part(path: Path, end: str) -> bool:
    """Whether a workbook holds a part whose name contains `end`: that builders do their work."""
    with ZipFile(path) as archive:
        return any(end in name for name in archive.namelist())
