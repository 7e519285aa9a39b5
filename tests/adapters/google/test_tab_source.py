"""A tab of a Google spreadsheet passes the contract of all lead tabs."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.google.source import GoogleTabSource
from tests.adapters.google.sheets import client_of, source_of, spreadsheet_of
from tests.adapters.tab_source_contract import Grid, Make, TabSourceContract
from tests.support.sheets_api import SheetsServer


@pytest.fixture(scope="module")
def google():
    with SheetsServer() as server:
        yield server


class TestGoogleTab(TabSourceContract):
    @pytest.fixture
    def make(self, google) -> Make:
        client = client_of(google)

        def tab(grid: Grid) -> GoogleTabSource:
            book = spreadsheet_of(google, {"Leads": grid, "Rates": [["City", "Rate"]]})
            return source_of(google, book, client=client)

        self.google = google
        return tab

    def touch(self, source) -> None:
        book = self.google.spreadsheet(source._address.spreadsheet)
        book.tab("Leads").set("A2", "Somebody else")
