"""A tab of a Google spreadsheet passes the contract of all lead tabs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sheetcrm.adapters.google.source import GoogleTabSource
from sheetcrm.core.table.dates import EPOCH
from tests.adapters.google.sheets import client_of, put, source_of, spreadsheet_of
from tests.adapters.stage_log_contract import StageLogContract
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


class TestGoogleLog(StageLogContract):
    make = TestGoogleTab.make
    touch = TestGoogleTab.touch

    def add_tab(self, source, title, grid) -> None:
        put(self.google.spreadsheet(source._address.spreadsheet).add_tab(title), grid)

    def tab(self, source, title):
        book = self.google.spreadsheet(source._address.spreadsheet)
        if title not in book.titles:
            return None
        return [list(map(_moment, row)) for row in book.tab(title).values()]


def _moment(value):
    return EPOCH + timedelta(seconds=round(value * 86400)) if isinstance(value, float) else value
