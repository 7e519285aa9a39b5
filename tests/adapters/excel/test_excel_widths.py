"""New columns are as wide as they need to be, and nobody's own widths are touched."""

from __future__ import annotations

import re
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel import ExcelSource, markup, verify, write_cells
from sheetcrm.adapters.excel.growth import NewColumns
from sheetcrm.adapters.excel.widths import added_widths, fitting_widths, without_widths
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceRefusedError
from tests.adapters.excel.excel_books import parts

SHEET = "xl/worksheets/sheet1.xml"
WHY = "+20 target city · +15 budget · unknown: timing"
# CT_Worksheet of ISO/IEC 29500-1, annex A, as far as its head goes
ORDER = ["sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData"]


def leads(path, *columns):
    """Three leads in A1:B4, and these columns set up: first, last, width, options."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_column(0, 0, ["Name", "Sari", "Iván", "Ann"])
        sheet.write_column(0, 1, ["Budget", 1, 2, 3])
        sheet.autofilter(0, 0, 3, 1)
        sheet.freeze_panes(1, 0)
        for first, last, width, options in columns:
            sheet.set_column(first, last, width, None, options)
    return path


def fill(path, values):
    source = ExcelSource("x", path)
    tab = source.read(("Name",))
    edits = [
        Edit(lead=str(row), row=row, header=header, before=None, after=value)
        for header, value in values.items()
        for row in tab.rows
    ]
    return source.write(tab, edits, append=[name for name in values if name not in tab.headers])


def widths_of(path):
    """(first, last) → width, as the sheet says."""
    found = re.findall(rb'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', parts(path)[SHEET])
    return {(int(first), int(last)): float(width) for first, last, width in found}


def head_of(path):
    """What stands before the rows, without the dimension, which always grows."""
    head = parts(path)[SHEET].partition(b"<sheetData>")[0]
    return re.sub(rb"<dimension[^>]*>", b"", head)


def test_width_follows_header_and_values(tmp_path):
    path = leads(tmp_path / "leads.xlsx")
    values = {"Q": 1, "Next question": None, "Why": WHY, "Long": "x" * 99,
              "Due": date(2026, 11, 24)}  # fmt: skip
    fill(path, values)
    expected = [8.0, 15 * 1.15 + 1, len(WHY) * 1.15 + 1, 60.0, 12.5]
    assert list(widths_of(path).values()) == pytest.approx(expected, abs=0.06)
    assert list(widths_of(path)) == [(column, column) for column in range(3, 8)]


def test_dates_are_short_where_they_fit_and_narrow_elsewhere(tmp_path):
    path = leads(tmp_path / "leads.xlsx")
    fill(path, {"Due": date(2026, 11, 24)})
    write_cells(path, "Leads", {"B2": date(2026, 11, 24)})
    sheet = openpyxl.load_workbook(path)["Leads"]
    assert (sheet["C2"].number_format, sheet["B2"].number_format) == ("mm-dd-yy", "d-mmm-yy")


@pytest.mark.parametrize(
    "columns", [[], [(0, 0, 30, {})], [(0, 0, 30, {}), (8, 8, 20, {})], [(6, 9, None, {})]]
)
def test_head_keeps_the_order_of_the_schema(tmp_path, columns):
    path = leads(tmp_path / "leads.xlsx", *columns)
    before = widths_of(path)
    fill(path, {"Score": 1, "Why": WHY})
    root = markup.parse(parts(path)[SHEET])
    places = [ORDER.index(child.name) for child in root.children if child.name in ORDER]
    assert places == sorted(set(places))
    assert [child.name for child in root.children].count("cols") == 1
    found = widths_of(path)
    flat = [end for reach in found for end in reach]
    assert flat == sorted(flat)
    assert set(found) == {*before, (3, 3), (4, 4)}
    assert before.items() <= found.items()


def test_width_that_a_column_has_is_kept(tmp_path):
    path = leads(tmp_path / "leads.xlsx", (3, 16_383, 4, {}))
    before = widths_of(path)
    fill(path, {"Score": 1, "Why": WHY})
    assert widths_of(path) == {**before, (3, 3): 9.05}
    everywhere = leads(tmp_path / "all.xlsx", (0, 16_383, 4, {}))
    head = head_of(everywhere)
    fill(everywhere, {"Score": 1, "Why": WHY})
    assert head_of(everywhere) == head


def test_head_stays_where_no_column_is_new(tmp_path):
    path = leads(tmp_path / "leads.xlsx", (0, 0, 30, {}))
    fill(path, {"Score": 1, "Why": WHY})
    head = head_of(path)
    fill(path, {"Score": 2, "Why": "a reason that is very much longer than the one before " * 2})
    assert head_of(path) == head
    untouched = leads(tmp_path / "seam.xlsx")
    head = head_of(untouched)
    write_cells(untouched, "Leads", {"B2": WHY})
    assert head_of(untouched) == head


@pytest.mark.parametrize(
    ("wrong", "right"),
    [(b'width="9.05"', b'width="9.5"'), (b'min="3" max="3"', b'min="3" max="4"'),
     (b"</cols>", b'<col min="9" max="9" width="8" customWidth="1"/></cols>')],
)  # fmt: skip
def test_any_other_change_of_the_head_is_noticed(tmp_path, monkeypatch, wrong, right):
    path = leads(tmp_path / "leads.xlsx")
    before = path.read_bytes()
    real = verify.SheetStream

    def tampered(chunks, *, careful):
        return real([b"".join(chunks).replace(wrong, right)], careful=careful)

    monkeypatch.setattr(verify, "SheetStream", tampered)
    with pytest.raises(SourceRefusedError, match="outside its rows"):
        fill(path, {"Score": 1})
    assert path.read_bytes() == before


@st.composite
def heads(draw):
    """A sheet without rows, with ``<cols>`` of some ranges or without, prefixed or not."""
    prefix = draw(st.sampled_from(["", "x:"]))
    edges = sorted(draw(st.sets(st.integers(1, 14), max_size=8)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    cols = "".join(f'<{prefix}col min="{a}" max="{b}"  width="3"/>' for a, b in pairs)
    cols = f"<{prefix}cols>{cols}</{prefix}cols>" if pairs else ""
    return f'<{prefix}w xmlns:x="m">{cols}<{prefix}sheetData></{prefix}sheetData></{prefix}w>'


@given(heads(), st.integers(1, 12), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_what_is_added_can_be_taken_away_and_covers_each_column_once(head, first, count):
    data = head.encode()
    root = markup.parse(data)
    new = NewColumns(first=first, headers=["Score"] * count, header_row=1)
    widths = fitting_widths(root, new, {})
    written = markup.apply(data, added_widths(root, widths))
    again = markup.parse(written)
    assert without_widths(written, again, widths) == data
    reaches = [
        range(int(one.get("min")), int(one.get("max")) + 1) for one in again.all("cols", "col")
    ]
    covered = [column for reach in reaches for column in reach]
    assert covered == sorted(set(covered))
    assert set(range(first, first + count)) <= set(covered)
