"""Files with leads: Excel workbooks above all, whose own columns are patched into the package.

A workbook is never rebuilt. Everything that sheetcrm does not own keeps its bytes. CSV files are
written field by field in the same spirit; .xls, .xlsb and .ods are read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.adapters.excel.anyfile import FileSource
    from sheetcrm.adapters.excel.backup import Backups
    from sheetcrm.adapters.excel.cells import write_cells
    from sheetcrm.adapters.excel.source import ExcelSource

__all__ = ["Backups", "ExcelSource", "FileSource", "write_cells"]

_HOMES = {
    "Backups": "backup",
    "ExcelSource": "source",
    "FileSource": "anyfile",
    "write_cells": "cells",
}


def __getattr__(name: str) -> object:
    """Imported when asked for (PEP 562): a child that only reads is there sooner."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
