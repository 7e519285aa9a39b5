"""A spreadsheet, and gspread looking at it with a token of the account it is shared with."""

from __future__ import annotations

import pytest
from google.oauth2.credentials import Credentials

from tests.support.sheets_api import client

ROBOT = "robot@sheetcrm-test.iam.gserviceaccount.com"


@pytest.fixture
def book(sheets_api):
    rows = [["ID", "Name", "Score"], ["L1", "Ana", 10], ["L2", "Budi", 20], ["L3", "Citra", 30]]
    return sheets_api.create("Leads", {"Leads": rows, "Other": []}, share=[ROBOT])


@pytest.fixture
def gc(sheets_api):
    return client.connect(sheets_api, Credentials(sheets_api.accounts.token(ROBOT)))


@pytest.fixture
def sheet(gc, book):
    return gc.open_by_key(book.id)


@pytest.fixture
def post(sheet, sheets_api):
    """A raw :batchUpdate, with the query parameters that gspread has no way for."""

    def send(*requests, fields="", **body):
        url = f"{sheets_api.url}/v4/spreadsheets/{sheet.id}:batchUpdate"
        params = {"fields": fields} if fields else None
        body = {"requests": list(requests), **body}
        return sheet.client.request("post", url, params=params, json=body).json()

    return send
