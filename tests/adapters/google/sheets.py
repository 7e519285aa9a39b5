"""Spreadsheets of the emulator, and our source over them through the real gspread client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from google.oauth2.credentials import Credentials

from sheetcrm.adapters.google.address import Address
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.source import GoogleTabSource
from sheetcrm.core.table.dates import serial
from sheetcrm.core.table.values import CellError, CellValue
from tests.support.sheets_api import OWNER, Cell, ErrorValue, SheetsServer, Spreadsheet, Tab

Grid = list[list[CellValue]]
_KINDS = {"#N/A": "N_A", "#REF!": "REF", "#DIV/0!": "DIVIDE_BY_ZERO"}


def client_of(server: SheetsServer, **more: Any) -> SheetsClient:
    """A client on the emulator that never really waits."""
    token = Credentials(token=server.accounts.token(OWNER))
    more.setdefault("sleep", lambda _seconds: None)
    return SheetsClient(token, endpoint=server.url, **more)


def spreadsheet_of(
    server: SheetsServer, tabs: Mapping[str, Sequence[Sequence[CellValue]]], **more: Any
) -> Spreadsheet:
    """A spreadsheet whose tabs hold these grids, dates as people type them."""
    book = server.create("Spring fair", dict.fromkeys(tabs, ()), **more)
    for title, grid in tabs.items():
        put(book.tab(title), grid)
    return book


def source_of(
    server: SheetsServer, book: Spreadsheet, tab: str = "Leads", *, name: str = "leads", **more: Any
) -> GoogleTabSource:
    """Our source over one tab."""
    client = more.pop("client", None) or client_of(server)
    address = Address(spreadsheet=book.id, tab=tab)
    return GoogleTabSource(name, address, client, **more)


def put(tab: Tab, grid: Sequence[Sequence[CellValue]]) -> None:
    """Write a grid from A1 as it is."""
    tab.fill([[_item(value) for value in row] for row in grid])


def _item(value: CellValue) -> Any:
    if isinstance(value, date):
        kind = "DATE_TIME" if isinstance(value, datetime) else "DATE"
        return Cell(serial(value), format={"numberFormat": {"type": kind}})
    if isinstance(value, CellError):
        return Cell(ErrorValue(_KINDS[value.code]))
    return value
