"""What formulas read: never less than they do."""

from __future__ import annotations

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel.package import Package
from sheetcrm.adapters.excel.precedents import (
    CellSet,
    Formula,
    Precedents,
    Reads,
    Reference,
    readers,
)
from sheetcrm.core.table.areas import MAX_COLUMN, MAX_ROW, Area, parse_area

WHOLE = Area(1, 1, MAX_COLUMN, MAX_ROW)


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    path = tmp_path_factory.mktemp("books") / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        home, other = book.add_worksheet("Home"), book.add_worksheet("It's 2")
        columns = [{"header": header} for header in ("Name", "Score", "a [b]")]
        home.add_table("B2:D9", {"name": "People", "columns": columns, "total_row": True})
        book.define_name("Rates", "='It''s 2'!$A$1:$B$3")
        book.define_name("Twice", "=Rates*2")
        book.define_name("'It's 2'!Rates", "=Home!$Z$1")
        book.define_name("Left", "=Home!A1")
        other.write(0, 0, 1)
    with Package(path) as package:
        yield Precedents(package)


def formula(text, sheet=0, row=5, column=4, moved=(0, 0)):
    fills = Area(column, row, column, row)
    return Formula(sheet=sheet, row=row, column=column, text=text, fills=fills, moved=moved)


HERE = [
    ("A1", ["A1"]),
    ("SUM($B$2:C3,D:D,$4:5)", ["B2:C3", "D1:D1048576", "A4:XFD5"]),
    ("B3:A1", ["A1:B3"]),
    ('"A1"&E1%', ["E1"]),
    ("IF(TRUE,#N/A,G7)", ["G7"]),
    ("LOG10(A2)+TAX(A3)", ["A2", "A3"]),
    ("People[Score]", ["C2:C9"]),
    ("SUM(People[])", ["B2:D9"]),
    ("SUM(People)", ["B2:D9"]),
    ("People[[#This Row],[Score]]", ["C5"]),
    ("People[@Score]", ["C5"]),
    ("People[[Score]:[a '[b']]]", ["C2:D9"]),
    ("People[[#Totals],[Name]]", ["B2:B9"]),
    ("LET(x,A1,x+1)", ["A1"]),
    ("{1,2}*A1", ["A1"]),
    ("@A1:A5", ["A1:A5"]),
    ("Left", ["D5"]),
]


@pytest.mark.parametrize(("text", "areas"), HERE)
def test_cells_of_its_own_sheet(known, text, areas):
    read = known.of(formula(text))
    assert list(read.references) == [Reference(0, parse_area(area)) for area in areas]
    assert not read.anything


@pytest.mark.parametrize("text", ["'It''s 2'!A1:B3", "Rates", "Twice/2", "'IT''S 2'!$A$1:$B$3"])
def test_cells_of_another(known, text):
    assert list(known.of(formula(text)).references) == [Reference(1, Area(1, 1, 2, 3))]


def test_names_of_a_sheet_come_first(known):
    assert list(known.of(formula("Rates", sheet=1)).references) == [
        Reference(0, Area(26, 1, 26, 1))
    ]


@pytest.mark.parametrize(
    "text",
    ["INDIRECT(A1)", "OFFSET(A1,1,1)", "A1:INDEX(B:B,3)", "A1#", "Home:Other!A1", "Gone!A1",
     "Strangers[Score]", "SUM((", "A1 : B2"],
)  # fmt: skip
def test_what_nobody_can_say(known, text):
    assert known.of(formula(text)).anything


@pytest.mark.parametrize("text", ["[1]Sheet!A1", "'[2]My Sheet'!$A$1", "[1]!Name"])
def test_other_workbooks(known, text):
    assert known.of(formula(text)).external


def test_functions_are_named(known):
    assert known.of(formula("_xlfn.XLOOKUP(today(),A:A,B:B)")).functions == {"XLOOKUP", "TODAY"}


def test_shared_formulas_move(known):
    read = known.of(formula("A1+$A1+A$1+$A$1+C:C", moved=(2, 3)))
    areas = ["D3", "A3", "D1", "A1", "F1:F1048576"]
    assert [area for _, area in read.references] == [parse_area(area) for area in areas]
    assert list(known.of(formula("A1", moved=(-1, 0))).references) == [Reference(0, WHOLE)]


cells = st.builds(lambda c, r, w, h: Area(c, r, c + w, r + h), *[st.integers(1, 5)] * 2, *[st.integers(0, 2)] * 2)  # fmt: skip
references = st.builds(Reference, st.integers(0, 1), cells)
nets = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 6), st.integers(1, 6), st.lists(references, max_size=3)),
    max_size=12, unique_by=lambda one: one[:3],
)  # fmt: skip


@settings(max_examples=150)
@given(nets, st.lists(references, min_size=1, max_size=2))
def test_readers_are_all_that_can_be_reached(net, start):
    formulas = [formula("", sheet, row, column) for sheet, row, column, _ in net]
    reads = [Reads(references=read) for *_, read in net]
    dirty = {(s, r, c) for s, a in start for r in range(1, 9) for c in range(1, 9) if a.holds(r, c)}
    reached: set[int] = set()
    while True:
        new = {
            index
            for index, (*_, read) in enumerate(net)
            if any(s == sheet and area.holds(r, c) for sheet, area in read for s, r, c in dirty)
        } - reached
        if not new:
            break
        reached |= new
        dirty |= {net[index][:3] for index in new}
    assert readers(formulas, reads, start) == reached


@pytest.mark.parametrize("down", [True, False])
def test_long_chains(down):
    rows = range(2, 3000) if down else range(2999, 1, -1)
    step = -1 if down else 1
    formulas = [formula("", 0, row, 1) for row in rows]
    reads = [Reads(references=[Reference(0, Area(1, r + step, 1, r + step))]) for r in rows]
    first = Reference(0, Area(1, 1, 1, 1) if down else Area(1, 3000, 1, 3000))
    assert len(readers(formulas, reads, [first])) == len(formulas)
    assert readers(formulas, reads, []) == set()
    assert readers(formulas, [Reads(anything=True)] * len(reads), [first]) == set(range(len(reads)))


def test_sets_of_cells():
    some = CellSet()
    some.add(0, Area(2, 5, 3, 2000))
    asked = ["A1:XFD4", "A5:B5", "D:D", "C2000", "C2001", "B:B"]
    found = [some.touches(Reference(0, parse_area(text))) for text in asked]
    assert found == [False, True, False, True, False, True]
    assert not some.touches(Reference(1, WHOLE))
