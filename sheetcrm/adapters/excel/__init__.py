"""Files with leads: Excel workbooks above all, whose own columns are patched into the package.

A workbook is never rebuilt. Everything that sheetcrm does not own keeps its bytes. CSV files are
written field by field in the same spirit; .xls, .xlsb and .ods are read.
"""

from __future__ import annotations

from sheetcrm.adapters.excel.anyfile import FileSource
from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.cells import write_cells
from sheetcrm.adapters.excel.source import ExcelSource

__all__ = ["Backups", "ExcelSource", "FileSource", "write_cells"]
