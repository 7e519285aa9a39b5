"""The fast path through a sheet's bytes against the slow one through expat."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.grammar import grammar
from sheetcrm.adapters.excel.patch import Patch, Patcher, Target
from sheetcrm.adapters.excel.rows import SheetStream, Unusual, fast_cells, view
from sheetcrm.adapters.excel.scan import HOLLOW, IRREGULAR, scan
from sheetcrm.core.table.addresses import letters

STYLE = st.sampled_from([b"", b' s="3"', b' s="12"'])
VALUE = st.sampled_from(
    [b"/>", b"><v>1</v></c>", b"><v>-1.5E-7</v></c>", b"><f>SUM(A1:A2)</f><v>4</v></c>",
     b"><f>B1&amp;C1</f></c>", b"></c>", b' t="s"><v>0</v></c>', b' t="e"><v>#N/A</v></c>',
     b' t="str"><f>"a"</f><v>a &lt; b</v></c>', b' t="b"><v>1</v></c>', b" ><v>7</v></c>",
     b' t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>',
     b' t="inlineStr"><is><r><t>ri</t></r><r><t>ch</t></r></is></c>',
     b'><f t="shared" si="0"/><v>2</v></c>', b' cm="1"><v>3</v></c>']
)  # fmt: skip
GAP = st.sampled_from([b"", b"", b"\n", b"  ", b'<!-- <row r="1"> </row> -->'])
EXTRA = st.sampled_from([b"", b"", b' spans="1:4"', b' ht="15" customHeight="1"',
                         b' s="2" customFormat="1"', b' hidden="1"'])  # fmt: skip
PREFIX = st.sampled_from([b"", b"", b"x:"])


@st.composite
def sheets(draw):
    """A worksheet as programs may write it, with gaps, and a prefix or none."""
    prefix, rows, number = draw(PREFIX), [], 0
    for _ in range(draw(st.integers(0, 5))):
        number += draw(st.integers(1, 3))
        columns = sorted(draw(st.sets(st.integers(1, 30), max_size=5)))
        cells = b""
        for column in columns:
            address = f"{letters(column)}{number}".encode()
            quoted = draw(st.sampled_from([b'"%b"', b'"%b"', b"'%b'"])) % address
            cells += b"<c r=%b%b%b" % (quoted, draw(STYLE), draw(VALUE))
        extension = draw(st.sampled_from([b"", b"", b"<extLst><ext/></extLst>"]))
        opening = b'<row r="%d"%b' % (number, draw(EXTRA))
        empty = not cells and not extension
        rows.append(
            draw(GAP)
            + (opening + b"/>" if empty else opening + b">" + cells + extension + b"</row>")
        )
    body = b"".join(rows) + draw(st.sampled_from([b"", b"\n"]))
    if prefix:
        body = re.sub(rb"<(/?)(row|c|v|f|is|t|r|extLst|ext)(?=[\s/>])", rb"<\1%b\2" % prefix, body)
    head = b'<%bworksheet xmlns%b="m"><%bsheetData>' % (prefix, b":x" if prefix else b"", prefix)
    return head + body + b"</%bsheetData></%bworksheet>" % (prefix, prefix)


def split(sheet: bytes, *, careful: bool, size: int = 7):
    chunks = [sheet[at : at + size] for at in range(0, len(sheet), size)]
    stream = SheetStream(chunks, careful=careful)
    rows = list(stream.rows())
    return stream.head, rows, stream.tail


@given(sheets(), st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_both_ways_cut_a_sheet_into_the_same_rows(sheet, size):
    slow = split(sheet, careful=True)
    assert slow[0] + b"".join(slow[1]) + slow[2] == sheet
    try:
        fast = split(sheet, careful=False, size=size)
    except Unusual:
        assert b"<!" in sheet
        return
    assert fast[1] == slow[1]
    assert (fast[0], fast[2].strip()) == (slow[0], slow[2].strip())


@given(sheets())
@settings(max_examples=150, deadline=None)
def test_both_ways_see_the_same_cells(sheet):
    _, rows, _ = split(sheet, careful=True)
    rules = grammar(b"x:" if b"<x:" in sheet else b"")
    for row in rows:
        if rules.row.fullmatch(row):
            assert fast_cells(row, rules) == view(row, rules).cells


@given(sheets(), st.data())
@settings(max_examples=250, deadline=None)
def test_both_ways_write_the_same_rows(sheet, data):
    numbers = st.integers(1, 18)
    cells = data.draw(
        st.dictionaries(
            numbers,
            st.dictionaries(st.integers(1, 34), st.integers(0, 9), min_size=1, max_size=3),
            max_size=4,
        )
    )
    results = [patched(sheet, cells, irregular=irregular) for irregular in (False, True)]
    assert results[0] == results[1]
    written = results[0]
    if isinstance(written, bytes):
        found = scan(lambda: [written])
        assert found.ordered
        assert_holds(written, cells)
        assert patched(written, cells, irregular=False) == written


def patched(sheet: bytes, cells, *, irregular: bool):
    """The sheet with these numbers in it, or the code of the refusal."""
    known = scan(lambda: [sheet])
    stream = SheetStream([sheet], careful=known.careful)
    prefix = stream.grammar.prefix
    targets = {
        row: [
            Target(column, value, b"n", b"<%bv>%d</%bv>" % (prefix, value, prefix))
            for column, value in sorted(values.items())
        ]
        for row, values in cells.items()
    }
    patch = Patch(
        rules=stream.grammar,
        targets=targets,
        irregular=range(1, 40) if irregular else known.rows_with(IRREGULAR),
        style=lambda own, row_style, _: row_style if own is None else own,
    )
    try:
        rows = b"".join(Patcher(patch).run(stream.rows()))
    except Refusal as refusal:
        return refusal.code
    return stream.head + rows + stream.tail


def assert_holds(sheet: bytes, cells) -> None:
    """Read with expat alone: every target says its number, in order, and once."""
    stream = SheetStream([sheet], careful=True)
    found = {}
    for row in stream.rows():
        seen = view(row, stream.grammar)
        columns = [cell.column for cell in seen.cells]
        assert all(a < b for a, b in pairwise(columns))
        found |= {(seen.number, cell.column): cell.value for cell in seen.cells}
    for row, values in cells.items():
        for column, value in values.items():
            assert float(found[row, column]) == value


@given(sheets())
@settings(max_examples=100, deadline=None)
def test_fast_and_careful_scans_agree(sheet):
    def chunks():
        return [sheet]

    once = scan(chunks)
    commented = sheet.replace(b"sheetData>", b"sheetData><!-- -->", 1)
    again = scan(lambda: [commented])
    assert again.careful
    same = {"head": b"", "tail": b"", "careful": False}
    kind = ~(IRREGULAR | HOLLOW)  # a row without a value may be said to be hollow, and not be
    flags = [bytes(flag & kind for flag in one.flags) for one in (once, again)]
    assert replace(once, **same, flags=flags[0]) == replace(again, **same, flags=flags[1])


def test_cells_out_of_order_are_refused():
    row = b'<row r="2"><c r="B2"/><c r="A2"/></row>'
    sheet = b"<worksheet><sheetData>%b</sheetData></worksheet>" % row
    assert patched(sheet, {2: {3: 1}}, irregular=False) == "cell-order"


def test_two_cells_with_one_address_are_not_even_read():
    row = b'<row r="2"><c r="A2"/><c r="A2"/></row>'
    sheet = b"<worksheet><sheetData>%b</sheetData></worksheet>" % row
    with pytest.raises(Refusal) as caught:
        scan(lambda: [sheet])
    assert caught.value.code == "cell-order"
