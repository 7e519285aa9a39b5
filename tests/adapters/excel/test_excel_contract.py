"""A tab of a workbook passes the contract of all lead tabs."""

from __future__ import annotations

from itertools import count

import pytest
import xlsxwriter
from openpyxl import load_workbook

from sheetcrm.adapters.excel import ExcelSource, write_cells
from tests.adapters.stage_log_contract import StageLogContract
from tests.adapters.tab_source_contract import Grid, Make, TabSourceContract


def save_grid(path, grid: Grid, *, table: bool = False) -> None:
    """The grid from A1, text as text; as an Excel table where asked."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet("Leads")
        for row, values in enumerate(grid):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif hasattr(value, "hour"):
                    sheet.write_datetime(row, column, value, moment)
                elif value is not None:
                    sheet.write(row, column, value)
        if table:
            last = max(len(grid) - 1, 1)
            headers = [{"header": header} for header in grid[0]]
            sheet.add_table(0, 0, last, len(headers) - 1, {"name": "People", "columns": headers})


class TestExcelTab(TabSourceContract):
    @pytest.fixture
    def make(self, tmp_path) -> Make:
        numbers = count(1)

        def workbook(grid: Grid) -> ExcelSource:
            path = tmp_path / f"leads{next(numbers)}.xlsx"
            save_grid(path, grid)
            return ExcelSource("leads", path)

        return workbook

    def touch(self, source) -> None:
        write_cells(source._path, "", {"A2": "Somebody else"})


class TestExcelTabWithInlineTexts(TestExcelTab):
    """Workbooks without shared strings, as many programs write them."""

    @pytest.fixture
    def make(self, tmp_path) -> Make:
        numbers = count(1)

        def workbook(grid: Grid) -> ExcelSource:
            path = tmp_path / f"leads{next(numbers)}.xlsx"
            with xlsxwriter.Workbook(
                path, {"constant_memory": True, "default_date_format": "d/m/yy"}
            ) as book:
                sheet = book.add_worksheet("Leads")
                for row, values in enumerate(grid):
                    for column, value in enumerate(values):
                        if isinstance(value, str):
                            sheet.write_string(row, column, value)
                        elif value is not None:
                            sheet.write(row, column, value)
            return ExcelSource("leads", path)

        return workbook


class TestExcelLog(StageLogContract):
    make = TestExcelTab.make
    touch = TestExcelTab.touch

    def add_tab(self, source, title, grid) -> None:
        book = load_workbook(source._path)
        sheet = book.create_sheet(title)
        for row in grid:
            sheet.append(row)
        book.save(source._path)

    def tab(self, source, title):
        book = load_workbook(source._path)
        if title not in book.sheetnames:
            return None
        return [[cell.value for cell in row] for row in book[title].iter_rows()]


class TestExcelLogWithInlineTexts(TestExcelLog):
    make = TestExcelTabWithInlineTexts.make
