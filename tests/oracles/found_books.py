"""Workbooks in the likeness of real ones that were once written wrongly, or refused for nothing."""

from __future__ import annotations

import re
from pathlib import Path

from tests.oracles.leads import LAST, Builder, register, workbook
from tests.oracles.packed_books import Parts, added, repacked

BOOKS: dict[str, Builder] = {}
REFUSED = {
    "entities_in_shared_strings": ("doctype",) * 4,
    "macro_sheet": ("macro-sheet",) * 4,
    "rows_in_two_pieces": ("row-order",) * 2,
    "text_between_rows": ("bad-xml",) * 2,
    "no_cell_formats": ("no-format",) * 3,
    "general_means_a_date": ("no-format",) * 3,
    "styles_of_another_name": ("moved-parts",) * 4,
    "two_cells_with_one_address": ("cell-order",) * 2,
    "numbers_below_zero_that_look_like_dates": ("formula",),
}


@register(BOOKS)
def fewer_shared_strings_than_are_counted(path: Path) -> Path:
    """Its texts are overwritten by numbers, and the count must not fall below zero."""

    def change(parts: Parts) -> None:
        name = "xl/sharedStrings.xml"
        parts[name] = re.sub(rb' count="\d+"', b' count="2"', parts[name])

    return repacked(path, change)


@register(BOOKS)
def no_cell_formats(path: Path) -> Path:
    """A date would look like a number."""

    def change(parts: Parts) -> None:
        name = "xl/styles.xml"
        parts[name] = re.sub(rb"<cellXfs.*</cellXfs>", b"", parts[name], flags=re.DOTALL)
        for sheet in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            parts[sheet] = re.sub(rb'(<c [^>]*?) s="\d+"', rb"\1", parts[sheet])

    return repacked(path, change)


@register(BOOKS)
def general_means_a_date(path: Path) -> Path:
    """The number format 0 is redefined, so that no number would look like one."""

    def change(parts: Parts) -> None:
        name = "xl/styles.xml"
        redefined = rb'\g<0><numFmt numFmtId="0" formatCode="dd\\.mm\\.yyyy"/>'
        parts[name] = re.sub(rb"<numFmts[^>]*>", redefined, parts[name])

    return repacked(path, change)


@register(BOOKS)
def checkboxes_beside_the_new_columns(path: Path) -> Path:
    """New columns look like their neighbour, but are no checkboxes."""
    with workbook(path) as (_, sheet, __):
        sheet.write("F1", "Sudah")
        for row in range(1, LAST + 1):
            sheet.insert_checkbox(row, 5, bool(row % 2))
    return path


@register(BOOKS)
def entities_in_shared_strings(path: Path) -> Path:
    def change(parts: Parts) -> None:
        name = "xl/sharedStrings.xml"
        doctype = b'<!DOCTYPE lol [<!ENTITY lol "lol"><!ENTITY lots "&lol;&lol;">]><sst '
        parts[name] = parts[name].replace(b"<sst ", doctype).replace(b"Bandung", b"&lots;")

    return repacked(path, change)


@register(BOOKS)
def links_on_blank_cells(path: Path) -> Path:
    """openpyxl shows their addresses, which are no values."""
    with workbook(path) as (_, sheet, __):
        for row in range(1, LAST + 1):
            sheet.write_url(row, 4, f"https://example.com/{row}", string="")
    return path


@register(BOOKS)
def durations(path: Path) -> Path:
    """Where a span of time stood, a date must look like a date, and not like 46,133 days."""
    with workbook(path) as (book, sheet, _):
        sheet.write("F1", "Lama")
        for row, code in enumerate(["[h]:mm", "mm:ss", "h:mm AM/PM", "[mm]:ss.0"], 1):
            sheet.write(row, 5, 1.5, book.add_format({"num_format": code}))
    return path


@register(BOOKS)
def macro_sheet(path: Path) -> Path:
    """calamine opens no workbook with a sheet of Excel 4.0 macros."""

    def change(parts: Parts) -> None:
        kind = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
        sheet = b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>'
        added(parts, "xl/macrosheets/sheet1.xml", sheet, "application/vnd.ms-excel.macrosheet+xml",
              ("xl/workbook.xml", kind))  # fmt: skip
        number = re.search(rb'Id="(rX\d+)"', parts["xl/_rels/workbook.xml.rels"])[1]
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
            b"</sheets>", b'<sheet name="Makro" sheetId="9" r:id="%b"/></sheets>' % number
        )

    return repacked(path, change)


@register(BOOKS)
def formulas_filled_down_further_than_the_leads(path: Path) -> Path:
    """They yield nothing in rows that are not used yet, and yet these are no leads."""

    def change(parts: Parts) -> None:
        name = "xl/worksheets/sheet1.xml"
        parts[name] = parts[name].replace(b"</sheetData>", _hollow(LAST + 2, 60) + b"</sheetData>")

    return repacked(path, change)


@register(BOOKS)
def formulas_filled_down_above_and_below(path: Path) -> Path:
    def change(parts: Parts) -> None:
        name = "xl/worksheets/sheet1.xml"
        xml = re.sub(
            rb'(r="[A-E]?)([1-7])"', lambda m: b'%b%d"' % (m[1], int(m[2]) + 3), parts[name]
        )
        xml = xml.replace(b"<sheetData>", b"<sheetData>" + _hollow(1, 3))
        parts[name] = xml.replace(b"</sheetData>", _hollow(LAST + 5, 60) + b"</sheetData>")

    return repacked(path, change)


def _hollow(first: int, last: int) -> bytes:
    """Rows with a formula that yields an empty text, in both ways that Excel writes it."""
    row = b'<row r="%d"><c r="A%d" t="str"><f>IF(B%d="","",1)</f>%b</c></row>'
    values = b"<v></v>", b"<v/>"
    return b"".join(row % (n, n, n, values[n % 2]) for n in range(first, last + 1))


@register(BOOKS)
def bytes_behind_the_archive(path: Path) -> Path:
    """Some exporters put a seal there, and do not declare it as the archive's comment."""
    repacked(path, lambda _: None)
    path.write_bytes(path.read_bytes() + b'{"seal": "ZI4m3fGt"}')
    return path


@register(BOOKS)
def rows_in_two_pieces(path: Path) -> Path:
    """Each cell in a row of its own: read, but never written."""

    def change(parts: Parts) -> None:
        name = "xl/worksheets/sheet1.xml"
        parts[name] = re.sub(
            rb'(<row r="(\d)"[^>]*>)(<c .*?(?:</c>|/>))(?=<c r="B)', rb"\1\3</row>\1", parts[name]
        )

    return repacked(path, change)


@register(BOOKS)
def text_between_rows(path: Path) -> Path:
    def change(parts: Parts) -> None:
        name = "xl/worksheets/sheet1.xml"
        parts[name] = parts[name].replace(b"</row>", b"</row>>", 3)

    return repacked(path, change)


@register(BOOKS)
def styles_of_another_name(path: Path) -> Path:
    """calamine finds them by the usual name only, and would take dates for numbers."""

    def change(parts: Parts) -> None:
        parts["xl/looks.xml"] = parts.pop("xl/styles.xml")
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            parts[name] = parts[name].replace(b"styles.xml", b"looks.xml")

    return repacked(path, change)


@register(BOOKS)
def parts_at_the_root(path: Path) -> Path:
    """openpyxl looks for styles in the folder xl only, and then misses those of new cells."""

    def change(parts: Parts) -> Parts:
        for name in ("[Content_Types].xml", "_rels/.rels"):
            parts[name] = re.sub(rb'(="/?)xl/', rb"\1", parts[name])
        for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            parts[name] = re.sub(rb'(<c [^>]*?) s="\d+"', rb"\1", parts[name])
        return {name.removeprefix("xl/"): data for name, data in parts.items()}

    return repacked(path, change)


@register(BOOKS)
def east_asian_dates(path: Path) -> Path:
    """Number formats that show dates, and yet no part says so (ISO/IEC 29500-1, 18.8.30)."""
    with workbook(path) as (book, sheet, _):
        sheet.write("F1", "Sejak lagi")
        for row in range(1, LAST + 1):
            sheet.write(row, 5, 46_000 + row, book.add_format({"num_format": 26 + 5 * row}))
    return path


@register(BOOKS)
def numbers_below_zero_that_look_like_dates(path: Path) -> Path:
    """As where a formula counts the days left; calamine makes times of day of them."""
    with workbook(path) as (book, sheet, _):
        sheet.write("F1", "Sisa hari")
        for row, days in enumerate([-5, -12_345.6789, 0, -0.25, 0.75], 1):
            sheet.write(row, 5, days, book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_formula(6, 5, "=1-3", book.add_format({"num_format": "h:mm"}), -2)
    return path


@register(BOOKS)
def two_cells_with_one_address(path: Path) -> Path:
    """As a template engine writes that takes AA for A: nobody knows which of the two is meant."""

    def change(parts: Parts) -> None:
        name = "xl/worksheets/sheet1.xml"
        again = rb'\1<c r="A\2" t="inlineStr"><is><t>AA</t></is></c></row>'
        parts[name] = re.sub(rb'(<row r="(\d)".*?)</row>', again, parts[name])

    return repacked(path, change)
