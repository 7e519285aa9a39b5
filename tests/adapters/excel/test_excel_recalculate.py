"""Formulas that read what was written have their new values at once, and nothing else changes."""

from __future__ import annotations

import re
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, FileSource, recalculated, recalculating
from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.freshvalues import FreshValues, Value, check_sheet
from sheetcrm.core.table.values import Edit
from tests.adapters.excel.excel_books import kitchen_sink, parts, sheet_workbook, with_part

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
KNOWN = ["Name", "Email", "Score"]
SCORES = [10, 80, 30]


def book(path: Path, sums=(), *, leads: int = 3, manual: bool = False) -> Path:
    """Leads with a grade by formula, and a second tab with these formulas and their values."""
    with xlsxwriter.Workbook(path) as made:
        sheet, total = made.add_worksheet("Leads"), made.add_worksheet("Sum & up")
        sheet.write_row(0, 0, ["Name", "Email", "Score", "Grade"])
        for row in range(1, leads + 1):
            score = SCORES[row % 3]
            sheet.write_row(row, 0, [f"Lead {row}", f"lead{row}@example.com", score])
            grade = "hot" if score >= 50 else "cold"
            sheet.write_formula(row, 3, f'=IF(C{row + 1}>=50,"hot","cold")', None, grade)
        for row, (formula, value) in enumerate(sums):
            total.write_formula(row, 0, formula, None, value)
        if manual:
            made.set_calc_mode("manual")
    return with_part(path, "xl/workbook.xml", lambda xml: xml.replace(b' fullCalcOnLoad="1"', b""))


def write(path: Path, scores: dict[int, object], **options):
    """These scores in these rows; the receipt."""
    source = ExcelSource("x", path, "Leads", **{"recalculate": True, **options})
    tab = source.read(KNOWN)
    edits = [Edit(f"L{row}", row, "Score", None, score) for row, score in scores.items()]
    return source.write(tab, edits)


def values(path: Path, tab: str = "Sum & up") -> list:
    """The first column as it is stored, or on the lead tab the grades."""
    sheet = openpyxl.load_workbook(path, data_only=True)[tab]
    return [row[0] if tab != "Leads" else row[3] for row in sheet.values]


def notes(receipt) -> list[str]:
    return [problem.message for problem in receipt.problems]


@pytest.fixture(scope="module")
def worker():
    """One process that calculates for most tests, as starting one takes long.

    It is not this one: where formualizer has calculated a file, threads hardly start any more.
    """
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    yield pool
    for process in pool._processes.values():
        process.kill()
    pool.shutdown()


@pytest.fixture(autouse=True)
def in_one_process(request, monkeypatch, worker):
    if "child" not in request.fixturenames:

        def ask(old, new, changes):
            areas = recalculated._areas(changes)
            return worker.submit(recalculating.answer, old, new, areas).result()

        monkeypatch.setattr(recalculated, "_ask", ask)


@pytest.fixture
def child():
    """The other process is started, as it is for people."""


SUMS = [
    ("=SUM(Leads!C2:C4)", 120),
    ('=COUNTIF(Leads!D:D,"hot")', 1),
    ("=A1*2", 240),
    ("=A3>200", True),
    ('="sum: "&A1', "sum: 120"),
    ("=1/(A1-120)", "#DIV/0!"),
    ("=SUM(Leads!A2:A4)", 0),
    ("=MAX('Sum & up'!A1,A3)/7", 240 / 7),
    ('=VLOOKUP("Lead 2",Leads!A:D,4,FALSE)', "cold"),
    ('=IF(A1>1000,"<much> & more","little")', "little"),
]  # fmt: skip


def test_all_tabs_are_up_to_date_and_the_same_but_for_that(tmp_path, child):
    path = book(tmp_path / "leads.xlsx", SUMS)
    before = parts(path)
    receipt = write(path, {2: 20, 3: 995.5})
    assert notes(receipt) == []
    assert list(tmp_path.iterdir()) == [path], "nothing else is put into people's folders"
    assert (receipt.cells, receipt.recalculated) == (2, 9)
    assert values(path, "Leads")[1:] == ["cold", "hot", "cold"]
    total = 20 + 995.5 + 10
    assert values(path) == [
        *[total, 1, 2 * total, True, "sum: 1025.5", 1 / (total - 120), 0, 2 * total / 7],
        *["hot", "<much> & more"],
    ]
    after = parts(path)
    touched = [name for name in before if before[name] != after[name]]
    assert sorted(touched) == [
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    ]
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    for name in sorted(touched)[1:]:
        assert _without_values(after[name]) == _without_values(before[name])


def _without_values(sheet: bytes) -> bytes:
    """A sheet without the values of formulas and of the column C."""
    plain = re.sub(rb'(<c r="[A-Z]+\d+")[^<>]*(><f>[^<]*</f>)<v>[^<]*</v>', rb"\1\2", sheet)
    return re.sub(rb'(<c r="C\d+")[^<>]*><v>[^<]*</v>', rb"\1>", plain)


def test_a_second_run_changes_nothing(tmp_path):
    path = book(tmp_path / "leads.xlsx", SUMS)
    write(path, {2: 20})
    before = path.read_bytes()
    assert write(path, {2: 20}).cells == 0
    assert path.read_bytes() == before
    assert notes(write(path, {2: 21})) == [], "what we calculated is trusted like Excel's own"
    assert values(path)[0] == 21 + 30 + 10


DOUBTFUL = [
    ("=SUM(Leads!C2:C4)", 999, "Excel has stored something else than they give"),
    ("=FROBNICATE(Leads!C2)", 5, "functions or names that are not known here"),
    ("=IF(RAND()<2,Leads!C3,0)", 30, "answering otherwise each time, as TODAY, RAND"),
    ('=INDIRECT("Leads!C2")', 80, "answering otherwise each time, as TODAY, RAND"),
]


@pytest.mark.parametrize(("formula", "stored", "why"), DOUBTFUL)
def test_what_is_not_trusted_stays_and_so_does_what_reads_it(tmp_path, formula, stored, why):
    sums = [(formula, stored), ("=IFERROR(A1,0)*0+Leads!C3", 30), ("=Leads!C2+1", 81)]
    path = book(tmp_path / "leads.xlsx", sums)
    receipt = write(path, {2: 5, 3: 6})
    assert values(path) == [stored, 30, 6]
    first, second = notes(receipt)
    assert first.startswith("the formula in Sum & up!A1 keeps its old value")
    assert why in first
    assert second == "the formula in Sum & up!A2 keeps its old value (reading such formulas)"
    assert b'fullCalcOnLoad="1"' in parts(path)["xl/workbook.xml"]


def test_a_formula_that_nobody_has_calculated_stays_so(tmp_path):
    path = book(tmp_path / "leads.xlsx", [("=Leads!C2", 80), ("=Leads!C2", 80)])
    cell = re.compile(rb'(<c r="A2"><f>[^<]*</f>)<v>[^<]*</v>')
    with_part(path, "xl/worksheets/sheet2.xml", lambda xml: cell.sub(rb"\1", xml))
    assert notes(write(path, {2: 5})) == [
        "the formula in Sum & up!A2 keeps its old value (never calculated)"
    ]
    assert values(path) == [5, None]


def test_a_new_error_is_left_to_excel(tmp_path):
    sums = [("=10/Leads!C2", 0.125), ("=IFERROR(A1,7)+Leads!C3", 30.125), ("=1/(Leads!C2-80)", "#DIV/0!"),
            ("=A3+1", "#DIV/0!")]  # fmt: skip
    path = book(tmp_path / "leads.xlsx", sums)
    receipt = write(path, {2: 0})
    assert values(path) == [0.125, 30.125, -1 / 80, 1 - 1 / 80]
    assert notes(receipt) == [
        "the formula in Sum & up!A1 keeps its old value (giving an error now, which only Excel is believed)",
        "the formula in Sum & up!A2 keeps its old value (reading such formulas)",
    ]


def test_arrays_and_what_reads_their_cells(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet, total = made.add_worksheet("Leads"), made.add_worksheet("Sum & up")
        for row, line in enumerate([KNOWN, ["a", "a@example.com", 1], ["b", "b@example.com", 2]]):
            sheet.write_row(row, 0, line)
        total.write_array_formula("A1:A2", "{=Leads!C2:C3}", None, 1)
        total.write_number("A2", 2)
        total.write_formula("A3", "=A2*2", None, 4)
        total.write_formula("A4", "=Leads!C3", None, 2)
        total.write_dynamic_array_formula("C1:C2", "=SORT(Leads!C2:C3)", None, 1)
        total.write_number("C2", 2)
    receipt = write(path, {2: 7, 3: 8})
    assert values(path) == [1, 2, 4, 8]
    assert notes(receipt) == [
        "2 formulas from Sum & up!A1 on keep their old values (arrays and data tables)",
        "the formula in Sum & up!A3 keeps its old value (reading such formulas)",
    ]


def test_other_workbooks(tmp_path):
    path = book(tmp_path / "leads.xlsx", [("=Leads!C2", 80)])
    link = b"<c r=\"B1\"><f>Leads!C2+'[1]Q'!A1</f><v>81</v></c></row>"
    with_part(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</row>", link, 1))
    receipt = write(path, {2: 5})
    assert receipt.cells == 1
    assert "the formulas that read what was written keep their old values: " in notes(receipt)[0]
    assert values(path) == [80]


def test_a_workbook_that_cannot_be_calculated_is_written_all_the_same(tmp_path, child):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Leads")
        for row, line in enumerate([KNOWN, ["a", "a@example.com", 1], ["b", "b@example.com", 2]]):
            sheet.write_row(row, 0, line)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_formula("F1", "=SUBTOTAL(109,C2:C3)", None, 1)
    receipt = write(path, {2: 9})
    (note,) = notes(receipt)
    assert "keep their old values" in note
    assert "hidden row" in note
    assert openpyxl.load_workbook(path, data_only=True)["Leads"]["C2"].value == 9


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "import time; time.sleep(60)"])
def test_a_child_that_fails_leaves_the_values_and_says_so(tmp_path, child, monkeypatch, code):
    monkeypatch.setattr(recalculated, "_CODE", code)
    monkeypatch.setattr(recalculated, "_MOST_SECONDS", 1)
    path = book(tmp_path / "leads.xlsx", SUMS)
    receipt = write(path, {2: 5})
    assert receipt.cells == 1
    assert re.search("it takes too (much memory|long)", notes(receipt)[0])
    assert values(path)[0] == 120


def test_too_many_formulas(tmp_path, monkeypatch):
    monkeypatch.setattr(recalculating, "MOST_FORMULAS", 5)
    path = book(tmp_path / "leads.xlsx", SUMS)
    said = recalculating.calculate(path, path, {})
    assert "13 formulas are more than" in said.refused


def test_without_the_key_it_is_offered_in_the_plan_and_afterwards(tmp_path):
    path = book(tmp_path / "leads.xlsx", SUMS)
    source = FileSource("x", path, "Leads")
    tab = source.read(KNOWN)
    edits = [Edit("L", 2, "Score", None, 5)]
    (foreseen,) = source.foresee(tab, edits)
    assert "recalculate = true" in foreseen.hint
    receipt = source.write(tab, edits)
    assert receipt.problems == (foreseen,)
    assert (receipt.recalculated, values(path)[0]) == (0, 120)
    assert list(source.foresee(source.read(KNOWN), [])) == []
    assert "open it in Excel and save it once" in write(path, {2: 6}).problems[0].hint


def test_formulas_that_read_something_else_are_not_mentioned(tmp_path):
    path = book(tmp_path / "leads.xlsx", [("=SUM(Leads!A2:A4)", 0), ("=TODAY()", 45_000)])
    with_part(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb"<f>[^<]*</f>", b"", xml))
    assert (
        FileSource("x", path, "Leads").foresee(
            ExcelSource("x", path, "Leads").read(KNOWN), [Edit("L", 2, "Score", None, 5)]
        )
        == []
    )
    assert notes(write(path, {2: 5})) == []


def test_a_workbook_that_calculates_by_hand(tmp_path):
    path = book(tmp_path / "leads.xlsx", [("=SUM(Leads!C2:C4)", 120), ("=RAND()*Leads!C2", 3)],
                manual=True)  # fmt: skip
    receipt = write(path, {2: 5})
    assert values(path) == [45, 3]
    assert [problem.hint for problem in receipt.problems] == [
        "this workbook calculates by hand only: press F9 in Excel"
    ]
    assert b"fullCalcOnLoad" not in parts(path)["xl/workbook.xml"]


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_tables_names_and_shared_formulas(tmp_path):
    path = kitchen_sink(tmp_path / "leads.xlsx")
    shared = (
        b'<c r="D2"><f t="shared" ref="D2:D3" si="0">Leads!$E5+C$2</f><v>10001210.5</v></c></row>'
        b'<row r="3"><c r="D3"><f t="shared" si="0"/><v>5002411</v></c></row></sheetData>'
    )
    table = b'<c r="E2"><f>SUM(People[Budget])+SUM(Budgets)</f><v>10002421</v></c></row>'

    def more(xml):
        assert xml.count(b"</row></sheetData>") == 1
        xml = xml.replace(b'ref="A1:C2"', b'ref="A1:E3"')
        return xml.replace(b"</row></sheetData>", shared.replace(b"</row>", table, 1))

    with_part(path, "xl/worksheets/sheet2.xml", more)
    source = ExcelSource("x", path, "Leads", recalculate=True)
    tab = source.read(["Name", "City", "Budget"])
    receipt = source.write(tab, [Edit("L", 5, "Budget", None, 1), Edit("L", 6, "Budget", None, 2)])
    assert notes(receipt) == []
    sheet = openpyxl.load_workbook(path, data_only=True)
    rates, leads = sheet["Rates & more"], sheet["Leads"]
    assert [rates[name].value for name in ("C2", "D2", "D3", "E2")] == [13, 14, 15, 26]
    assert [leads.cell(row, 7).value for row in (5, 6, 7, 8)] == [2, 4, 20, 0]
    assert notes(receipt) == []
    assert b'<f t="shared" si="0"/>' in parts(path)["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize("prefix", [b"", b"x:"])
@pytest.mark.parametrize("tail", [b"", b"<!-- a comment -->"])
def test_unusual_xml(tmp_path, prefix, tail):
    rows = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>Email</t></is></c>'
        b'<c r="C1" t="inlineStr"><is><t>Score</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>Sari</t></is></c>'
        b'<c r="B2" t="inlineStr"><is><t>sari@example.com</t></is></c><c r="C2"><v>4</v></c>'
        b"<c s='0' r='D2'><f>C2*2</f><v>8</v></c><c r=\"E2\" t=\"b\"><f>C2&gt;5</f><v>0</v></c>"
        b'<c r="F2" t="n"><f>C2</f><v xml:space="preserve">4</v></c></row>' + tail
    )
    named = re.sub(rb"<(/?)(?=[a-z])", rb"<\1" + prefix, rows)
    path = sheet_workbook(tmp_path / "leads.xlsx", named, prefix=prefix)
    receipt = write(path, {2: 6})
    xml = parts(path)["xl/s.xml"]
    if receipt.recalculated:
        assert notes(receipt) == []
        assert b"r='D2'><%bf>C2*2</%bf><%bv>12</%bv>" % (prefix, prefix, prefix, prefix) in xml
        assert b"C2&gt;5</%bf><%bv>1</%bv>" % (prefix, prefix, prefix) in xml
        assert tail in xml
    else:
        assert "keep their old values" in notes(receipt)[0]
        assert b"<%bv>8</%bv>" % (prefix, prefix) in xml


class TestTheProofNoticesAnythingElse:
    OLD = b'<row r="1"><c r="A1"><f>B1</f><v>1</v></c><c r="B1"><v>1</v></c></row>'
    NEW = b'<row r="1"><c r="A1"><f>B1</f><v>2</v></c><c r="B1"><v>1</v></c></row>'
    BEFORE, AFTER = b'<c r="A1"><f>B1</f><v>1</v></c>', b'<c r="A1"><f>B1</f><v>2</v></c>'

    def check(self, tmp_path, new, *, before=BEFORE, after=AFTER, content=b"2"):
        fresh = FreshValues(
            careful=False,
            values=[Value(row=1, column=1, kind="n", content=content)],
            swaps={1: {after: before}},
        )
        old = sheet_workbook(tmp_path / "old.xlsx", self.OLD)
        made = sheet_workbook(tmp_path / "new.xlsx", new)
        with Archive(old) as one, Archive(made) as other:
            check_sheet(one, other, "xl/s.xml", fresh)

    def test_what_is_right(self, tmp_path):
        self.check(tmp_path, self.NEW)

    @pytest.mark.parametrize(
        ("new", "more"),
        [
            (NEW.replace(b"<v>1</v>", b"<v>3</v>"), {}),
            (NEW + b'<row r="2"/>', {}),
            (NEW.replace(b'r="B1"', b'r="B1" s="1"'), {}),
            (OLD, {}),
            (NEW, {"content": b"3"}),
            (NEW.replace(b"<f>B1</f>", b"<f>C1</f>"), {"after": AFTER.replace(b"B1", b"C1")}),
            (NEW.replace(b'<c r="A1">', b'<c r="A1" s="2">'),
             {"after": AFTER.replace(b'r="A1"', b'r="A1" s="2"')}),
            (NEW.replace(b"<f>B1</f>", b""), {"after": AFTER.replace(b"<f>B1</f>", b"")}),
        ],
        ids=["a value", "a row", "a look", "nothing new", "another value", "a formula",
             "its look", "no formula"],
    )  # fmt: skip
    def test_what_is_not(self, tmp_path, new, more):
        with pytest.raises(Refusal) as caught:
            self.check(tmp_path, new, **more)
        assert caught.value.code == "not-verified"


ALWAYS = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items '
    'xmlns:oor="http://openoffice.org/2001/registry"><item '
    'oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" '
    'oor:op="fuse"><value>0</value></prop></item></oor:items>'
)

LOOKED_UP = [
    *SUMS,
    ('=AVERAGEIF(Leads!D:D,"cold",Leads!C:C)', 20),
    ("=SUMPRODUCT((Leads!C2:C4>15)*Leads!C2:C4)", 110),
    ("=INDEX(Leads!A2:A4,MATCH(MAX(Leads!C2:C4),Leads!C2:C4,0))", "Lead 1"),
    ("=ROUND(STDEV(Leads!C2:C4),3)", 36.056),
    ('=TEXT(SUM(Leads!C2:C4),"0.00")', "120.00"),
    ('=LARGE(Leads!C2:C4,2)&"/"&RANK(Leads!C3,Leads!C2:C4)', "30/2"),
    ("=IFERROR(Leads!C2/0,Leads!C3)", 30),
    ("=CHOOSE(2,Leads!C2,Leads!C3,Leads!C4)", 30),
    ("=WEEKDAY(DATE(2026,1,Leads!C4)+A1)", 1),
    ('=SUMIFS(Leads!C:C,Leads!C:C,">="&Leads!C3)', 110),
]  # fmt: skip


@pytest.mark.oracle
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_calculates_the_same(tmp_path):
    path = book(tmp_path / "leads.xlsx", LOOKED_UP)
    receipt = write(path, {2: 33, 3: 71.25, 4: -4})
    assert notes(receipt) == []
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{profile.parent}", "--headless",
         "--convert-to", "xlsx", "--outdir", tmp_path / "out", path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    for tab in ("Leads", "Sum & up"):
        ours, theirs = (values(one, tab) for one in (path, tmp_path / "out" / "leads.xlsx"))
        assert list(map(_close, ours)) == list(map(_close, theirs))


def _close(value):
    return round(value, 9) if isinstance(value, float) else value or 0
