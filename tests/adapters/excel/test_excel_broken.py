"""Workbooks that the fuzzer broke, and what was wrong about it: each is refused or read rightly."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sheetcrm.adapters.excel import ExcelSource
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceRefusedError
from tests.adapters.excel.excel_books import kitchen_sink, parts, sheet_workbook, with_part

KNOWN = ("Name", "E-mail", "Budget", "Score", "Rank")
SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>E-mail</t></is></c></row>'
)
ROW = (
    b'<row r="2"><c r="A2" t="str"><v>Sari</v></c><c r="B2" t="str"><v>a@example.com</v></c></row>'
)


@pytest.fixture
def sink(tmp_path):
    return kitchen_sink(tmp_path / "leads.xlsx")


def rank(path):
    """Read, add a column, change a column that there is."""
    source = ExcelSource("x", path)
    tab = source.read(KNOWN)
    edits = [Edit(lead="1", row=row, header="Rank", before=None, after=7) for row in tab.rows]
    last = tab.headers[-1]
    edits += [Edit(lead="1", row=row, header=last, before=None, after="x") for row in tab.rows]
    return source.write(tab, edits, append=["Rank"])


def refused(path, code):
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError) as caught:
        rank(path)
    assert (caught.value.code, bool(caught.value.hint)) == (code, True), caught.value
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="3"><c r="B2"><v>1</v></c></row>',
        b'<row r="3"><c r="A3"><v>1</v></c><c r="XFD10004"><v>1</v></c></row>',
        b'<row><c r="A3"><v>1</v></c><c r="B4"><v>1</v></c></row>',
        b'<row r="abc"><c><v>1</v></c></row>',
        b'<row r="0"><c><v>1</v></c></row>',
        b'<row r="\xc2\xb2"><c><v>1</v></c></row>',
        b'<row r="%b"><c><v>1</v></c></row>' % (b"1" * 5000),
    ],
    ids=["another row", "far out", "two rows", "no number", "zero", "square", "long"],
)
def test_rows_whose_place_nobody_knows(tmp_path, row):
    """Calamine goes by the cells, and aborts where they lie far out."""
    refused(sheet_workbook(tmp_path / "leads.xlsx", HEAD + ROW + row), "cell-order")


def test_a_row_without_number_stands_where_its_cells_do(tmp_path):
    row = b'<row><c r="A7" t="str"><v>Budi</v></c></row>'
    path = sheet_workbook(tmp_path / "leads.xlsx", HEAD + ROW + row)
    tab = ExcelSource("x", path).read(KNOWN)
    assert list(tab.rows) == [2, 7]
    assert rank(path).cells == 5
    assert list(ExcelSource("x", path).read(KNOWN).column("Rank").values) == [7, 7]


def test_what_stands_between_cells_without_addresses_stays_between_them(tmp_path):
    row = b'<row><c t="str"><v>%b</v></c><is/><c t="str"><v>%b</v></c></row>'
    texts = [(b"Name", b"E-mail"), (b"Sari", b"s@example.com"), (b"Budi", b"b@example.com")]
    rows = b"".join(row % pair for pair in texts)
    path = sheet_workbook(tmp_path / "leads.xlsx", rows)
    source = ExcelSource("x", path)
    tab = source.read(KNOWN)
    edits = [Edit(lead="1", row=row, header="Rank", before=None, after=row) for row in (2, 3)]
    source.write(tab, edits, append=["Rank"])
    again = ExcelSource("x", path).read(KNOWN)
    assert [list(column.values) for column in again.columns][:2] == [
        list(column.values) for column in tab.columns
    ]
    assert again.column("Rank").values == [2, 3]


@pytest.mark.parametrize("inner", [b'<row r="1"/>', b'<x><c r="A1"><v>1</v></c></x>'])
def test_cells_inside_cells(tmp_path, inner):
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>Sa%bri</t></is></c></row>' % inner
    refused(sheet_workbook(tmp_path / "leads.xlsx", HEAD + row), "bad-xml")


def test_elements_inside_a_name(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=False)
    with_part(path, "xl/workbook.xml", lambda data: data.replace(b">Leads!", b"><x/>Leads!"))
    refused(path, "bad-xml")


@pytest.mark.parametrize("around", [b"<a>%b</a>", b"%b<sheetData/>"], ids=["inside", "twice"])
def test_rows_in_a_place_where_none_belong(sink, around):
    pattern = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
    with_part(sink, SHEET, lambda data: pattern.sub(lambda match: around % match[0], data))
    refused(sink, "bad-xml")


@pytest.mark.parametrize("number", ["1.5", "-1", "abc", "1_0", "²", "9" * 5000, " 1"])
@pytest.mark.parametrize(
    ("part", "before"),
    [
        (SHEET, '<c r="F5" s="'),
        ("xl/styles.xml", 'numFmtId="'),
        ("xl/tables/table1.xml", '<tableColumn id="'),
        ("xl/tables/table1.xml", 'totalsRowShown="0" headerRowCount="'),
        ("xl/workbook.xml", 'localSheetId="'),
    ],
    ids=["style", "format", "column", "header rows", "sheet"],
)
def test_what_should_be_a_number(sink, part, before, number):
    def change(data):
        data = data.replace(b"<definedName ", b'<definedName localSheetId="0" ')
        data = data.replace(b'totalsRowShown="0"', b'totalsRowShown="0" headerRowCount="1"')
        return re.sub(before.encode() + rb"[^\"]*", before.encode() + number.encode(), data)

    with_part(sink, part, change)
    refused(sink, "bad-xml")


def test_counts_and_widths_that_are_no_numbers_do_not_matter(sink):
    with_part(sink, "xl/sharedStrings.xml", lambda data: data.replace(b'nt="', 'nt="²'.encode()))
    with_part(sink, SHEET, lambda data: data.replace(b'width="', 'width="²'.encode()))
    assert rank(sink).cells == 9


@pytest.mark.parametrize("value", [b"abc", b"", b"1,5", b"&#65;"])
def test_a_cell_that_is_overwritten_may_have_said_anything(tmp_path, value):
    row = b'<row r="2"><c r="A2" t="str"><v>Sari</v></c><c r="B2"><v>%b</v></c></row>' % value
    path = sheet_workbook(tmp_path / "leads.xlsx", HEAD + row)
    source = ExcelSource("x", path)
    tab = source.read(KNOWN)
    source.write(tab, [Edit(lead="1", row=2, header="E-mail", before=None, after=5)])
    assert ExcelSource("x", path).read(KNOWN).column("E-mail").values == [5.0]


@pytest.mark.parametrize("reference", [b"&#99999999999;", b"&#x110000;", b"&#%b;" % (b"9" * 5000)])
def test_characters_that_there_are_not(tmp_path, reference):
    row = b'<row r="2"><c r="A2"><f>B2&amp;"%b"</f><v>1</v></c></row>' % reference
    refused(sheet_workbook(tmp_path / "leads.xlsx", HEAD + row), "bad-xml")


def test_two_tabs_of_one_name(sink):
    """Calamine knows tabs by their names, and would read the other one."""
    other = b'name="Rates &amp; more"'
    with_part(sink, "xl/workbook.xml", lambda data: data.replace(other, b'name="Leads"'))
    refused(sink, "duplicate-tabs")


@pytest.mark.parametrize("part", ["sharedStrings.xml", "styles.xml"])
@pytest.mark.parametrize("both", [False, True], ids=["moved", "both named"])
def test_a_part_beside_the_one_that_calamine_takes(sink, part, both):
    name = part.encode()
    moved = b"other-" + name

    def change(data):
        if not both:
            return data.replace(b'"%b"' % name, b'"%b"' % moved)
        entry = re.search(rb'<Relationship [^>]*"%b"/>' % name, data)[0]
        new = entry.replace(name, moved).replace(b'Id="', b'Id="x')
        return data.replace(entry, entry + new)

    content = parts(sink)[f"xl/{part}"]
    with_part(sink, f"xl/other-{part}", lambda _: content)
    with_part(sink, "xl/_rels/workbook.xml.rels", change)
    refused(sink, "duplicate-parts")


def test_a_workbook_beside_the_one_that_calamine_takes(sink):
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        content = parts(sink)[name]
        with_part(sink, name.replace("workbook", "book"), lambda _, content=content: content)
    with_part(sink, "_rels/.rels", lambda data: data.replace(b"xl/workbook.xml", b"xl/book.xml"))
    refused(sink, "duplicate-parts")


@pytest.mark.parametrize("kind", [b"sharedStrings", b"styles"])
@pytest.mark.parametrize("target", [b"workbook.xml", b"s.xml"])
def test_a_part_that_calamine_does_not_find(tmp_path, kind, target):
    path = sheet_workbook(tmp_path / "leads.xlsx", HEAD + ROW)
    related(path, kind, target)
    refused(path, "moved-parts")


@pytest.mark.parametrize("kind", [b"sharedStrings", b"styles"])
def test_a_part_that_is_two_things_at_once(tmp_path, kind):
    path = sheet_workbook(tmp_path / "leads.xlsx", HEAD + ROW)
    name, sheet = kind + b".xml", parts(path)["xl/s.xml"]
    with_part(path, f"xl/{name.decode()}", lambda _: sheet)
    with_part(path, "xl/_rels/workbook.xml.rels", lambda data: data.replace(b"s.xml", name))
    related(path, kind, name)
    refused(path, "damaged")


def related(path, kind, target):
    """Relates the workbook to one more part."""
    office = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    entry = b'<Relationship Id="r9" Type="%b/%b" Target="%b"/>' % (office, kind, target)
    with_part(
        path,
        "xl/_rels/workbook.xml.rels",
        lambda data: data.replace(b"</Relationships>", entry + b"</Relationships>"),
    )


@pytest.mark.parametrize(
    "part",
    [
        SHEET,
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/tables/table1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-7", "x", "x" * 5000, "us-ascii", "iso-8859-1", "big5"])
def test_encodings_into_which_we_would_write_something_else(sink, part, encoding):
    with_part(sink, part, lambda data: data.replace(b"UTF-8", encoding.encode(), 1))
    refused(sink, "encoding")


@pytest.mark.parametrize("count", [b"99999999", b"4294967295", b"&#57;9999999", b" 99999999"])
def test_more_shared_strings_than_there_is_memory_for(sink, count):
    """Calamine takes the memory for them at once, and aborts where there is none."""
    pattern = re.compile(rb'uniqueCount="[0-9]+"')
    new = b'uniqueCount="%b"' % count
    with_part(sink, "xl/sharedStrings.xml", lambda data: pattern.sub(new, data))
    refused(sink, "too-big")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [(SHEET, b"v", b"a"), (SHEET, b"row", b"line"), ("xl/tables/table1.xml", b"table", b"c")],
)
def test_other_elements_than_there_should_be(sink, part, old, new):
    """Where nothing is recognised nothing may be written, either."""
    pattern = re.compile(rb"(</?)%b(?=[ >])" % old)
    with_part(sink, part, lambda data: pattern.sub(rb"\1" + new, data))
    refused(sink, "damaged" if new == b"c" else "bad-xml")


def test_formats_are_not_added_where_some_are_missing(sink):
    """A cell may have the number that the new one would get."""
    first = re.compile(rb'(<cellXfs count="4">)<xf [^>]*/>')
    with_part(sink, "xl/styles.xml", lambda data: first.sub(rb"\1", data))
    styles = parts(sink)["xl/styles.xml"]
    source = ExcelSource("x", sink)
    tab = source.read(KNOWN)
    due = [Edit(lead="1", row=5, header="Due", before=None, after=date(2026, 3, 1))]
    with pytest.raises(SourceRefusedError, match="format"):
        source.write(tab, due, append=["Due"])
    source.write(tab, [due[0]._replace(after="soon")], append=["Due"])
    assert parts(sink)["xl/styles.xml"] == styles
