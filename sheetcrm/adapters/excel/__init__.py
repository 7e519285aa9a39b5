"""Excel workbooks: a lead tab is read, and its own columns are patched into the package.

A workbook is never rebuilt. Everything that sheetcrm does not own keeps its bytes.
"""

from __future__ import annotations

from sheetcrm.adapters.excel.backup import Backups
from sheetcrm.adapters.excel.cells import write_cells
from sheetcrm.adapters.excel.source import ExcelSource

__all__ = ["Backups", "ExcelSource", "write_cells"]
