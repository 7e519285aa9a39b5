"""Extents are known to be sane before calamine is asked for a sheet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel import ExcelSource, grid, package
from sheetcrm.adapters.excel.grid import surely_small
from sheetcrm.adapters.excel.rows import SheetStream, view
from sheetcrm.adapters.excel.scan import scan
from sheetcrm.core.table.addresses import letters
from tests.adapters.excel.excel_books import kitchen_sink, parts

HEAD = b'<worksheet xmlns="m"><dimension ref="A1:AK9241"/><sheetData>'
END = b"</sheetData></worksheet>"
ROW = b'<row r="2"><c r="A2" s="1"><v>1</v></c><c r="AZ2" t="s"><v>0</v></c></row>'


def chunks(sheet: bytes, size: int) -> list[bytes]:
    return [sheet[at : at + size] for at in range(0, len(sheet), size)]


@pytest.mark.parametrize("size", [1, 3, 17, 4096])
def test_ordinary_sheet_is_seen_to_be_small(size):
    assert surely_small(chunks(HEAD + ROW * 3 + END, size)) is (size > len(HEAD) or size == 4096)
    assert surely_small([HEAD, *chunks(ROW * 3 + END, size)])


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="2"><c r="XFD2"/></row>',
        b'<row r="2"><c r="BA2"/></row>',
        b'<row r="2"><c r="A10000"/></row>',
        b'<row r="2"><c r="A1048576"><v>1</v></c></row>',
        b'<row r="2"><c r="a2"/></row>',
        b"<row r=\"2\"><c r='A2'/></row>",
        b'<row r="2"><c r ="A2"/></row>',
        b'<row r="2"><c s="1" r="XFD2"/></row>',
        b'<row r="2"><c/><c/></row>',
        b'<row r="2"><c><v>1</v></c></row>',
        b'<row r="2"><c\n/></row>',
        b"<row/><row/>",
        b'<row ht="3"><c r="A2"/></row>',
        b'<x:row r="2"><x:c r="XFD2"/></x:row>',
        b'<row r="2"><c r="A2"><v>\0</v></c></row>',
    ],
)
@pytest.mark.parametrize("size", [1, 5, 4096])
def test_whatever_else_is_left_to_the_scan(row, size):
    assert not surely_small([HEAD, *chunks(ROW + row + END, size)])


@pytest.mark.parametrize(
    "head",
    [
        b"<worksheet><sheetData>",
        b'<worksheet><dimension ref="A1"/><sheetData>',
        b'<worksheet><dimension ref="A1:XFD2"/><sheetData>',
        b'<worksheet><dimension ref="A1:AK1000000"/><sheetData>',
    ],
)
def test_without_a_sensible_dimension_nothing_is_sure(head):
    assert not surely_small([head + ROW + END])


CELL = st.builds(
    lambda name, row, form: form % (name.encode(), row),
    st.integers(1, 16_384).map(letters),
    st.integers(1, 1_048_576) | st.integers(1, 20),
    st.sampled_from([b'<c r="%b%d"/>', b'<c r="%b%d" s="1"><v>1</v></c>', b"<c r='%b%d'/>",
                     b'<c s="2" r="%b%d"/>', b'<c\tr="%b%d"/>']),
)  # fmt: skip


@given(st.lists(CELL, max_size=3), st.sampled_from(["C9", "Z99", "AB12", "BC9999"]))
@settings(max_examples=200, deadline=None)
def test_what_is_seen_to_be_small_is_small(cells, corner):
    head = HEAD.replace(b"AK9241", corner.encode())
    sheet = head + b'<row r="1">' + b"".join(cells) + b"</row>" + END
    if surely_small([sheet]):
        [row] = SheetStream([sheet], careful=True).rows()
        for cell in view(row, SheetStream([sheet]).grammar).cells:
            address = re.search(rb'r="[A-Z]+(\d+)"', row[cell.start : cell.end])
            columns = -(-max(cell.column, 26) // 26) * 26
            assert columns * 10 ** len(address[1]) <= grid.MOST_CELLS


def test_both_orders_read_the_same(tmp_path, monkeypatch):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    assert surely_small([parts(path)["xl/worksheets/sheet1.xml"]])
    early = ExcelSource("x", path).read()
    monkeypatch.setattr(grid, "surely_small", lambda _: False)
    monkeypatch.setattr(package, "_MOST_KEPT", 0)
    late = ExcelSource("x", path).read()
    assert (early.rows, early.columns) == (late.rows, late.columns)


@given(st.lists(st.sets(st.integers(1, 60), max_size=6), max_size=30))
@settings(max_examples=100, deadline=None)
def test_rows_recognised_at_a_glance_are_scanned_like_all_others(rows):
    body = b"".join(
        b'<row r="%d">%b</row>'
        % (
            number,
            b"".join(
                b'<c r="%b%d"><v>1</v></c>' % (letters(column).encode(), number)
                for column in sorted(columns)
            ),
        )
        for number, columns in enumerate(rows, 1)
    )
    found = scan(lambda: [HEAD + body + END])
    assert found.last_column == max((max(columns) for columns in rows if columns), default=0)
    assert [bool(flag & 1) for flag in found.flags[1 : len(rows) + 1]] == list(map(bool, rows))
    assert not any(flag & 8 for flag in found.flags)
