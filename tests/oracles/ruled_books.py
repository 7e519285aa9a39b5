"""Workbooks with rules and settings: formats, validations, tables, filters, protection, pages."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from tests.oracles.leads import HEADERS, LAST, PEOPLE, Builder, register, workbook

BOOKS: dict[str, Builder] = {}
_DATA = f"A2:E{LAST + 1}"
_MONEY = f"C2:C{LAST + 1}"


@register(BOOKS)
def conditional_formats(path: Path) -> Path:
    with workbook(path) as (book, sheet, _):
        red = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        for rule in (
            {"type": "data_bar", "data_bar_2010": True, "bar_axis_color": "#0070C0"},
            {"type": "data_bar"}, {"type": "2_color_scale"}, {"type": "3_color_scale"},
            {"type": "icon_set", "icon_style": "3_traffic_lights"},
            {"type": "icon_set", "icon_style": "5_ratings", "reverse_icons": True},
            {"type": "cell", "criteria": ">", "value": 100, "format": red},
            {"type": "cell", "criteria": "between", "minimum": 1, "maximum": "=$C$2", "format": red},
            {"type": "text", "criteria": "containing", "value": "a&b", "format": red},
            {"type": "date", "criteria": "greater than", "value": date(2026, 1, 1), "format": red},
            {"type": "time_period", "criteria": "last week", "format": red},
            {"type": "average", "criteria": "above", "format": red},
            {"type": "duplicate", "format": red}, {"type": "unique", "format": red},
            {"type": "top", "value": 10, "criteria": "%", "format": red},
            {"type": "bottom", "value": 2, "format": red, "stop_if_true": True},
            {"type": "blanks", "format": red}, {"type": "no_errors", "format": red},
            {"type": "formula", "criteria": "=$C2>$C$3", "format": red},
        ):  # fmt: skip
            sheet.conditional_format(_MONEY, rule)
    return path


@register(BOOKS)
def validations(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        other.write_column("D1", ["Bandung", "Bogotá", "Malang"])
        for column, rule in enumerate((
            {"validate": "list", "source": ["Bandung", "Bogotá"], "input_title": "Kota"},
            {"validate": "list", "source": "='Lain & lain'!$D$1:$D$3", "error_type": "warning"},
            {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": 10**6},
            {"validate": "decimal", "criteria": ">", "value": 0.5},
            {"validate": "date", "criteria": ">", "value": date(2020, 1, 1)},
            {"validate": "time", "criteria": "<", "value": datetime(1900, 1, 1, 12).time()},
            {"validate": "length", "criteria": "<", "value": 20, "error_message": "Terlalu <panjang>"},
            {"validate": "custom", "value": '=AND($C2>0,$A2<>"")'},
            {"validate": "any", "input_title": "Isi", "input_message": "apa saja"},
        )):  # fmt: skip
            sheet.data_validation(1, column, LAST, column, rule)
    return path


def _table(sheet, **options) -> None:
    columns = [{"header": header} for header in HEADERS]
    sheet.add_table(
        0, 0, LAST, len(HEADERS) - 1, {"columns": columns, "name": "Prospek", **options}
    )


@register(BOOKS)
def table(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        _table(sheet, style="Table Style Medium 4", first_column=True, banded_columns=True)
    return path


@register(BOOKS)
def table_with_totals_and_calculated_column(path: Path) -> Path:
    with workbook(path) as (book, sheet, _):
        money = book.add_format({"num_format": "#,##0"})
        columns = [{"header": header} for header in [*HEADERS, "Dua <kali>"]]
        columns[0]["total_string"] = "Semua"
        columns[2] |= {"total_function": "sum", "total_value": 1, "format": money}
        columns[5]["formula"] = "=[@Anggaran]*2"
        sheet.add_table(0, 0, LAST + 1, 5, {"columns": columns, "total_row": True})
        for row, person in enumerate(PEOPLE, 1):
            sheet.write_formula(row, 5, "=Table1[[#This Row],[Anggaran]]*2", None, person[2] * 2)
        sheet.write("A20", "di bawah tabel")
    return path


@register(BOOKS)
def table_without_filter(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        _table(sheet, autofilter=False, style=None)
    return path


@register(BOOKS)
def two_tables(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        _table(sheet)
        other.add_table("A1:B2", {"columns": [{"header": "Kota"}, {"header": "Nilai"}]})
        sheet.add_table("A20:B22", {"name": "Lain"})
    return path


@register(BOOKS)
def filter_with_conditions(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        sheet.autofilter(0, 0, LAST, len(HEADERS) - 1)
        sheet.filter_column("C", "x > 50 and x < 2000")
        sheet.filter_column_list("B", ["Bogotá", "Blanks"])
        for row, person in enumerate(PEOPLE, 1):
            if not 50 < person[2] < 2000:
                sheet.set_row(row, None, None, {"hidden": True})
        other.autofilter("A1:B2")
    return path


@register(BOOKS)
def outlines(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        for row in range(1, LAST):
            sheet.set_row(row, 20, None, {"level": 1 + row % 2, "hidden": row > 3})
        sheet.set_row(LAST, None, None, {"collapsed": True})
        sheet.set_column("B:C", 12, None, {"level": 1})
        sheet.set_column("D:D", 3, None, {"collapsed": True})
        sheet.outline_settings(True, False, False, True)
    return path


@register(BOOKS)
def hidden_and_sized(path: Path) -> Path:
    with workbook(path) as (book, sheet, other):
        italic = book.add_format({"italic": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        sheet.set_column("C:XFD", 9.5, italic)
        sheet.set_row(2, 40, italic)
        sheet.set_row(3, 0)
        sheet.set_default_row(22)
        sheet.hide_row_col_headers()
        sheet.right_to_left()
        sheet.set_tab_color("#FF9900")
        other.very_hidden()
    return path


@register(BOOKS)
def merged_cells_and_rich_texts(path: Path) -> Path:
    with workbook(path) as (book, sheet, _):
        bold, italic = book.add_format({"bold": True}), book.add_format({"italic": True})
        sheet.merge_range("A10:C11", "gabungan", bold)
        sheet.merge_range("G1:H1", "judul", bold)
        sheet.write_rich_string("A13", bold, "tebal ", italic, "miring", " biasa")
        sheet.write_rich_string("E3", "sangat ", bold, "panas")
        sheet.write_url("A14", "https://example.com/a?b=c&d=e", string="kami", tip="klik")
        sheet.write_url("A15", "internal:'Lain & lain'!A1")
        sheet.write_url("A16", "mailto:sari@example.com")
        sheet.write_url("A17", "external:c:\\temp\\lain.xlsx#Sheet1!A1")
        sheet.ignore_errors({"number_stored_as_text": "A1:A9", "eval_error": "B1:B2"})
    return path


@register(BOOKS)
def formulas(path: Path) -> Path:
    with workbook(path) as (book, sheet, other):
        sheet.write("F1", "Dua")
        for row, person in enumerate(PEOPLE, 1):
            sheet.write_formula(row, 5, f"=C{row + 1}*2", None, person[2] * 2)
        other.write_array_formula("D1:D3", "{=Prospek!C2:C4*2}", None, 10)
        other.write_dynamic_array_formula("F1:F3", "=SORT(Prospek!A2:A4)", None, "Ann")
        other.write_formula("H1", '=IF(Prospek!C2>1,"ya","tidak")', None, "ya")
        other.write_formula("H2", "=1/0", None, "#DIV/0!")
        other.write_formula("H3", "=LET(x,2,LAMBDA(y,y*x)(3))", None, 6)
        other.write_boolean("H4", True)
        book.define_name("Anggaran", f"=Prospek!$C$2:$C${LAST + 1}")
        book.define_name("'Lain & lain'!Lokal", "='Lain & lain'!$A$1")
        book.define_name("Pajak", "=0.11")
        book.set_calc_mode("auto_except_tables")
    return path


@register(BOOKS)
def formulas_over_whole_rows(path: Path) -> Path:
    """They read what we write, so the workbook must be calculated anew."""
    with workbook(path) as (_, __, other):
        other.write_formula("D1", "=COUNTA(Prospek!2:2)", None, 5)
        other.write_formula("D2", "=SUM(Prospek!F:F)", None, 0)
    return path


@register(BOOKS)
def array_beside_the_leads(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        sheet.write("F1", "Array")
        sheet.write_array_formula(1, 5, LAST, 5, "{=C2:C7*2}", None, 1)
    return path


@register(BOOKS)
def dates_from_1904(path: Path) -> Path:
    with workbook(path, {"date_1904": True}):
        return path


@register(BOOKS)
def protected(path: Path) -> Path:
    with workbook(path) as (_, sheet, __):
        sheet.protect("rahasia", {"sort": True, "autofilter": True})
        sheet.unprotect_range("A1:B2", "boleh")
    return path


@register(BOOKS)
def protected_elsewhere(path: Path) -> Path:
    with workbook(path) as (book, _, other):
        other.protect("", {"objects": True})
        book.read_only_recommended()
    return path


@register(BOOKS)
def pages(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        sheet.print_area(0, 0, LAST, 4)
        sheet.repeat_rows(0)
        sheet.repeat_columns("A:B")
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_h_pagebreaks([3, 5])
        sheet.set_v_pagebreaks([2])
        sheet.set_header("&LProspek & lain&R&D", {"scale_with_doc": False})
        sheet.set_footer("&CHalaman &P")
        sheet.center_horizontally()
        sheet.print_row_col_headers()
        other.set_landscape()
        other.set_print_scale(75)
    return path


@register(BOOKS)
def panes(path: Path) -> Path:
    with workbook(path) as (_, sheet, other):
        sheet.freeze_panes(1, 1, 3, 2)
        sheet.set_selection("B3:C4")
        sheet.set_top_left_cell("A2")
        other.split_panes(15, 8.43)
        other.set_zoom(150)
        other.set_first_sheet()
    return path


@register(BOOKS)
def properties(path: Path) -> Path:
    with workbook(path) as (book, _, __):
        book.set_properties({"title": "Prospek", "author": "Tim", "keywords": "a & b"})
        book.set_custom_property("Diperiksa", datetime(2026, 11, 1, 9))
        book.set_custom_property("Nomor", 42)
        book.set_custom_property("Selesai", value=False)
        book.set_size(2400, 1200)
    return path


@register(BOOKS)
def fonts_and_formats(path: Path) -> Path:
    with workbook(path) as (book, sheet, other):
        for row, code in enumerate(
            ["0.00%", '"Rp" #,##0;[Red]-#,##0', "@", "[h]:mm", "# ?/?", "General"]
        ):
            look = book.add_format({
                "num_format": code, "font_name": "Courier New", "border": row, "rotation": row * 10,
                "font_color": {0: "theme"}.get(row, "#00AA00") if row else "#112233",
                "pattern": row + 1, "locked": False, "text_wrap": True, "indent": row,
                "font_strikeout": True, "font_script": 1 + row % 2, "quote_prefix": True,
            })  # fmt: skip
            other.write(row, 4, 1.5, look)
            sheet.write(row + 1, 5, row / 3, look)
        sheet.write(0, 5, "Nilai")
    return path


@register(BOOKS)
def row_formats(path: Path) -> Path:
    """Whole rows are coloured, so new cells in them are, too."""
    with workbook(path) as (book, sheet, _):
        for row in range(1, LAST + 1):
            sheet.set_row(row, None, book.add_format({"bg_color": f"#FF{row:02X}EE"}))
    return path
