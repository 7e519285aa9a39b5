"""Google Sheets on loopback, for tests and for those who have no Google account.

    with SheetsServer() as google:
        robot = google.accounts.service_account()          # the content of a key file
        leads = google.create("Leads", {"Leads": [["Name"], ["Ana"]]}, share=[robot["client_email"]])
        google.before("batchUpdate", lambda: leads.tab().sort("A2:A9", "A"))
        google.fail("batchUpdate", faults.unavailable(after=True), nth=2)
        ...                                                # a client on google.url
        assert leads.tab().values() == [["Name"], ["Ana"]]
        assert len(google.log.writes) == 1

What is recorded, told by others and assumed: docs/sheets-emulator.md.
"""

from __future__ import annotations

from tests.support.sheets_api import faults
from tests.support.sheets_api.people import Cell, ErrorValue, Formula, Spreadsheet, Tab
from tests.support.sheets_api.server import OWNER, SheetsServer

__all__ = [
    "OWNER",
    "Cell",
    "ErrorValue",
    "Formula",
    "SheetsServer",
    "Spreadsheet",
    "Tab",
    "faults",
]
