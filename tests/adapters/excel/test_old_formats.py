"""Workbooks of other formats are read like any tab, and are not written."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from itertools import count

import pytest
import xlsxwriter

from sheetcrm.adapters.excel import FileSource
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import SourceRefusedError, TabNotFoundError
from tests.adapters.excel.old_books import save_xlsb
from tests.adapters.excel.test_excel_contract import save_grid
from tests.adapters.tab_source_contract import KNOWN, LEADS, Grid, Make, TabReadingContract, edit

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def converted(book, kind):
    """The same workbook as LibreOffice saves it."""
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{book.parent}/profile", "--headless",
         "--convert-to", kind, "--outdir", book.parent, book],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return book.with_suffix(f".{kind}")


class TestXlsb(TabReadingContract):
    @pytest.fixture
    def make(self, tmp_path) -> Make:
        numbers = count(1)

        def workbook(grid: Grid) -> FileSource:
            path = tmp_path / f"leads{next(numbers)}.xlsb"
            save_xlsb(path, grid)
            return FileSource("leads", path)

        return workbook


@pytest.mark.oracle
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
class TestSavedByLibreOffice(TabReadingContract):
    @pytest.fixture(params=["xls", "ods"])
    def make(self, tmp_path, request) -> Make:
        numbers = count(1)

        def workbook(grid: Grid) -> FileSource:
            path = tmp_path / f"leads{next(numbers)}.xlsx"
            save_grid(path, grid)
            return FileSource("leads", converted(path, request.param))

        return workbook


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "leads.xlsb"
    save_xlsb(path, LEADS)
    return path


def test_it_cannot_be_written_and_says_what_to_do(book):
    before = book.read_bytes()
    source = FileSource("x", book)
    tab = source.read(KNOWN)
    assert source.locator == "leads.xlsb › Leads"
    assert source.write(tab, []).cells == 0
    with pytest.raises(
        SourceRefusedError, match=r"binary workbook \(\.xlsb\).*not write"
    ) as caught:
        source.write(tab, [edit(tab, 0, "Score", 1)])
    assert (caught.value.code, ".xlsx" in caught.value.hint) == ("xlsb", True)
    assert book.read_bytes() == before


def test_the_content_decides_and_not_the_name(book):
    disguised = book.rename(book.with_name("leads.xlsx"))
    assert FileSource("x", disguised).read(KNOWN).headers == LEADS[0]


WRONG = [["Name", "Email", "Rate"], ["Sari", "sari@example.com", CellError("#DIV/0!")],
         [None], ["Budi", "budi@example.com", 4], ["Ann", "ann@example.com", CellError("#N/A")]]  # fmt: skip


def test_errors_are_no_blanks(tmp_path):
    save_xlsb(tmp_path / "leads.xlsb", WRONG)
    tab = FileSource("x", tmp_path / "leads.xlsb").read(KNOWN)
    assert list(tab.column("Rate").values) == [CellError("#DIV/0!"), 4, CellError("#N/A")]
    assert list(tab.problems) == []


@pytest.mark.oracle
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xls", "ods"])
@pytest.mark.parametrize("rows", [3, 900])
def test_errors_that_libreoffice_saved_are_no_blanks(tmp_path, kind, rows):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Other").write_formula("A1", "=1/0", None, "#DIV/0!")
        sheet = book.add_worksheet("Our leads ñ")
        sheet.write_row(0, 0, ["Name", "Email", "Rate", "More"])
        for row in range(1, rows):
            sheet.write_row(row, 0, [f"Sari {row}", f"sari{row}@example.com"])
            sheet.write_formula(row, 2, "=1/0" if row % 2 else "=NA()", None, "#N/A")
            sheet.write_formula(row, 3, f"=C{row + 1}+1", None, "#N/A")
    tab = FileSource("x", converted(path, kind), "Our leads ñ").read(KNOWN)
    codes = ["#DIV/0!" if row % 2 else "#N/A" for row in range(1, rows)]
    assert [str(value) for value in tab.column("Rate").values] == codes
    assert [str(value) for value in tab.column("More").values] == codes
    assert list(tab.problems) == []


def test_an_area_of_a_tab(book):
    tab = FileSource("x", book, "leads!A1:C3").read(KNOWN)
    assert (tab.headers, list(tab.rows)) == (LEADS[0][:3], [2, 3])


def test_a_tab_that_is_not_there(book):
    with pytest.raises(TabNotFoundError) as caught:
        FileSource("x", book, "Leeds").read(KNOWN)
    assert (caught.value.tabs, "“Leads”" in caught.value.hint) == (("Leads",), True)


def test_a_damaged_one(book):
    data = book.read_bytes()
    book.write_bytes(data.replace("Leads".encode("utf-16-le"), b"L\0e\0o\0d\0s\0"))
    with pytest.raises(SourceRefusedError) as caught:
        FileSource("x", book).read(KNOWN)
    assert caught.value.code == "damaged"


def test_one_with_a_password(tmp_path):
    path = tmp_path / "leads.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="content.xml">'
            "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>",
        )
        archive.writestr("content.xml", b"\x01\x02")
    with pytest.raises(SourceRefusedError, match="password") as caught:
        FileSource("x", path).read()
    assert caught.value.code == "encrypted"


def test_one_that_takes_all_memory_ends_only_the_reader(book):
    """One cell at XFD1048576: 17 billion cells, half a terabyte."""
    save_xlsb(
        book,
        [["Name", "Email"], ["Sari", "sari@example.com"], *[[]] * 9_000, [*[None] * 16_000, 1]],
    )
    with pytest.raises(SourceRefusedError) as caught:
        FileSource("x", book).read(KNOWN)
    assert caught.value.code == "too-big"


@pytest.mark.oracle
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_an_old_excel_file_says_so(tmp_path):
    save_grid(tmp_path / "leads.xlsx", LEADS)
    source = FileSource("x", converted(tmp_path / "leads.xlsx", "xls"))
    tab = source.read(KNOWN)
    with pytest.raises(SourceRefusedError, match=r"old Excel file \(\.xls\)"):
        source.write(tab, [], append=["Score"])
